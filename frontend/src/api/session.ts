/*
 * Who is logged in.  The access token lives in memory alone; a cookie that no
 * script can read renews it.  A renewal rotates that cookie, so only one may run
 * at a time: one per tab through `pending`, one per browser through Web Locks.
 */
import { createStore, useStore } from 'zustand';

import { exchange } from './http';
import { Problem } from './problem';
import type { Schemas } from './types';

/** `expired`: was logged in and the session ended; the page stays. */
export type SessionStatus = 'out' | 'in' | 'expired' | 'unreachable';

type Session = { readonly status: SessionStatus; readonly token: string; readonly until: number };

const out: Session = { status: 'out', token: '', until: 0 };
const store = createStore<Session>(() => out);
const channel = new BroadcastChannel('weir-session');
const hint = 'weir-session';
const csrf = { 'X-Weir-Csrf': '1' };
const slack = 20_000;

let pending: Promise<boolean> | undefined;

channel.onmessage = () => {
  store.setState(out);
};

export function useSessionStatus(): SessionStatus {
  return useStore(store, (session) => session.status);
}

export async function login(body: Schemas['Login']): Promise<void> {
  accept(
    await exchange<Schemas['AccessToken']>({
      method: 'post',
      url: '/api/v1/auth/login',
      data: body,
      headers: csrf,
    }),
  );
}

export async function logout(): Promise<void> {
  const headers = { ...csrf, Authorization: `Bearer ${store.getState().token}` };
  try {
    await exchange({ method: 'post', url: '/api/v1/auth/logout', headers });
  } finally {
    leave('out');
    channel.postMessage('logout');
  }
}

/** Before the first render: takes up the session of an earlier visit. */
export async function restore(): Promise<void> {
  if (localStorage.getItem(hint) === null) return;
  try {
    if (!(await refresh())) leave('out');
  } catch {
    store.setState({ ...out, status: 'unreachable' });
  }
}

/* Known without asking: a page that polls would ask, and be refused, for ever. */
function ended(): Problem {
  const detail = 'Your session has ended. Log in again, then repeat this.';
  return new Problem({ code: 'unauthorized', status: 401, title: 'Not logged in', detail });
}

/** A token that lasts at least a little longer; '' when there is no session. */
export async function token(): Promise<string> {
  const session = store.getState();
  if (session.status === 'expired') throw ended();
  if (session.status !== 'in') return '';
  if (session.until - Date.now() < slack) await refresh();
  return store.getState().token;
}

/** Renews the access token.  False: the session is over. */
export async function refresh(): Promise<boolean> {
  pending ??= exclusively(renew).finally(() => {
    pending = undefined;
  });
  return pending;
}

/** The server refuses and nothing renews: what to tell who asked. */
export function expire(): Problem {
  if (store.getState().status === 'in') leave('expired');
  return ended();
}

async function renew(): Promise<boolean> {
  try {
    accept(
      await exchange<Schemas['AccessToken']>({
        method: 'post',
        url: '/api/v1/auth/refresh',
        headers: csrf,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 403)) return false;
    throw error;
  }
}

/* navigator.locks is there in secure contexts only; elsewhere tabs may race. */
async function exclusively(work: () => Promise<boolean>): Promise<boolean> {
  return 'locks' in navigator ? navigator.locks.request('weir-refresh', work) : work();
}

function accept(session: Schemas['AccessToken']): void {
  localStorage.setItem(hint, 'yes');
  store.setState({
    status: 'in',
    token: session.accessToken,
    until: Date.now() + session.expiresIn * 1_000,
  });
}

function leave(status: SessionStatus): void {
  localStorage.removeItem(hint);
  store.setState({ ...out, status });
}
