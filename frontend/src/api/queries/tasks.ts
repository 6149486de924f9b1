import { keepPreviousData, mutationOptions, queryOptions } from '@tanstack/react-query';

import { given } from '../../lib/given';
import { call, etag, idempotencyKey } from '../client';
import { pollEvery } from '../query-client';
import type { Task } from '../types';

export type TaskFilter = {
  state?: string;
  assignee?: string;
  instance?: string;
  cursor?: string;
  limit?: number;
};

export const tasks = {
  all: ['tasks'] as const,

  list: (filter: TaskFilter) =>
    queryOptions({
      queryKey: [...tasks.all, 'list', filter] as const,
      queryFn: ({ signal }) => call('get', '/api/v1/tasks', { query: given(filter), signal }),
      placeholderData: keepPreviousData,
      refetchInterval: pollEvery,
    }),

  detail: (id: string) =>
    queryOptions({
      queryKey: [...tasks.all, 'detail', id] as const,
      queryFn: ({ signal }) => call('get', '/api/v1/tasks/{id}', { path: { id }, signal }),
      refetchInterval: ({ state }) => (isOpen(state.data) ? pollEvery : false),
    }),

  claim: (id: string) =>
    mutationOptions({
      mutationFn: (rev: number) =>
        call('post', '/api/v1/tasks/{id}/claim', {
          path: { id },
          header: { 'If-Match': etag(rev) },
        }),
      meta: { invalidates: [tasks.all] },
    }),

  unclaim: (id: string) =>
    mutationOptions({
      mutationFn: (rev: number) =>
        call('post', '/api/v1/tasks/{id}/unclaim', {
          path: { id },
          header: { 'If-Match': etag(rev) },
        }),
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
      meta: { invalidates: [tasks.all, ['instances'], ['incidents']] },
    }),
};

export function isOpen(task: Task | undefined): boolean {
  return task?.state === 'created' || task?.state === 'claimed';
}
