import { expect, logIn, test, unique, example } from './fix';

test('J0: start the order, complete its task, read its history, reload (rows 28 30 34 39 40)', async ({
  page,
  api,
}) => {
  await api.deploy(example('order'), 'order.bpmn');
  const businessKey = unique('order');

  await logIn(page);
  await expect(page).toHaveURL(/\/definitions$/);
  await page.getByLabel('Name or key').fill('order');
  await page
    .getByRole('row')
    .filter({ has: page.getByRole('cell', { name: 'order', exact: true }) })
    .getByRole('link', { name: 'Order' })
    .click();
  await expect(page.getByRole('group', { name: 'Diagram of Order' })).toContainText('Check order');

  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Start Order' });
  await dialog.getByLabel('Business key').fill(businessKey);
  await dialog.getByRole('button', { name: 'Add a variable' }).click();
  await dialog.getByLabel('Name').fill('total');
  await dialog.getByLabel('Type').click();
  await page.getByRole('option', { name: 'Number' }).click();
  await dialog.getByLabel('Value').fill('a hundred');
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(dialog.getByText('Not a number, for example 12.50')).toBeVisible();
  await dialog.getByLabel('Value').fill('100.50');
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();

  await expect(page.getByRole('heading', { name: businessKey })).toBeVisible();
  const diagram = page.getByRole('group', { name: 'Diagram with tokens' });
  const token = diagram.getByRole('button', { name: '1 token at Check order: Waiting' });
  await token.click();
  await expect(token).toHaveAttribute('aria-pressed', 'true');
  const tokens = page.getByRole('region', { name: 'Tokens' });
  await expect(tokens).toContainText('Waits for a person.');
  await expect(page.getByRole('row', { name: 'total Number 100.5' })).toBeVisible();

  await tokens.getByRole('link', { name: 'Open the task' }).click();
  const task = page.getByRole('article', { name: 'Check order' });
  await expect(task).toContainText('100.5');
  await task.getByRole('button', { name: 'Claim' }).click();
  await expect(task).toContainText('Claimed');
  await task.getByRole('button', { name: 'Add a variable' }).click();
  await task.getByLabel('Name').fill('checkedBy');
  await task.getByLabel('Value').fill('Ana');
  await task.getByRole('button', { name: 'Complete' }).click();
  await page.getByRole('button', { name: 'See the instance' }).click();

  await expect(page.getByRole('heading', { name: businessKey })).toBeVisible();
  await expect(page.getByText('Completed', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Tokens' })).toContainText('no token is left');
  await expect(page.getByRole('row', { name: 'checkedBy Text "Ana"' })).toBeVisible();
  await expect(page.getByRole('row', { name: /price Number 119\.\d+/ })).toBeVisible();

  await page.getByRole('tab', { name: 'History' }).click();
  const history = page.getByRole('list', { name: 'History' });
  for (const event of [
    'Instance started',
    'Task created Check order',
    'Task completed Check order',
    'Instance completed',
  ]) {
    await expect(history.getByRole('listitem').filter({ hasText: event }).first()).toBeVisible();
  }
  await page.getByRole('checkbox', { name: 'Every step' }).check();
  await expect(history).toContainText('Took the flow');

  await page.reload();
  await expect(page.getByRole('heading', { name: businessKey })).toBeVisible();
  await expect(page.getByRole('list', { name: 'History' })).toContainText('Instance completed');
});

test('an incident: read it, repair the variable, retry, gone (rows 30 34 35 40)', async ({
  page,
  api,
}) => {
  await api.deploy(example('invoice'), 'invoice.bpmn');
  const businessKey = unique('invoice');
  const id = await api.start({
    definition: 'invoice',
    businessKey,
    variables: { amount: '1.200,00' },
  });

  await logIn(page, '/incidents');
  await expect(page.getByRole('table', { name: 'Incidents' })).toContainText('invoice');
  await page.goto(`/instances/${id}`);
  const incidents = page.getByRole('list', { name: 'Open incidents' });
  await expect(incidents).toContainText('Amount?');
  await expect(
    page.getByRole('button', { name: '1 token at Amount?: Incident', exact: false }),
  ).toBeVisible();

  await page.getByRole('button', { name: 'Change amount' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change amount' });
  await dialog.getByLabel('Type').click();
  await page.getByRole('option', { name: 'Number' }).click();
  await dialog.getByLabel('Value').fill('1200');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row', { name: 'amount Number 1200' })).toBeVisible();

  await incidents.getByRole('button', { name: 'Retry the incident at Amount?' }).click();
  await expect(incidents).toBeHidden();
  await expect(
    page.getByRole('button', { name: '1 token at Approve by management: Waiting' }),
  ).toBeVisible();
  expect(await api.state(id)).toBe('active');

  await page.getByRole('tab', { name: 'History' }).click();
  await expect(page.getByRole('list', { name: 'History' })).toContainText('Incident resolved');
});

test('cancel an instance after asking (row 32)', async ({ page, api }) => {
  await api.deploy(example('order'), 'order.bpmn');
  const businessKey = unique('cancel');
  const id = await api.start({ definition: 'order', businessKey, variables: { total: 5 } });

  await logIn(page, `/instances/${id}`);
  await page.getByRole('button', { name: 'Cancel instance' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel this instance?' });
  await dialog.getByRole('button', { name: 'Keep it running' }).click();
  await expect(dialog).toBeHidden();
  expect(await api.state(id)).toBe('active');

  await page.getByRole('button', { name: 'Cancel instance' }).click();
  await dialog.getByRole('button', { name: 'Cancel instance' }).click();
  await expect(page.getByText('Canceled', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel instance' })).toBeHidden();
  expect(await api.state(id)).toBe('canceled');
});

test('a page that is open sees what others do (rows 34 39)', async ({ page, api }) => {
  await api.deploy(example('order'), 'order.bpmn');
  const id = await api.start({
    definition: 'order',
    businessKey: unique('watched'),
    variables: { total: 5000 },
  });
  await logIn(page, `/instances/${id}`);
  await expect(page.getByRole('button', { name: '1 token at Check order: Waiting' })).toBeVisible();

  const task = await api.taskOf(id);
  await api.post(`/api/v1/tasks/${task}/complete`, { variables: { note: 'fine' } });
  await expect(
    page.getByRole('button', { name: '1 token at Approve large order: Waiting' }),
  ).toBeVisible();
  await expect(page.getByRole('row', { name: 'note Text "fine"' })).toBeVisible();
});

test('a task that is being completed is not asked for again', async ({ page, api }) => {
  await api.deploy(example('order'), 'order.bpmn');
  const id = await api.start({
    definition: 'order',
    businessKey: unique('slow'),
    variables: { total: 5 },
  });
  const task = await api.taskOf(id);
  // The answer is late: the list beside the task is polled twice before it comes.
  await page.route(`**/tasks/${task}/complete`, async (route) => {
    const answer = await route.fetch();
    for (let polls = 0; polls < 2; polls++) await page.waitForResponse(/\/api\/v1\/tasks(\?|$)/);
    await route.fulfill({ response: answer });
  });
  await logIn(page, `/tasks/${task}`);
  await page
    .getByRole('article', { name: 'Check order' })
    .getByRole('button', { name: 'Complete' })
    .click();
  // Any 404 in the meantime fails the test.
  await expect(page.getByRole('button', { name: 'See the instance' })).toBeVisible();
});

test.describe('a variable that someone else moved', () => {
  test.use({ expected: [/status of 412/] });

  test('shows the newer value before it overwrites (row 35)', async ({ page, api }) => {
    await api.deploy(example('order'), 'order.bpmn');
    const id = await api.start({
      definition: 'order',
      businessKey: unique('moved'),
      variables: { total: 5 },
    });
    await logIn(page, `/instances/${id}`);
    await page.getByRole('button', { name: 'Change total' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change total' });
    await dialog.getByLabel('Value').fill('6');
    await api.setVariables(id, { total: 7 });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toContainText('moved on since you opened this');
    await expect(dialog).toContainText('Its value now: 7');
    await dialog.getByRole('button', { name: 'Save anyway' }).click();
    await expect(page.getByRole('row', { name: 'total Number 6' })).toBeVisible();
  });
});
