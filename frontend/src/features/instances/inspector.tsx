import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { tasks } from '../../api/queries/tasks';
import type { Instance, Token } from '../../api/types';
import { Rows, View } from '../../ui/feedback';
import { Link } from '../../ui/link';
import { Card } from '../../ui/page';
import { tokenStates } from '../../ui/states';
import { Ago } from '../../ui/time';
import { Chip } from '../../ui/tone';
import { waitingFor } from './token-model';

type Props = {
  readonly instance: Instance;
  readonly query: UseQueryResult<{ readonly items: readonly Token[] }>;
  readonly selected: string | undefined;
  readonly onSelect: (element: string | null) => void;
};

/** Every live token: where it stands, since when, and what it waits for. */
export function Inspector({ instance, query, selected, onSelect }: Props) {
  return (
    <Card title="Tokens">
      <View query={query} loading={<Rows count={3} />}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="m-0 px-4 py-5 text-sm text-text-2">
              {instance.endedAt === null
                ? 'No token is waiting.'
                : 'The instance has ended, so no token is left. The green path is the way it took.'}
            </p>
          ) : (
            <ul className="m-0 max-h-80 list-none overflow-y-auto p-0">
              {items.map((token) => (
                <TokenRow
                  key={token.id}
                  token={token}
                  instance={instance.id}
                  selected={token.element === selected}
                  onSelect={onSelect}
                />
              ))}
            </ul>
          )
        }
      </View>
    </Card>
  );
}

type RowProps = Pick<Props, 'onSelect'> & {
  readonly token: Token;
  readonly instance: string;
  readonly selected: boolean;
};

function TokenRow({ token, instance, selected, onSelect }: RowProps) {
  const name = token.name || token.element;
  return (
    <li
      className={`border-b border-line px-4 py-3 last:border-b-0 ${selected ? 'bg-accent-soft' : ''}`}
    >
      <div className="flex items-center justify-between gap-2">
        <button
          type="button"
          aria-pressed={selected}
          onClick={() => {
            onSelect(selected ? null : token.element);
          }}
          className="min-w-0 cursor-pointer truncate border-0 bg-transparent p-0 text-left text-base font-semibold text-text hover:underline"
        >
          {name}
        </button>
        <Chip look={tokenStates[token.state]} />
      </div>
      <p className="mt-1 mb-0 text-sm text-text-2">
        {token.type}, since <Ago at={token.since} />
      </p>
      <p className="mt-1 mb-0 text-sm break-words text-text-2">{waitingFor(token)}</p>
      {token.waitingFor?.type === 'task' && token.waitingFor.id !== undefined && (
        <TaskLink id={token.waitingFor.id} instance={instance} />
      )}
    </li>
  );
}

function TaskLink({ id, instance }: { id: string; instance: string }) {
  const { data } = useQuery(tasks.list({ instance }));
  const assignee = data?.items.find((task) => task.id === id)?.assignee;
  return (
    <p className="mt-1 mb-0 text-sm">
      <Link to={`/tasks/${id}`}>Open the task</Link>
      {assignee && <span className="text-text-2"> of {assignee}</span>}
    </p>
  );
}
