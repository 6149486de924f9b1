import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { exchange } from '../api/http';
import { pollEvery } from '../api/query-client';
import { useServerAway } from '../api/reach';
import { IncidentIcon } from '../ui/icons';

/** Over every page while the server does not answer; what is shown may be old. */
export function Away() {
  const away = useServerAway();
  return (
    <div role="status" className="shrink-0 empty:hidden">
      {away && <Notice />}
    </div>
  );
}

function Notice() {
  const queryClient = useQueryClient();
  useQuery({
    queryKey: ['ready'],
    queryFn: ({ signal }) => exchange<unknown>({ url: '/health/ready', signal }),
    refetchInterval: pollEvery,
    retry: false,
    gcTime: 0,
  });
  /* Gone means that the server is back: what is on the page is asked for again. */
  useEffect(
    () => () => {
      void queryClient.invalidateQueries();
    },
    [queryClient],
  );
  return (
    <p className="m-0 flex items-center gap-2 border-b border-waiting-line bg-waiting-soft px-4 py-2 text-sm text-waiting">
      <IncidentIcon aria-hidden fontSize="small" />
      The server does not answer. What you see may be old; it is asked again until it does.
    </p>
  );
}
