import { expect, it } from 'vitest';

import type { Token } from '../../api/types';
import { waitingFor } from './token-model';

const token = (waiting: Token['waitingFor']): Token => ({
  id: '1',
  element: 'a',
  type: 'userTask',
  state: 'waiting',
  since: '2026-01-31T12:00:00Z',
  ...(waiting && { waitingFor: waiting }),
});

it.each([
  [{ type: 'task' }, 'Waits for a person.'],
  [{ type: 'job', detail: 'charge' }, "Waits for a worker of 'charge'."],
  [{ type: 'message' }, 'Waits for a message.'],
  [{ type: 'join', flow: 'f1' }, "Came over 'f1' and waits for the others."],
  [{ type: 'something-new' }, 'Waits for: something-new.'],
  [undefined, 'Runs.'],
])('%j', (waiting, sentence) => {
  expect(waitingFor(token(waiting))).toBe(sentence);
});
