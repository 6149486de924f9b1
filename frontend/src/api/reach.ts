/*
 * Whether the server answers, as the last exchange found it.  While it does not,
 * a page shows what it knew last and says so.
 */
import { createStore, useStore } from 'zustand';

const store = createStore<{ readonly away: boolean }>(() => ({ away: false }));

export function useServerAway(): boolean {
  return useStore(store, ({ away }) => away);
}

export function heard(answered: boolean): void {
  if (store.getState().away === answered) store.setState({ away: !answered });
}
