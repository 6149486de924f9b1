import { example, expect, logIn, noAxeViolations, test, unique } from './fix';

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test.describe(`${scheme}, ${width} px`, () => {
      test.use({ colorScheme: scheme, viewport: { width, height: 900 } });

      test(`every page passes axe and fits, ${scheme}, ${width} px`, async ({ page, api }) => {
        test.slow();
        await api.deploy(example('order'), 'order.bpmn');
        await api.deploy(example('invoice'), 'invoice.bpmn');
        const businessKey = unique('page');
        const order = await api.start({
          definition: 'order',
          businessKey,
          variables: { total: 1 },
        });
        const broken = await api.start({ definition: 'invoice', variables: { amount: 'x' } });
        const task = await api.taskOf(order);

        await page.goto('/');
        await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
        await noAxeViolations(page);
        await logIn(page);

        const pages = [
          { url: '/definitions', there: page.getByRole('table', { name: 'Definitions' }) },
          { url: '/definitions/order', there: page.locator('[data-element-id=check]') },
          { url: '/instances', there: page.getByRole('table', { name: 'Instances' }) },
          {
            url: `/instances/${broken}`,
            there: page.getByRole('list', { name: 'Open incidents' }),
          },
          {
            url: `/instances/${order}?tab=history`,
            there: page.getByRole('list', { name: 'History' }),
          },
          { url: '/tasks', there: page.getByRole('list', { name: 'Tasks' }) },
          { url: `/tasks/${task}`, there: page.getByRole('button', { name: 'Complete' }) },
          { url: '/incidents', there: page.getByRole('table', { name: 'Incidents' }) },
        ];
        for (const { url, there } of pages) {
          await page.goto(url);
          await expect(there.first()).toBeVisible();
          await noAxeViolations(page);
          const wide = await page
            .locator('main')
            .evaluate((main) => main.scrollWidth - main.clientWidth);
          expect(wide, `${url} is wider than the window`).toBe(0);
        }
      });
    });
  }
}

test('dialogs pass axe, and the keyboard alone starts an instance (row 28)', async ({
  page,
  api,
}) => {
  await api.deploy(example('order'), 'order.bpmn');
  await logIn(page, '/definitions/order');
  const start = page.getByRole('button', { name: 'Start', exact: true });
  await start.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Start Order' });
  await expect(dialog.getByLabel('Business key')).toBeFocused();
  await noAxeViolations(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(start).toBeFocused();

  await start.press('Enter');
  const businessKey = unique('keyboard');
  await page.keyboard.type(businessKey);
  await dialog.getByRole('tab', { name: 'JSON' }).press('Enter');
  await dialog.getByLabel('Variables as JSON').fill('{"total": 12345678901234567890.5}');
  await dialog.getByRole('button', { name: 'Start', exact: true }).press('Enter');
  await expect(page.getByRole('heading', { name: businessKey })).toBeVisible();
  await expect(
    page.getByRole('row', { name: 'total Number 12345678901234567890.5' }),
  ).toBeVisible();
});
