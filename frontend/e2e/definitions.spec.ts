import { example, exampleAs, expect, logIn, test, unique } from './fix';

test('deploy by hand, a change is the next version, unchanged is the same (rows 12 13 14 21)', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const key = unique('deployed');
  const xml = exampleAs('order', key);
  const deploy = async (text: string) => {
    await page.goto('/definitions');
    await page.getByRole('button', { name: 'Deploy' }).click();
    const dialog = page.getByRole('dialog', { name: 'Deploy a BPMN file' });
    await dialog.getByLabel('BPMN file', { exact: true }).setInputFiles({
      name: `${key}.bpmn`,
      mimeType: 'application/xml',
      buffer: Buffer.from(text),
    });
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/definitions/${key}$`));
  };

  await logIn(page);
  await deploy(xml);
  const versions = page.getByRole('region', { name: 'Versions' }).getByRole('listitem');
  await expect(versions).toHaveCount(1);
  await deploy(xml);
  await expect(versions).toHaveCount(1);
  await deploy(xml.replace('Check order', 'Check it twice'));
  await expect(versions).toHaveCount(2);
  await expect(page.getByRole('group', { name: 'Diagram of Order' })).toContainText('twice');

  await page.getByRole('link', { name: 'Version 1', exact: true }).click();
  await expect(page.getByRole('group', { name: 'Diagram of Order' })).toContainText('Check order');
  await page.getByRole('button', { name: 'Copy XML' }).click();
  await expect(page.getByText('Copied the BPMN XML')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(xml);
});

test.describe('a file that does not deploy', () => {
  test.use({ expected: [/status of 422/] });

  test('says what is wrong and where', async ({ page }) => {
    await logIn(page);
    await page.getByRole('button', { name: 'Deploy' }).click();
    const dialog = page.getByRole('dialog', { name: 'Deploy a BPMN file' });
    await dialog.getByLabel('BPMN file', { exact: true }).setInputFiles({
      name: 'broken.bpmn',
      mimeType: 'application/xml',
      buffer: Buffer.from('<definitions>\n<process></definitions>'),
    });
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
    await expect(dialog.getByRole('alert')).toContainText('line 2');
  });
});

test('the list counts instances and finds by name or key (rows 19 20)', async ({ page, api }) => {
  const key = unique('counted');
  await api.deploy(exampleAs('order', key), `${key}.bpmn`);
  await api.start({ definition: key, variables: { total: 1 } });
  const second = await api.start({ definition: key, variables: { total: 2 } });
  await api.post(`/api/v1/instances/${second}/cancel`, {});

  await logIn(page);
  await page.getByLabel('Name or key').fill(key.toUpperCase());
  await expect(page).toHaveURL(/[?&]q=/);
  const row = page.getByRole('row', { name: key });
  await expect(row).toContainText('1 active, 2 in all');
  await expect(page.getByRole('table', { name: 'Definitions' }).getByRole('row')).toHaveCount(2);

  await page.getByLabel('Name or key').fill('nothing is called so');
  await expect(page.getByText('No definition matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(page.getByRole('table', { name: 'Definitions' })).toBeVisible();
});

test('instances: filters in the address, pages by cursor (row 29)', async ({ page, api }) => {
  const key = unique('listed');
  await api.deploy(exampleAs('order', key), `${key}.bpmn`);
  await api.startMany(
    Array.from({ length: 55 }, (_, i) => ({
      definition: key,
      businessKey: `${key}-${i}`,
      variables: { total: i },
    })),
  );

  await logIn(page, `/instances?definition=${key}`);
  const table = page.getByRole('table', { name: 'Instances' });
  const rows = table.getByRole('row');
  await expect(rows).toHaveCount(51);
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(rows).toHaveCount(6);
  await expect(page.getByText('Page 2, 5 shown')).toBeVisible();
  await page.getByRole('button', { name: 'Previous' }).click();
  await expect(rows).toHaveCount(51);

  await page.getByLabel('Business key').fill(`${key}-7`);
  await expect(rows).toHaveCount(2);
  await expect(page).toHaveURL(new RegExp(`businessKey=${key}-7`));
  await page.reload();
  await expect(page.getByRole('link', { name: `${key}-7` })).toBeVisible();

  await page.getByLabel('State').click();
  await page.getByRole('option', { name: 'Completed' }).click();
  await expect(page.getByText('No instance matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await expect(page).toHaveURL(/\/instances$/);

  await page.getByLabel('Started until').fill('2020-01-01');
  await expect(page.getByText('No instance matches')).toBeVisible();
  await page.getByLabel('Started until').fill('');
  await page.getByLabel('Started from').fill('2020-01-01');
  await expect(table).toBeVisible();
});

test('two filters that change at once both count (row 29)', async ({ page }) => {
  await logIn(page, '/instances');
  await page.getByRole('search').evaluate((search) => {
    // In one task: the second comes before the first is rendered.
    for (const day of search.querySelectorAll('input[type=date]')) {
      Reflect.set(HTMLInputElement.prototype, 'value', '2020-01-01', day);
      day.dispatchEvent(new Event('input', { bubbles: true }));
    }
  });
  await expect(page).toHaveURL(/from=2020-01-01&until=2020-01-01/);
});

test('the diagram keeps the mark of bpmn.io in sight', async ({ page, api }) => {
  await api.deploy(example('order'), 'order.bpmn');
  await logIn(page, '/definitions/order');
  for (const scheme of ['light', 'dark']) {
    await page.evaluate((to) => (document.documentElement.dataset.scheme = to), scheme);
    const mark = page.getByRole('link', { name: 'Powered by bpmn.io' });
    await expect(mark).toBeVisible();
    const onTop = await mark.evaluate((element) => {
      const box = element.getBoundingClientRect();
      const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return top !== null && element.contains(top);
    });
    expect(onTop).toBe(true);
  }
});
