import { lazy, Suspense, useEffect, type ComponentType } from 'react';

import { onceIdle } from '../lib/idle';

/** A component whose code is fetched once the page has nothing else to do, or when
    it is shown before that. */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  const Inner = lazy(load);
  function Later(props: P) {
    return (
      <Suspense>
        <Inner {...props} />
      </Suspense>
    );
  }
  return Object.assign(Later, { load });
}

type Later = { readonly load: () => Promise<unknown> };

/** Fetches soon what this page may open. */
export function useSoon({ load }: Later): void {
  useEffect(() => onceIdle(load), [load]);
}
