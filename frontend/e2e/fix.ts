/*
 * What every test of the console stands on: a page that fails the test on any
 * console error, uncaught error or violation of the content security policy,
 * and a client that prepares state through the public REST API.
 */
import { readFileSync } from 'node:fs';

import { AxeBuilder } from '@axe-core/playwright';
import { expect, test as base, type APIRequestContext, type Page } from '@playwright/test';
import * as z from 'zod';

export { expect };

type Person = { readonly user: string; readonly password: string };

const admin: Person = {
  user: process.env.WEIR_USER ?? 'admin',
  password: process.env.WEIR_PASSWORD ?? '',
};

/** Someone who may look but not touch. */
export const viewer: Person = {
  user: process.env.WEIR_VIEWER ?? 'viewer',
  password: process.env.WEIR_VIEWER_PASSWORD ?? '',
};

const examples = new URL('../../examples/', import.meta.url);

const token = z.object({ accessToken: z.string() });
const instance = z.object({ id: z.string(), state: z.string() });
const deployment = z.object({
  definitions: z.array(z.object({ id: z.string(), key: z.string(), version: z.number() })),
});
const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

export type Start = {
  definition: string;
  businessKey?: string;
  variables?: Record<string, unknown>;
};

/** The public API, as a test uses it to prepare and to look behind the screen. */
export class Api {
  readonly #request: APIRequestContext;
  readonly #headers: Record<string, string>;

  private constructor(request: APIRequestContext, bearer: string) {
    this.#request = request;
    this.#headers = { Authorization: `Bearer ${bearer}` };
  }

  static async open(request: APIRequestContext): Promise<Api> {
    const answer = await request.post('/api/v1/auth/login', {
      data: { username: admin.user, password: admin.password },
    });
    expect(answer.status()).toBe(200);
    return new Api(request, token.parse(await answer.json()).accessToken);
  }

  async deploy(xml: string, name: string) {
    const answer = await this.#request.post(`/api/v1/deployments?name=${name}`, {
      headers: { ...this.#headers, 'Content-Type': 'application/xml' },
      data: xml,
    });
    expect(answer.ok(), await answer.text()).toBe(true);
    return deployment.parse(await answer.json());
  }

  async start(body: Start): Promise<string> {
    return instance.parse(await this.post('/api/v1/instances', body)).id;
  }

  async startMany(items: Start[]): Promise<void> {
    await this.post('/api/v1/instances/bulk', { items });
  }

  async state(id: string): Promise<string> {
    return instance.parse(await this.get(`/api/v1/instances/${id}`)).state;
  }

  async taskOf(id: string): Promise<string> {
    const list = page(z.object({ id: z.string() }));
    const { items } = list.parse(await this.get(`/api/v1/tasks?instance=${id}`));
    const [first] = items;
    if (!first) throw new Error(`instance ${id} has no open task`);
    return first.id;
  }

  /** Lets the job of type `key` fail for good. */
  async failJob(key: string, message: string): Promise<void> {
    const leased = page(z.object({ id: z.string(), lease: z.string() }));
    const { items } = leased.parse(
      await this.post('/api/v1/jobs/activate', {
        type: key,
        worker: 'e2e',
        maxJobs: 1,
        leaseSeconds: 60,
      }),
    );
    for (const { id, lease } of items) {
      await this.post(`/api/v1/jobs/${id}/fail`, { lease, message, retries: 0 });
    }
    expect(items).toHaveLength(1);
  }

  async setVariables(id: string, variables: Record<string, unknown>): Promise<void> {
    const url = `/api/v1/instances/${id}/variables`;
    const answer = await this.#request.patch(url, { headers: this.#headers, data: variables });
    expect(answer.ok(), await answer.text()).toBe(true);
  }

  async post(url: string, data: unknown): Promise<unknown> {
    const answer = await this.#request.post(url, { headers: this.#headers, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.json();
  }

  async get(url: string): Promise<unknown> {
    const answer = await this.#request.get(url, { headers: this.#headers });
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.json();
  }
}

type Fixtures = {
  /** Console errors that belong to what the test does, such as a refused call. */
  expected: RegExp[];
  api: Api;
};

export const test = base.extend<Fixtures>({
  expected: [[], { option: true }],
  api: async ({ request }, use) => {
    await use(await Api.open(request));
  },
  page: async ({ page, expected }, use) => {
    const wrong = watch(page);
    await use(page);
    const left = wrong.filter((text) => !expected.some((pattern) => pattern.test(text)));
    expect(left, 'errors in the browser').toEqual([]);
  },
});

/** Collects what must not happen in a page; also for pages a test opens itself. */
export function watch(page: Page): string[] {
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => wrong.push(`uncaught: ${error.message}`));
  void page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return wrong;
}

export function example(name: string): string {
  return readFileSync(new URL(`${name}/${name}.bpmn`, examples), 'utf8');
}

/** The example under a key of its own, so that a test meets only its own instances. */
export function exampleAs(name: string, key: string): string {
  return example(name)
    .replaceAll(`process id="${name}"`, `process id="${key}"`)
    .replaceAll(`bpmnElement="${name}"`, `bpmnElement="${key}"`);
}

/** A sub-process with a variable of its own, then work of the job type `key`. */
export function packing(key: string): string {
  return readFileSync(new URL('packing.bpmn', import.meta.url), 'utf8')
    .replace('process id="packing"', `process id="${key}"`)
    .replace('bpmnElement="packing"', `bpmnElement="${key}"`)
    .replace('type="packing"', `type="${key}"`);
}

let count = 0;

/** A business key or definition key that no other test and no earlier run used. */
export function unique(prefix: string): string {
  count += 1;
  return `${prefix}-${Date.now().toString(36)}-${count}`;
}

export async function logIn(page: Page, to = '/', who: Person = admin): Promise<void> {
  await page.goto(to);
  await giveName(page, who);
  await expect(page.locator('#main')).toBeVisible();
}

export async function giveName(page: Page, who: Person = admin): Promise<void> {
  await page.getByRole('textbox', { name: 'User' }).fill(who.user);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

export async function noAxeViolations(page: Page): Promise<void> {
  // In forced colours the contrast is what the person has chosen.
  const forced = await page.evaluate(() => matchMedia('(forced-colors: active)').matches);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .disableRules(forced ? ['color-contrast'] : [])
    .analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
  expect(found).toEqual([]);
}
