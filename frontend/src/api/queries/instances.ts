import {
  infiniteQueryOptions,
  keepPreviousData,
  mutationOptions,
  queryOptions,
} from '@tanstack/react-query';

import { given } from '../../lib/given';
import { z } from '../../lib/zod';
import { call, etag, idempotencyKey } from '../client';
import { pollEvery } from '../query-client';
import type { InstanceState } from '../types';

export type InstanceFilter = {
  state?: InstanceState;
  definition?: string;
  businessKey?: string;
  withIncidents?: boolean;
  startedAfter?: string;
  startedBefore?: string;
  cursor?: string;
  limit?: number;
};

/** Whether an instance can still change by itself. */
export function isLive(state: InstanceState | undefined): boolean {
  return state === 'active' || state === 'suspended';
}

/** Parts of a live instance are asked for again; those of an ended one stay. */
export type Part = { id: string; live: boolean };
const rhythm = (live: boolean) => ({ refetchInterval: live ? pollEvery : (false as const) });

export type Edit = {
  readonly rev: number;
  readonly scope: string;
  readonly changes: Record<string, unknown>;
};

const scopes = z.record(z.string(), z.record(z.string(), z.unknown()));

export const instances = {
  all: ['instances'] as const,

  list: (filter: InstanceFilter) =>
    queryOptions({
      queryKey: [...instances.all, 'list', filter] as const,
      queryFn: ({ signal }) => call('get', '/api/v1/instances', { query: given(filter), signal }),
      placeholderData: keepPreviousData,
    }),

  detail: (id: string) =>
    queryOptions({
      queryKey: [...instances.all, 'detail', id] as const,
      queryFn: ({ signal }) => call('get', '/api/v1/instances/{id}', { path: { id }, signal }),
      refetchInterval: ({ state }) => (isLive(state.data?.state) ? pollEvery : false),
    }),

  tokens: ({ id, live }: Part) =>
    queryOptions({
      queryKey: [...instances.all, 'tokens', id] as const,
      queryFn: ({ signal }) =>
        call('get', '/api/v1/instances/{id}/tokens', { path: { id }, signal }),
      ...rhythm(live),
    }),

  /** Of every scope, by its id; '0' is the process. */
  variables: ({ id, live }: Part) =>
    queryOptions({
      queryKey: [...instances.all, 'variables', id] as const,
      queryFn: async ({ signal }) =>
        scopes.parse(
          await call('get', '/api/v1/instances/{id}/variables', {
            path: { id },
            query: { scope: 'all', typed: true },
            signal,
          }),
        ),
      ...rhythm(live),
    }),

  /** By commands, oldest first; the next page starts after the last seq seen. */
  history: ({ id, live }: Part) =>
    infiniteQueryOptions({
      queryKey: [...instances.all, 'history', id] as const,
      queryFn: ({ signal, pageParam }) =>
        call('get', '/api/v1/instances/{id}/history', {
          path: { id },
          query: { limit: 200, after: pageParam },
          signal,
        }),
      initialPageParam: 0,
      getNextPageParam: ({ items, next }) => (next === null ? undefined : items.at(-1)?.seq),
      ...rhythm(live),
    }),

  setVariables: (id: string) =>
    mutationOptions({
      mutationFn: ({ rev, scope, changes }: Edit) =>
        call('patch', '/api/v1/instances/{id}/variables', {
          path: { id },
          query: { scope },
          header: { 'If-Match': etag(rev) },
          body: changes,
        }),
      meta: { invalidates: [instances.all] },
    }),

  cancel: (id: string) =>
    mutationOptions({
      mutationFn: () =>
        call('post', '/api/v1/instances/{id}/cancel', {
          path: { id },
          header: { 'Idempotency-Key': idempotencyKey() },
          body: {},
        }),
      meta: { invalidates: [instances.all, ['tasks'], ['incidents']] },
    }),
};
