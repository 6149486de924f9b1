/** Fetches something that will be wanted once the browser has nothing to do. */
export function onceIdle(load: () => Promise<unknown>): () => void {
  /* What fails here is asked for again, and reported, when it is wanted. */
  const run = () => void load().catch(() => undefined);
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(run, 2_000);
    return () => {
      clearTimeout(timer);
    };
  }
  const handle = requestIdleCallback(run, { timeout: 5_000 });
  return () => {
    cancelIdleCallback(handle);
  };
}
