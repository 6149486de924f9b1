import { expect, it } from 'vitest';

import type { HistoryEvent, Token } from '../api/types';
import { badgesOf, trailOf, waysTaken } from './badges';

const token = (id: string, element: string, state: Token['state']): Token => ({
  id,
  element,
  name: null,
  scope: '0',
  type: 'userTask',
  state,
  since: '2026-01-31T12:00:00Z',
});

it('counts tokens and shows the state that matters most', () => {
  expect(
    badgesOf([token('1', 'a', 'waiting'), token('2', 'a', 'incident'), token('3', 'b', 'queued')]),
  ).toEqual([
    { element: 'a', name: 'a', count: 2, state: 'incident' },
    { element: 'b', name: 'b', count: 1, state: 'queued' },
  ]);
});

it('keeps the stronger state whatever comes later', () => {
  expect(badgesOf([token('1', 'a', 'incident'), token('2', 'a', 'active')])[0]?.state).toBe(
    'incident',
  );
});

it('finds what was left behind', () => {
  const at = '2026-01-31T12:00:00Z';
  const events: HistoryEvent[] = [
    { seq: 1, at, type: 'instance-started', data: {} },
    { seq: 2, at, type: 'element-passed', element: 'start', data: {} },
    { seq: 3, at, type: 'flow-taken', element: 'f1', data: {} },
    { seq: 4, at, type: 'element-started', element: 'a', data: {} },
  ];
  const trail = trailOf(events);
  expect([...trail.visited]).toEqual(['start']);
  expect([...trail.taken]).toEqual(['f1']);
});

it('adds the only ways to the flows that history names', () => {
  const flows = [
    { id: 'f1', source: 'start', target: 'gw' },
    { id: 'f2', source: 'gw', target: 'a' },
    { id: 'f3', source: 'gw', target: 'b' },
    { id: 'f4', source: 'a', target: 'end' },
  ];
  const trail = { visited: new Set(['start', 'gw']), taken: new Set(['f2']) };
  const badges = badgesOf([token('1', 'a', 'waiting')]);
  expect(waysTaken(flows, trail, badges)).toEqual(['f1', 'f2']);
});
