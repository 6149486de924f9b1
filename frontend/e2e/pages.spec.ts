import { example, expect, logIn, noAxeViolations, test, unique } from './fix';
import { lookAtAll } from './pages';

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test.describe(`${scheme}, ${width} px`, () => {
      test.use({ colorScheme: scheme, viewport: { width, height: 900 } });

      test(`every page passes axe and fits, ${scheme}, ${width} px`, async ({ page, api }) => {
        test.slow();
        await lookAtAll(page, api);
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
