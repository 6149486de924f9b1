import { describe, expect, it } from 'vitest';

import { formatJson, isExact, parseJson } from './json';

describe('isExact', () => {
  it.each([
    ['1', 1],
    ['1.50', 1.5],
    ['1e3', 1000],
    ['-0.10', -0.1],
    ['0', 0],
    ['100', 100],
    ['1e21', 1e21],
  ] as const)('%s', (source, value) => {
    expect(isExact(source, value)).toBe(true);
  });

  it.each(['9007199254740993', '0.1234567890123456789', '1e400'])('not %s', (source) => {
    expect(isExact(source, Number(source))).toBe(false);
  });
});

it('reads and prints JSON', () => {
  expect(parseJson('{"a":[1,true,null]}')).toEqual({ a: [1, true, null] });
  expect(formatJson({ a: [1] })).toBe('{"a":[1]}');
});
