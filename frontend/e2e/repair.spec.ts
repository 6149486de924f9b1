import { expect, logIn, noAxeViolations, packing, test, unique, example } from './fix';

test('a variable of a sub-process is changed where it is (rows 35 37)', async ({ page, api }) => {
  const key = unique('scopes');
  await api.deploy(packing(key), `${key}.bpmn`);
  const id = await api.start({ definition: key, variables: { weight: 12 } });
  await logIn(page, `/instances/${id}`);
  const outside = page.getByRole('table', { name: 'Variables', exact: true });
  const inside = page.getByRole('table', { name: 'Variables of Pack goods' });
  await expect(outside.getByRole('row', { name: 'weight Number 12' })).toBeVisible();

  await inside.getByRole('button', { name: 'Change weight' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change weight in Pack goods' });
  await dialog.getByLabel('Value').fill('13.5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(inside.getByRole('row', { name: 'weight Number 13.5' })).toBeVisible();
  await expect(outside.getByRole('row', { name: 'weight Number 12' })).toBeVisible();

  await page.getByRole('button', { name: 'Add a variable to Pack goods' }).click();
  const adding = page.getByRole('dialog', { name: 'Add a variable in Pack goods' });
  await adding.getByLabel('Name').fill('box');
  await adding.getByLabel('Value').fill('small');
  await adding.getByRole('button', { name: 'Save' }).click();
  await expect(inside.getByRole('row', { name: 'box Text "small"' })).toBeVisible();
  await expect(outside).not.toContainText('box');
  expect(await api.get(`/api/v1/instances/${id}/variables`)).toEqual({ weight: 12 });

  await page.goto(`/tasks/${await api.taskOf(id)}`);
  await expect(page.getByRole('region', { name: 'What is known' })).toContainText('13.5');
});

test('an incident is repaired with variables in one go (rows 30 35)', async ({ page, api }) => {
  await api.deploy(example('invoice'), 'invoice.bpmn');
  const id = await api.start({ definition: 'invoice', variables: { amount: 'much' } });
  await logIn(page, `/instances/${id}`);
  await page.getByRole('button', { name: 'Repair the incident at Amount?' }).click();
  const dialog = page.getByRole('dialog', { name: 'Repair Amount?' });
  await expect(dialog.getByRole('radio', { name: 'Try again' })).toBeChecked();
  await noAxeViolations(page);
  await dialog.getByRole('tab', { name: 'JSON' }).click();
  await dialog.getByLabel('Variables as JSON').fill('{"amount": 20}');
  await dialog.getByRole('button', { name: 'Repair' }).click();
  await expect(
    page.getByRole('button', { name: '1 token at Approve by team: Waiting' }),
  ).toBeVisible();
  await expect(page.getByRole('list', { name: 'Open incidents' })).toBeHidden();
});

test.describe('work that failed for good', () => {
  test.use({ expected: [/status of 4\d\d/] });

  test('gets new attempts, or is skipped with its result (rows 30 40)', async ({ page, api }) => {
    const key = unique('failing');
    await api.deploy(packing(key), `${key}.bpmn`);
    const id = await api.start({ definition: key, variables: { weight: 1 } });
    await api.post(`/api/v1/tasks/${await api.taskOf(id)}/complete`, {});
    await api.failJob(key, 'no lorry');

    await logIn(page, `/instances/${id}`);
    const incidents = page.getByRole('list', { name: 'Open incidents' });
    await expect(incidents).toContainText('no lorry', { ignoreCase: true });
    const repair = incidents.getByRole('button', { name: 'Repair the incident at Ship' });
    const dialog = page.getByRole('dialog', { name: 'Repair Ship' });
    await repair.click();
    await dialog.getByLabel('Attempts').fill('none');
    await dialog.getByRole('button', { name: 'Repair' }).click();
    await expect(dialog.getByText('A whole number from 1 to 10000')).toBeVisible();
    await dialog.getByLabel('Attempts').fill('2');
    await dialog.getByRole('button', { name: 'Repair' }).click();
    await expect(incidents).toBeHidden();
    await expect(page.getByRole('button', { name: '1 token at Ship: Waiting' })).toBeVisible();

    await api.failJob(key, 'still no lorry');
    await expect(incidents).toContainText('still no lorry', { ignoreCase: true });
    await repair.click();
    await dialog.getByRole('radio', { name: 'Skip the element' }).check();
    await expect(dialog.getByLabel('Attempts')).toBeHidden();
    await dialog.getByRole('button', { name: 'Add a variable' }).click();
    await dialog.getByLabel('Name').fill('shippedBy');
    await dialog.getByLabel('Value').fill('hand');
    await dialog.getByRole('button', { name: 'Repair' }).click();
    await expect(page.getByRole('button', { name: '1 token at Deliver: Waiting' })).toBeVisible();
    await expect(page.getByRole('row', { name: 'shippedBy Text "hand"' })).toBeVisible();
  });
});
