import type { HistoryEvent, Token, TokenState } from '../api/types';

/** What stands at one element: how many tokens, and the state that matters most. */
export type Badge = {
  readonly element: string;
  readonly name: string;
  readonly count: number;
  readonly state: TokenState;
};

const weight: Record<TokenState, number> = {
  incident: 5,
  suspended: 4,
  compensating: 3,
  waiting: 2,
  queued: 1,
  active: 0,
};

export function badgesOf(tokens: readonly Token[]): readonly Badge[] {
  const badges = new Map<string, Badge>();
  for (const token of tokens) {
    const before = badges.get(token.element);
    badges.set(token.element, {
      element: token.element,
      name: token.name || token.element,
      count: (before?.count ?? 0) + 1,
      state: before && weight[before.state] > weight[token.state] ? before.state : token.state,
    });
  }
  return Array.from(badges.values());
}

export type Trail = { readonly visited: ReadonlySet<string>; readonly taken: ReadonlySet<string> };

/** The elements an instance has left behind and the flows it took. */
export function trailOf(history: readonly HistoryEvent[]): Trail {
  const visited = new Set<string>();
  const taken = new Set<string>();
  for (const { type, element } of history) {
    if (element === undefined) continue;
    if (type === 'flow-taken') taken.add(element);
    if (type === 'element-completed' || type === 'element-passed') visited.add(element);
  }
  return { visited, taken };
}

export type Flow = { readonly id: string; readonly source: string; readonly target: string };

/**
 * The flows an instance took.  Its history names a flow only where there was a
 * choice; the only way out of what it left to where it got is added here.
 */
export function waysTaken(
  flows: readonly Flow[],
  trail: Trail,
  badges: readonly Badge[],
): readonly string[] {
  const reached = new Set([...trail.visited, ...badges.map(({ element }) => element)]);
  const ways = new Map<string, number>();
  for (const { source } of flows) ways.set(source, (ways.get(source) ?? 0) + 1);
  return flows
    .filter(
      ({ id, source, target }) =>
        trail.taken.has(id) ||
        (ways.get(source) === 1 && trail.visited.has(source) && reached.has(target)),
    )
    .map(({ id }) => id);
}
