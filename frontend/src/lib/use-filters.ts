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

  const change = (edit: (params: URLSearchParams) => void) => {
    setSearch(
      (current) => {
        const params = new URLSearchParams(current);
        params.delete('cursor');
        edit(params);
        return params;
      },
      { replace: true },
    );
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
