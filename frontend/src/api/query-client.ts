import { MutationCache, QueryClient, type QueryKey } from '@tanstack/react-query';

import type { Problem } from './problem';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: Problem;
    mutationMeta: { invalidates?: readonly QueryKey[] };
  }
}

/** How often an open page asks again while it is visible. */
export const pollEvery = 2_000;

/* Values may hold numbers as source text (lib/json.ts), which the default
   structural sharing would take apart; equal text means equal data. */
function share(before: unknown, after: unknown): unknown {
  return JSON.stringify(before) === JSON.stringify(after) ? before : after;
}

export function newQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    defaultOptions: {
      /* 'always': a machine without a network reaches a Weir of its own. */
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        staleTime: 5_000,
        retry: (count, error) => error.retryable && count < 2,
        structuralSharing: share,
      },
    },
    mutationCache: new MutationCache({
      /* Not waited for: a page that leaves shall not reload what it showed. */
      onSuccess: (_data, _variables, _context, mutation) => {
        for (const queryKey of mutation.meta?.invalidates ?? []) {
          void client.invalidateQueries({ queryKey });
        }
      },
    }),
  });
  return client;
}
