import { keepPreviousData, mutationOptions, queryOptions } from '@tanstack/react-query';

import { given } from '../../lib/given';
import { call, idempotencyKey } from '../client';
import type { Problem } from '../problem';
import { pollEvery } from '../query-client';

export type TaskFilter = {
  state?: 'created' | 'claimed';
  assignee?: string;
  instance?: string;
  cursor?: string;
  limit?: number;
};

/* A task that was completed elsewhere is gone for good. */
function pollUnlessRefused(error: Problem | null): number | false {
  return error && !error.retryable ? false : pollEvery;
}

export const tasks = {
  all: ['tasks'] as const,
  /** Without the details: one that was just completed is not to be found again. */
  lists: ['tasks', 'list'] as const,

  list: (filter: TaskFilter) =>
    queryOptions({
      queryKey: [...tasks.lists, filter] as const,
      queryFn: ({ signal }) => call('get', '/api/v1/tasks', { query: given(filter), signal }),
      placeholderData: keepPreviousData,
      refetchInterval: pollEvery,
    }),

  detail: (id: string) =>
    queryOptions({
      queryKey: [...tasks.all, 'detail', id] as const,
      queryFn: ({ signal }) => call('get', '/api/v1/tasks/{id}', { path: { id }, signal }),
      refetchInterval: ({ state }) => pollUnlessRefused(state.error),
    }),

  /** What the process tells who works on it: nearest scope first. */
  variables: (id: string) =>
    queryOptions({
      queryKey: [...tasks.all, 'variables', id] as const,
      queryFn: ({ signal }) =>
        call('get', '/api/v1/tasks/{id}/variables', { path: { id }, signal }),
      refetchInterval: ({ state }) => pollUnlessRefused(state.error),
    }),

  claim: (id: string) =>
    mutationOptions({
      mutationFn: () => call('post', '/api/v1/tasks/{id}/claim', { path: { id } }),
      meta: { invalidates: [tasks.all] },
    }),

  unclaim: (id: string) =>
    mutationOptions({
      mutationFn: () => call('post', '/api/v1/tasks/{id}/unclaim', { path: { id } }),
      meta: { invalidates: [tasks.all] },
    }),

  complete: (id: string) =>
    mutationOptions({
      mutationFn: (variables: Record<string, unknown>) =>
        call('post', '/api/v1/tasks/{id}/complete', {
          path: { id },
          header: { 'Idempotency-Key': idempotencyKey() },
          body: { variables },
        }),
      meta: { invalidates: [tasks.lists, ['instances'], ['incidents']] },
    }),
};
