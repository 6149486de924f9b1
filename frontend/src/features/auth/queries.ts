import { mutationOptions, queryOptions } from '@tanstack/react-query';

import { call } from '../../api/client';
import { login, logout } from '../../api/session';

export const auth = {
  me: () =>
    queryOptions({
      queryKey: ['auth', 'me'] as const,
      queryFn: ({ signal }) => call('get', '/api/v1/auth/me', { signal }),
      staleTime: Infinity,
    }),
  login: () => mutationOptions({ mutationFn: login }),
  logout: () => mutationOptions({ mutationFn: logout }),
};
