import { keepPreviousData, mutationOptions, queryOptions } from '@tanstack/react-query';

import { given } from '../../lib/given';
import { call, idempotencyKey } from '../client';
import { pollEvery } from '../query-client';
import type { Schemas } from '../types';

export type IncidentFilter = { instance?: string; type?: string; cursor?: string; limit?: number };

export const incidents = {
  all: ['incidents'] as const,

  list: (filter: IncidentFilter) =>
    queryOptions({
      queryKey: [...incidents.all, 'list', filter] as const,
      queryFn: ({ signal }) => call('get', '/api/v1/incidents', { query: given(filter), signal }),
      placeholderData: keepPreviousData,
      refetchInterval: pollEvery,
    }),

  resolve: (id: string) =>
    mutationOptions({
      mutationFn: (body: Schemas['ResolveIncident']) =>
        call('post', '/api/v1/incidents/{id}/resolve', {
          path: { id },
          header: { 'Idempotency-Key': idempotencyKey() },
          body,
        }),
      meta: { invalidates: [incidents.all, ['instances'], ['tasks']] },
    }),
};
