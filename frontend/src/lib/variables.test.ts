import { describe, expect, it } from 'vitest';

import { plainValue, readObject, readValue, showValue, toRows, variablesField } from './variables';

describe('readValue', () => {
  it.each([
    ['string', '12', '12'],
    ['number', '12.50', 12.5],
    ['number', ' -3e2 ', -300],
    ['boolean', 'true', true],
    ['date', '2026-02-28', { $type: 'date', value: '2026-02-28' }],
    ['json', '[1,{"a":null}]', [1, { a: null }]],
  ] as const)('%s %s', (type, text, value) => {
    expect(readValue(type, text)).toEqual({ ok: true, value });
  });

  it.each([
    ['number', ''],
    ['number', '1,5'],
    ['number', '0x10'],
    ['number', 'Infinity'],
    ['boolean', 'yes'],
    ['date', '2026-02-30'],
    ['date', '30.01.2026'],
    ['datetime', '2026-01-31T09:30'],
    ['json', '{a: 1}'],
  ] as const)('refuses %s %s', (type, text) => {
    expect(readValue(type, text).ok).toBe(false);
  });
});

describe('showValue', () => {
  it.each(['text', '', 12.5, true, null, [1], { $type: 'date', value: '2026-01-01' }, { a: 1 }])(
    'reads back %j',
    (value) => {
      const row = showValue(value);
      expect(readValue(row.type, row.text)).toEqual({ ok: true, value });
    },
  );
});

it('shows a large decimal as the number it is', () => {
  const value = { $type: 'decimal', value: '12345678901234567890.5' };
  expect(showValue(value)).toEqual({ type: 'number', text: '12345678901234567890.5' });
  expect(plainValue(value)).toBe('12345678901234567890.5');
});

it('leaves a duration as JSON to edit and as text to read', () => {
  const value = { $type: 'duration', value: 'P1D' };
  expect(showValue(value).type).toBe('json');
  expect(plainValue(value)).toBe('P1D');
});

describe('variablesField', () => {
  const row = (name: string, text: string) => ({ name, type: 'number' as const, text });

  it('turns rows into an object', () => {
    const field = { mode: 'rows' as const, rows: [row(' amount ', '3')], json: '' };
    expect(variablesField.parse(field)).toEqual({ amount: 3 });
  });

  it('says which row is wrong', () => {
    const rows = [row('a', '1'), row('a', '2'), row('', '3'), row('b', 'x')];
    const result = variablesField.safeParse({ mode: 'rows', rows, json: '' });
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual([
      'rows.1.name',
      'rows.2.name',
      'rows.3.text',
    ]);
  });

  it('keeps a variable called __proto__ a variable', () => {
    const result = readObject('{"__proto__": 1, "a": 2}');
    expect(result.ok && Object.keys(result.value)).toContain('a');
  });

  it('takes an object and nothing else as JSON', () => {
    expect(readObject('{"a": 1}')).toEqual({ ok: true, value: { a: 1 } });
    expect(readObject(' ')).toEqual({ ok: true, value: {} });
    expect(readObject('[1]').ok).toBe(false);
    expect(readObject('nonsense').ok).toBe(false);
  });

  it('makes rows of an object', () => {
    expect(toRows({ a: 1, b: 'x' })).toEqual([
      { name: 'a', type: 'number', text: '1' },
      { name: 'b', type: 'string', text: 'x' },
    ]);
  });
});
