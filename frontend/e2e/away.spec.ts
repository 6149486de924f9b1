import type { Page } from '@playwright/test';

import { example, expect, giveName, logIn, test, unique, viewer } from './fix';

/* What the server then sees is a token that it did not sign. */
async function spoilTokens(page: Page): Promise<void> {
  await page.route('**/api/v1/**', async (route) => {
    const headers = route.request().headers();
    if ('authorization' in headers) headers.authorization = 'Bearer spoilt';
    await route.continue({ headers });
  });
}

test.describe('a session that ends', () => {
  test.use({ expected: [/status of 401/] });

  test('asks to log in over the page, and what was typed is kept (row 28)', async ({
    page,
    context,
    api,
  }) => {
    await api.deploy(example('order'), 'order.bpmn');
    await logIn(page, '/definitions/order');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const form = page.getByRole('dialog', { name: 'Start Order' });
    const businessKey = unique('kept');
    await form.getByLabel('Business key').fill(businessKey);

    await context.clearCookies();
    await spoilTokens(page);
    await form.getByRole('button', { name: 'Start', exact: true }).click();
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    await expect(again).toBeVisible();
    await page.unrouteAll();
    await giveName(page);
    await expect(again).toBeHidden();
    await expect(form.getByLabel('Business key')).toHaveValue(businessKey);
    await form.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(page.getByRole('heading', { name: businessKey })).toBeVisible();
  });
});

test.describe('someone who may only look', () => {
  test.use({ expected: [/status of 403/] });

  test('is told what is not allowed and who can help', async ({ page, api }) => {
    test.skip(viewer.password === '', 'WEIR_VIEWER_PASSWORD is not given');
    await api.deploy(example('order'), 'order.bpmn');
    await logIn(page, '/definitions/order', viewer);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const form = page.getByRole('dialog', { name: 'Start Order' });
    await form.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(form.getByRole('alert')).toContainText('may not call startInstance');
    await expect(form.getByRole('alert')).toContainText('An administrator can give you a role');
  });
});

test.describe('a server that is away', () => {
  test.use({ expected: [/ERR_CONNECTION_REFUSED/] });

  test('is said so; the page stays and goes on by itself', async ({ page, api }) => {
    await api.deploy(example('order'), 'order.bpmn');
    const businessKey = unique('away');
    const id = await api.start({ definition: 'order', businessKey, variables: { total: 1 } });
    await logIn(page, `/instances/${id}`);
    await expect(page.getByRole('heading', { name: businessKey })).toBeVisible();

    const notice = page.getByText('The server does not answer.');
    await page.route(/\/(api|health)\//, (route) => route.abort('connectionrefused'));
    await expect(notice).toBeVisible();
    await expect(page.getByRole('heading', { name: businessKey })).toBeVisible();
    await api.setVariables(id, { total: 2 });
    await page.unrouteAll();
    await expect(notice).toBeHidden();
    await expect(page.getByRole('row', { name: 'total Number 2' })).toBeVisible();
  });

  test('at the start can be tried again', async ({ page }) => {
    await logIn(page);
    await page.route(/\/api\//, (route) => route.abort('connectionrefused'));
    await page.reload();
    await expect(page.getByRole('alert')).toContainText('The server does not answer');
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('heading', { name: 'Definitions' })).toBeVisible();
  });
});

async function turn(page: Page, to: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, to);
}

test('instance and task pages ask every two seconds, hidden ones do not (row 34)', async ({
  page,
  api,
}) => {
  await api.deploy(example('order'), 'order.bpmn');
  const id = await api.start({ definition: 'order', variables: { total: 1 } });
  const task = await api.taskOf(id);
  await page.clock.install();
  await logIn(page);

  const pages = [
    { url: `/instances/${id}`, asked: `/api/v1/instances/${id}/tokens` },
    { url: `/tasks/${task}`, asked: `/api/v1/tasks/${task}` },
    { url: '/tasks', asked: '/api/v1/tasks' },
  ];
  let asked = '';
  let times = 0;
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === asked) times += 1;
  });
  for (const one of pages) {
    await page.goto(one.url);
    await expect(page.locator('#main')).toContainText('Check order');
    asked = one.asked;
    times = 0;
    for (const turns of [1, 2]) {
      await page.clock.runFor(2_000);
      await expect.poll(() => times, `${one.url} asks`).toBeGreaterThanOrEqual(turns);
    }
    await turn(page, 'hidden');
    times = 0;
    await page.clock.runFor(20_000);
    expect(times, `${one.url}, hidden, asks`).toBe(0);
    await turn(page, 'visible');
    await expect.poll(() => times, `${one.url}, seen again, asks`).toBeGreaterThan(0);
  }
});
