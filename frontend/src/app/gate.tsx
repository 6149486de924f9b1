import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Outlet } from 'react-router';

import { restore, useSessionStatus } from '../api/session';
import { LoginPage } from '../features/auth/login-page';
import { LoginAgain } from '../features/auth/login-again';
import { Failure } from '../ui/feedback';
import { unreachable } from '../api/problem';

/** Shows the pages to who is logged in; an ended session keeps them below a dialog. */
export function Gate() {
  const status = useSessionStatus();
  const queryClient = useQueryClient();

  useEffect(() => {
    if (status === 'out') queryClient.clear();
  }, [status, queryClient]);

  if (status === 'unreachable') {
    return (
      <main className="grid h-full place-items-center">
        <Failure problem={unreachable()} retry={restore} />
      </main>
    );
  }
  if (status === 'out') return <LoginPage />;
  return (
    <>
      <Outlet />
      {status === 'expired' && <LoginAgain />}
    </>
  );
}
