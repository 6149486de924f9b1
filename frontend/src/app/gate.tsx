import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Outlet } from 'react-router';

import { restore, useSessionStatus } from '../api/session';
import { unreachable } from '../api/problem';
import { Failure } from '../ui/feedback';
import { onceIdle } from '../lib/idle';
import { later } from '../ui/later';

/* Who is logged in needs no form.  The dialog is fetched before it is needed: when
   the session ends the server may be away. */
const LoginPage = later(() => import('../features/auth/login-page'));
const LoginAgain = later(() => import('../features/auth/login-again'));

/** Shows the pages to who is logged in; an ended session keeps them below a dialog. */
export function Gate() {
  const status = useSessionStatus();
  const queryClient = useQueryClient();

  useEffect(() => {
    if (status === 'out') queryClient.clear();
    return status === 'in' ? onceIdle(LoginAgain.load) : undefined;
  }, [status, queryClient]);

  if (status === 'unreachable') {
    return (
      <main className="grid h-full place-items-center">
        <Failure problem={unreachable()} retry={restore} />
      </main>
    );
  }
  if (status === 'out') {
    return <LoginPage />;
  }
  return (
    <>
      <Outlet />
      {status === 'expired' && <LoginAgain />}
    </>
  );
}
