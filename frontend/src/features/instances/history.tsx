import Button from '@mui/material/Button';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { useState } from 'react';

import type { HistoryEvent } from '../../api/types';
import { clock, fullTime } from '../../lib/time';
import { Empty, Failure, Rows } from '../../ui/feedback';
import { toneText } from '../../ui/tone';
import { details, kindOf, matters } from './history-model';

type Props = {
  readonly query: UseInfiniteQueryResult;
  readonly events: readonly HistoryEvent[] | undefined;
  readonly names: ReadonlyMap<string, string>;
  readonly selected: string | undefined;
  readonly onSelect: (element: string | null) => void;
};

/** What happened, newest last; an element's name selects it in the diagram. */
export default function History({ query, events, names, selected, onSelect }: Props) {
  const [all, setAll] = useState(false);
  if (events === undefined) {
    return query.error ? <Failure problem={query.error} retry={query.refetch} /> : <Rows />;
  }
  const shown = events
    .filter((event) => all || matters(event))
    .filter((event) => selected === undefined || event.element === selected);
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-1">
        <p className="m-0 text-sm text-text-2">
          {shown.length} of {events.length} events
          {selected !== undefined && (
            <>
              {' '}
              at <span className="font-semibold text-text">{names.get(selected) ?? selected}</span>
              <Button
                color="inherit"
                onClick={() => {
                  onSelect(null);
                }}
              >
                Show everywhere
              </Button>
            </>
          )}
        </p>
        <label className="flex h-8 cursor-pointer items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={all}
            onChange={(event) => {
              setAll(event.target.checked);
            }}
            className="m-0 size-4 accent-accent"
          />
          Every step
        </label>
      </div>
      {shown.length === 0 ? (
        <Empty title="No events here">Nothing happened at this element so far.</Empty>
      ) : (
        <ol aria-label="History" className="m-0 list-none px-4 py-2">
          {shown.map((event) => (
            <Event key={event.seq} event={event} names={names} onSelect={onSelect} />
          ))}
        </ol>
      )}
      {query.hasNextPage && (
        <div className="flex justify-center border-t border-line p-3">
          <Button
            variant="outlined"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Load later events
          </Button>
        </div>
      )}
    </>
  );
}

type EventProps = Pick<Props, 'names' | 'onSelect'> & { readonly event: HistoryEvent };

function Event({ event, names, onSelect }: EventProps) {
  const { element } = event;
  const { label, tone } = kindOf(event.type);
  return (
    <li className="grid grid-cols-[auto_1fr] gap-x-3 py-1.5 text-base sm:grid-cols-[2.5rem_7rem_auto_1fr]">
      <span className="tabular hidden text-right text-xs leading-6 text-text-3 sm:block">
        {event.seq}
      </span>
      <time
        dateTime={event.at}
        title={fullTime(event.at)}
        className="hidden text-xs leading-6 text-text-3 sm:block"
      >
        {clock(event.at)}
      </time>
      <span aria-hidden className={`mt-2 size-2 rounded-full bg-current ${toneText[tone]}`} />
      <div className="min-w-0 leading-6">
        <span className={`font-semibold ${toneText[tone]}`}>{label}</span>{' '}
        {element !== undefined && (
          <button
            type="button"
            onClick={() => {
              onSelect(element);
            }}
            title={element}
            className="cursor-pointer border-0 bg-transparent p-0 text-left text-text hover:underline"
          >
            {names.get(element) ?? <span className="font-mono text-xs">{element}</span>}
          </button>
        )}{' '}
        {event.actor && <span className="text-sm text-text-2">by {event.actor}</span>}
        <p className="m-0 font-mono text-xs break-words text-text-2 empty:hidden">
          {details(event)}
        </p>
      </div>
    </li>
  );
}
