import { expect, logIn, test, watch } from './fix';

test('logging out ends the session in every tab', async ({ page, context }) => {
  await logIn(page);
  const other = await context.newPage();
  const wrong = watch(other);
  await other.goto('/instances');
  await expect(other.getByRole('heading', { name: 'Instances' })).toBeVisible();

  await page.getByRole('button', { name: 'admin' }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  for (const tab of [page, other]) {
    await expect(tab.getByRole('heading', { name: 'Log in' })).toBeVisible();
  }
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
  expect(wrong).toEqual([]);
});

test('tabs that open at once share one session', async ({ page, context }) => {
  await logIn(page);
  const tabs = await Promise.all([1, 2, 3].map(() => context.newPage()));
  const wrong = tabs.map((tab) => watch(tab));
  await Promise.all(tabs.map((tab) => tab.goto('/tasks')));
  for (const tab of tabs) await expect(tab.getByRole('heading', { name: 'Tasks' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Definitions' })).toBeVisible();
  expect(wrong.flat()).toEqual([]);
});

test.describe('a wrong password', () => {
  test.use({ expected: [/status of 401/] });

  test('is said so', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('textbox', { name: 'User' }).fill('admin');
    await page.getByLabel('Password').fill('certainly not this one');
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.getByRole('alert')).toContainText('do not match');
  });
});

test.describe('an address of nothing', () => {
  test.use({ expected: [/status of 404/] });

  test('says what was not found', async ({ page }) => {
    await logIn(page, '/definitions/no-such-definition');
    await expect(page.getByRole('alert')).toContainText("'no-such-definition'");
    await page.goto('/no/such/page');
    await expect(page.getByText('Nothing is at this address')).toBeVisible();
  });
});

test('Tailwind leaves the look of MUI alone', async ({ page }) => {
  await logIn(page);
  const button = page.getByRole('button', { name: 'Deploy' });
  await expect(button).toHaveCSS('border-radius', '8px');
  await expect(button).not.toHaveCSS('background-color', 'rgba(0, 0, 0, 0)');
});
