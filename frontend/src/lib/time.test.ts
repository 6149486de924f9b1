import { describe, expect, it } from 'vitest';

import { ago, dayStart, span } from './time';

describe('span', () => {
  it.each([
    [0, '0 ms'],
    [840, '840 ms'],
    [12_345, '12 s'],
    [184_000, '3 min 4 s'],
    [120_000, '2 min'],
    [7_500_000, '2 h 5 min'],
    [3 * 86_400_000 + 4 * 3_600_000, '3 d 4 h'],
  ])('%d', (ms, text) => {
    expect(span(ms)).toBe(text);
  });
});

describe('ago', () => {
  const now = Date.parse('2026-01-31T12:00:00Z');
  it.each([
    ['2026-01-31T11:59:58Z', 'now'],
    ['2026-01-31T11:55:00Z', '5 min. ago'],
    ['2026-01-31T14:00:00Z', 'in 2 hr.'],
    ['2026-01-30T12:00:00Z', 'yesterday'],
  ])('%s', (at, text) => {
    expect(ago(at, now)).toBe(text);
  });
});

describe('dayStart', () => {
  it('is local midnight, also over the end of a month', () => {
    expect(dayStart('2026-01-31', 0)).toBe(new Date(2026, 0, 31).toISOString());
    expect(dayStart('2026-01-31', 1)).toBe(new Date(2026, 1, 1).toISOString());
  });

  it.each(['', 'yesterday', '2026-13'])('is nothing for %j', (day) => {
    expect(dayStart(day, 0)).toBeUndefined();
  });
});
