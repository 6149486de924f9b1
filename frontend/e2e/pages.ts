/*
 * Every page and dialog of the console, filled with something to see, and what
 * must hold of each in any look: nothing wider than its window, no label cut
 * off, and nothing axe objects to.
 */
import type { Locator, Page } from '@playwright/test';

import { type Api, example, expect, logIn, noAxeViolations, unique } from './fix';

type View = {
  readonly name: string;
  readonly url: string;
  readonly there: Locator;
  /** Opens what lies over the page. */
  readonly open?: () => Promise<void>;
};

/** Deploys and starts what the pages show. */
async function fill(api: Api) {
  await api.deploy(example('order'), 'order.bpmn');
  await api.deploy(example('invoice'), 'invoice.bpmn');
  const businessKey = unique('page');
  const order = await api.start({ definition: 'order', businessKey, variables: { total: 1 } });
  const broken = await api.start({ definition: 'invoice', variables: { amount: 'x' } });
  const task = await api.taskOf(order);
  return { order, broken, task };
}

type Filled = Awaited<ReturnType<typeof fill>>;

function pagesOf(page: Page, { order, broken, task }: Filled): View[] {
  return [
    {
      name: 'definitions',
      url: '/definitions',
      there: page.getByRole('table', { name: 'Definitions' }),
    },
    {
      name: 'definition',
      url: '/definitions/order',
      there: page.locator('[data-element-id=check]'),
    },
    {
      name: 'instances',
      url: '/instances',
      there: page.getByRole('table', { name: 'Instances' }),
    },
    {
      name: 'instance-broken',
      url: `/instances/${broken}`,
      there: page.getByRole('list', { name: 'Open incidents' }),
    },
    {
      name: 'instance-history',
      url: `/instances/${order}?tab=history`,
      there: page.getByRole('list', { name: 'History' }),
    },
    { name: 'tasks', url: '/tasks', there: page.getByRole('list', { name: 'Tasks' }) },
    {
      name: 'task',
      url: `/tasks/${task}`,
      there: page.getByRole('button', { name: 'Complete' }),
    },
    {
      name: 'incidents',
      url: '/incidents',
      there: page.getByRole('table', { name: 'Incidents' }),
    },
  ];
}

function dialogsOf(page: Page, { order, broken }: Filled): View[] {
  const dialog = page.getByRole('dialog');
  const press = (name: string) => async () => {
    const button = page.getByRole('button', { name, exact: true }).first();
    await button.click({ timeout: 15_000 });
    await expect(dialog).toBeVisible();
  };
  const variables = page.getByRole('table', { name: 'Variables' });
  return [
    {
      name: 'deploy-dialog',
      url: '/definitions',
      there: page.getByRole('table', { name: 'Definitions' }),
      open: press('Deploy'),
    },
    {
      name: 'start-dialog',
      url: '/definitions/order',
      there: page.locator('[data-element-id=check]'),
      open: press('Start'),
    },
    {
      name: 'repair-dialog',
      url: `/instances/${broken}`,
      there: page.getByRole('list', { name: 'Open incidents' }),
      open: press('Repair the incident at Amount?'),
    },
    {
      name: 'cancel-dialog',
      url: `/instances/${order}`,
      there: variables,
      open: press('Cancel instance'),
    },
    { name: 'not-found', url: '/nowhere', there: page.getByRole('heading') },
  ];
}

/** Labels whose text does not fit and which no title or scrolling shows whole. */
async function cutOff(page: Page): Promise<string[]> {
  return page.locator('button, a:not(.sr-only), label, th, h1, h2, [role=tab]').evaluateAll((all) =>
    all
      .filter((element) => element.checkVisibility() && !element.closest('.djs-container'))
      .filter((element) => {
        const { overflowX } = getComputedStyle(element);
        return (
          element.scrollWidth > element.clientWidth + 1 &&
          element.clientWidth > 1 &&
          overflowX === 'hidden' &&
          !element.closest('[title], [aria-label]')
        );
      })
      .map((element) => `${element.tagName.toLowerCase()} "${element.textContent}"`),
  );
}

/** Looks at one view; `shot` names a picture to keep for the eye. */
async function look(page: Page, view: View, shot?: string): Promise<void> {
  await page.goto(view.url);
  await expect(view.there.first()).toBeVisible();
  await view.open?.();
  await page.evaluate(() => document.fonts.ready);
  if (shot) await page.screenshot({ path: shot, animations: 'disabled' });
  await noAxeViolations(page);
  const wide = await page
    .locator('main')
    .evaluate((main) => Math.max(main.scrollWidth - main.clientWidth, 0));
  expect(wide, `${view.name} is wider than the window`).toBe(0);
  expect(await cutOff(page), `labels of ${view.name}`).toEqual([]);
}

/** Visits the login page and every page of the console, with `dialogs` those too. */
export async function lookAtAll(
  page: Page,
  api: Api,
  { dialogs = false, shot }: { dialogs?: boolean; shot?: (view: string) => string } = {},
): Promise<void> {
  const filled = await fill(api);
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
  await noAxeViolations(page);
  await logIn(page);
  const views = [...pagesOf(page, filled), ...(dialogs ? dialogsOf(page, filled) : [])];
  for (const view of views) await look(page, view, shot?.(view.name));
}
