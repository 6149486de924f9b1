import { useSyncExternalStore } from 'react';

import { ago, fullTime, span } from '../lib/time';

/* One clock for all of them, ticking while anyone looks. */
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 5_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

export function Ago({ at }: { at: string }) {
  const current = useNow();
  return (
    <time dateTime={at} title={fullTime(at)} className="whitespace-nowrap">
      {ago(at, current)}
    </time>
  );
}

/** From start to end, or to now while it has none. */
export function Lasting({ from, to }: { from: string; to: string | null }) {
  const current = useNow();
  const end = to === null ? Math.max(current, Date.parse(from)) : Date.parse(to);
  return <span className="tabular whitespace-nowrap">{span(end - Date.parse(from))}</span>;
}
