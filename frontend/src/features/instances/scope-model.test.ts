import { expect, test } from 'vitest';

import { scopesOf } from './scope-model';

const pack = { id: '3', element: 'pack', name: 'Pack', scope: '0' };
const label = { id: '7', element: 'label', name: null, scope: '3' };

test('the process comes first and alone has no way to it', () => {
  expect(scopesOf(['0'], [pack])).toEqual([{ id: '0', path: 'Process' }]);
});

test('an inner scope says the way to it', () => {
  expect(scopesOf(['7', '3', '0'], [pack, label])).toEqual([
    { id: '0', path: 'Process' },
    { id: '3', path: 'Pack' },
    { id: '7', path: 'Pack › label' },
  ]);
});

test('scopes of one name are told apart', () => {
  const again = { ...pack, id: '12' };
  expect(scopesOf(['12', '0', '3'], [pack, again]).map(({ path }) => path)).toEqual([
    'Process',
    'Pack, 1 of 2',
    'Pack, 2 of 2',
  ]);
});

test('a scope whose token has gone keeps its number', () => {
  expect(scopesOf(['0', '9'], [])).toContainEqual({ id: '9', path: 'Scope 9' });
});
