import Button from '@mui/material/Button';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { z } from '../lib/zod';

import { BackIcon, NextIcon } from './icons';

const trail = z.object({ trail: z.array(z.string()) });

/** Next and previous page by cursor; the way back is kept with the history entry. */
export function Pager({ next, shown }: { next: string | null; shown: number }) {
  const [search] = useSearchParams();
  const location = useLocation();
  const navigate = useNavigate();
  const cursor = search.get('cursor') ?? '';
  const before = trail.safeParse(location.state).data?.trail ?? [];
  const page = before.length + 1;

  const go = (to: string, way: string[]) => {
    const params = new URLSearchParams(search);
    if (to === '') params.delete('cursor');
    else params.set('cursor', to);
    void navigate({ search: params.toString() }, { state: { trail: way } });
  };

  if (next === null && cursor === '') return null;
  return (
    <nav
      aria-label="Pages"
      className="flex items-center justify-between border-t border-line px-4 py-2"
    >
      <span className="tabular text-xs text-text-3">
        {cursor !== '' && before.length === 0 ? `${shown} shown` : `Page ${page}, ${shown} shown`}
      </span>
      <div className="flex gap-2">
        <Button
          variant="outlined"
          startIcon={<BackIcon />}
          disabled={cursor === ''}
          onClick={() => {
            go(before.at(-1) ?? '', before.slice(0, -1));
          }}
        >
          {cursor !== '' && before.length === 0 ? 'First page' : 'Previous'}
        </Button>
        <Button
          variant="outlined"
          endIcon={<NextIcon />}
          disabled={next === null}
          onClick={() => {
            if (next !== null) go(next, [...before, cursor]);
          }}
        >
          Next
        </Button>
      </div>
    </nav>
  );
}
