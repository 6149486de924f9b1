import { queryOptions } from '@tanstack/react-query';

import { call } from '../client';

/** Who is logged in, and what they may do. */
export const me = () =>
  queryOptions({
    queryKey: ['me'] as const,
    queryFn: ({ signal }) => call('get', '/api/v1/auth/me', { signal }),
    staleTime: Infinity,
  });
