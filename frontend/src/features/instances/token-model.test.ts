import { expect, it } from 'vitest';

import type { Token } from '../../api/types';
import { waitingFor } from './token-model';

type Case = readonly [Token['waitingFor'], string];
const cases: readonly Case[] = [
  [{ type: 'task' }, 'Waits for a person.'],
  [{ type: 'job', detail: 'charge' }, "Waits for a worker of 'charge'."],
  [{ type: 'message' }, 'Waits for a message.'],
  [{ type: 'signal', detail: 'bell' }, "Waits for the signal 'bell'."],
  [
    { type: 'events', detail: "message 'a', timer 'b'" },
    "Waits for events: message 'a', timer 'b'.",
  ],
  [{ type: 'condition', detail: 'a > 1' }, "Waits until 'a > 1' holds."],
  [{ type: 'join' }, 'Waits for the others.'],
  [{ type: 'activation' }, 'Waits for somebody to start something in it, or to complete it.'],
  [{ type: 'compensation' }, 'Waits until what was done is undone.'],
  [undefined, 'Runs.'],
];

const token = (waiting: Token['waitingFor']): Token => ({
  id: '1',
  element: 'a',
  type: 'userTask',
  name: null,
  scope: '0',
  state: 'waiting',
  since: '2026-01-31T12:00:00Z',
  ...(waiting && { waitingFor: waiting }),
});

it.each(cases)('%j: %s', (waiting, sentence) => {
  expect(waitingFor(token(waiting))).toBe(sentence);
});
