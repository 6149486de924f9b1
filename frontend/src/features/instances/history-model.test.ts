import { expect, it } from 'vitest';

import { details, kinds, matters } from './history-model';

const at = '2026-01-31T12:00:00Z';

it('shows what came with an event in one line', () => {
  expect(details({ seq: 1, at, type: 'variable-set', data: { amount: 12, who: 'Ana' } })).toBe(
    'amount = 12, who = "Ana"',
  );
  expect(details({ seq: 2, at, type: 'instance-started', data: {} })).toBe('');
});

it('leaves the flows out of the short view', () => {
  expect(matters({ seq: 1, at, type: 'flow-taken', element: 'f', data: {} })).toBe(false);
  expect(matters({ seq: 2, at, type: 'task-created', element: 't', data: {} })).toBe(true);
});

it('has words for every kind', () => {
  for (const { label } of Object.values(kinds)) expect(label).not.toBe('');
});
