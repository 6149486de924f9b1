import { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';

type Filters<K extends string> = {
  readonly get: (name: K) => string;
  readonly any: boolean;
  readonly set: (name: K, value: string) => void;
  readonly clear: () => void;
};

/** Filters that live in the URL; changing one goes back to the first page. */
export function useFilters<K extends string>(...names: readonly K[]): Filters<K> {
  const [search, setSearch] = useSearchParams();
  // What was asked for last: two changes may come before the URL is rendered
  // again, and the router hands each of them the parameters of the last render.
  const latest = useRef(search);
  useEffect(() => {
    latest.current = search;
  }, [search]);

  const change = (edit: (params: URLSearchParams) => void) => {
    const params = new URLSearchParams(latest.current);
    params.delete('cursor');
    edit(params);
    latest.current = params;
    setSearch(params, { replace: true });
  };
  return {
    get: (name) => search.get(name) ?? '',
    any: names.some((name) => search.has(name)),
    set: (name, value) => {
      change((params) => {
        if (value === '') params.delete(name);
        else params.set(name, value);
      });
    },
    clear: () => {
      change((params) => {
        for (const name of names) params.delete(name);
      });
    },
  };
}
