import type { Token } from '../../api/types';

type Waiting = NonNullable<Token['waitingFor']>;

const words: Record<Waiting['type'], (waiting: Waiting) => string> = {
  task: () => 'Waits for a person.',
  job: ({ detail }) => (detail ? `Waits for a worker of '${detail}'.` : 'Waits for a worker.'),
  timer: ({ detail }) => (detail ? `Waits until ${detail}.` : 'Waits for its time.'),
  message: ({ detail }) => (detail ? `Waits for the message '${detail}'.` : 'Waits for a message.'),
  signal: ({ detail }) => (detail ? `Waits for the signal '${detail}'.` : 'Waits for a signal.'),
  events: ({ detail }) => (detail ? `Waits for events: ${detail}.` : 'Waits for several events.'),
  condition: ({ detail }) =>
    detail ? `Waits until '${detail}' holds.` : 'Waits for its condition.',
  join: () => 'Waits for the others.',
  async: () => 'Goes on by itself in a moment.',
  child: () => 'Waits for the process it called.',
  children: () => 'Waits for what runs inside it.',
  activation: () => 'Waits for somebody to start something in it, or to complete it.',
  compensation: () => 'Waits until what was done is undone.',
  suspension: () => 'The element was suspended: resume it and what stands here goes on.',
  incident: () => 'Stopped by an incident: repair and retry it.',
};

/** In a sentence, why a token stands where it stands. */
export function waitingFor(token: Token): string {
  const waiting = token.waitingFor;
  if (waiting === undefined) return 'Runs.';
  return words[waiting.type](waiting);
}
