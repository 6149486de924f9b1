import { keepPreviousData, mutationOptions, queryOptions } from '@tanstack/react-query';

import { given } from '../../lib/given';
import { call, idempotencyKey } from '../client';
import type { Schemas } from '../types';

export type DefinitionFilter = {
  key?: string;
  q?: string;
  latest?: boolean;
  counts?: boolean;
  cursor?: string;
  limit?: number;
};

export const definitions = {
  all: ['definitions'] as const,

  list: (filter: DefinitionFilter) =>
    queryOptions({
      queryKey: [...definitions.all, 'list', filter] as const,
      queryFn: ({ signal }) => call('get', '/api/v1/definitions', { query: given(filter), signal }),
      placeholderData: keepPreviousData,
    }),

  detail: (ref: string) =>
    queryOptions({
      queryKey: [...definitions.all, 'detail', ref] as const,
      queryFn: ({ signal }) => call('get', '/api/v1/definitions/{ref}', { path: { ref }, signal }),
    }),

  /** `id` and not a key: what an id names never changes. */
  xml: (id: string) =>
    queryOptions({
      queryKey: [...definitions.all, 'xml', id] as const,
      queryFn: ({ signal }) =>
        call('get', '/api/v1/definitions/{ref}/xml', { path: { ref: id }, signal }),
      staleTime: Infinity,
    }),

  deploy: () =>
    mutationOptions({
      mutationFn: (file: { name: string; text: string }) =>
        call('post', '/api/v1/deployments', {
          query: { name: file.name },
          contentType: 'application/xml',
          body: file.text,
        }),
      meta: { invalidates: [definitions.all] },
    }),

  start: () =>
    mutationOptions({
      mutationFn: (body: Schemas['StartInstance']) =>
        call('post', '/api/v1/instances', {
          header: { 'Idempotency-Key': idempotencyKey() },
          body,
        }),
      meta: { invalidates: [['instances'], ['tasks'], ['incidents']] },
    }),
};
