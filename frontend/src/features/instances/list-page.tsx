import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';

import { definitions } from '../../api/queries/definitions';
import { instances } from '../../api/queries/instances';
import type { Instance, InstanceState } from '../../api/types';
import { given } from '../../lib/given';
import { dayStart } from '../../lib/time';
import { useFilters } from '../../lib/use-filters';
import { Id } from '../../ui/copy-button';
import { Empty, View } from '../../ui/feedback';
import { ChoiceFilter, DayFilter, TextFilter } from '../../ui/filter';
import { InstanceIcon } from '../../ui/icons';
import { Link } from '../../ui/link';
import { Card, Page } from '../../ui/page';
import { Pager } from '../../ui/pager';
import { instanceStates, incidentLook } from '../../ui/states';
import { Table, type Column } from '../../ui/table';
import { Ago, Lasting } from '../../ui/time';
import { Chip } from '../../ui/tone';

const states = [
  ...Object.entries(instanceStates).map(([value, { label }]) => ({ value, label })),
  { value: 'incident', label: 'With incidents' },
];

function isState(text: string): text is InstanceState {
  return Object.hasOwn(instanceStates, text);
}

export function Component() {
  const [search] = useSearchParams();
  const filters = useFilters('state', 'definition', 'businessKey', 'from', 'until');
  const state = filters.get('state');
  const query = useQuery(
    instances.list(
      given({
        state: isState(state) ? state : undefined,
        withIncidents: state === 'incident' ? true : undefined,
        startedAfter: dayStart(filters.get('from'), 0),
        startedBefore: dayStart(filters.get('until'), 1),
        definition: filters.get('definition') || undefined,
        businessKey: filters.get('businessKey') || undefined,
        cursor: search.get('cursor') ?? undefined,
      }),
    ),
  );
  const { data: known } = useQuery(definitions.list({ latest: true, limit: 200 }));
  const chosen = filters.get('definition');
  const choices = (known?.items ?? []).map(({ key, name }) => ({ value: key, label: name || key }));
  if (chosen !== '' && !choices.some(({ value }) => value === chosen)) {
    choices.push({ value: chosen, label: chosen });
  }

  return (
    <Page title="Instances">
      <div className="grid grid-cols-2 gap-3 md:flex md:flex-wrap md:items-center" role="search">
        <ChoiceFilter
          label="State"
          any="Any state"
          value={isState(state) || state === 'incident' ? state : ''}
          choices={states}
          onChange={(value) => {
            filters.set('state', value);
          }}
        />
        <ChoiceFilter
          label="Definition"
          any="Any definition"
          value={chosen}
          choices={choices}
          onChange={(value) => {
            filters.set('definition', value);
          }}
        />
        <TextFilter
          label="Business key"
          value={filters.get('businessKey')}
          onChange={(value) => {
            filters.set('businessKey', value);
          }}
        />
        <DayFilter
          label="Started from"
          value={filters.get('from')}
          onChange={(value) => {
            filters.set('from', value);
          }}
        />
        <DayFilter
          label="Started until"
          value={filters.get('until')}
          onChange={(value) => {
            filters.set('until', value);
          }}
        />
        {filters.any && (
          <Button color="inherit" onClick={filters.clear}>
            Clear filters
          </Button>
        )}
      </div>
      <Card>
        <View query={query}>
          {({ items, next }) =>
            items.length === 0 ? (
              <NoInstances filtered={filters.any} clear={filters.clear} />
            ) : (
              <>
                <Table label="Instances" columns={columns} rows={items} rowKey={({ id }) => id} />
                <Pager next={next} shown={items.length} />
              </>
            )
          }
        </View>
      </Card>
    </Page>
  );
}

function NoInstances({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  if (filtered) {
    return (
      <Empty
        title="No instance matches"
        action={
          <Button variant="outlined" onClick={clear}>
            Clear filters
          </Button>
        }
      >
        Instances may exist, but these filters hide all of them.
      </Empty>
    );
  }
  return (
    <Empty
      icon={InstanceIcon}
      title="Nothing has been started yet"
      action={<Link to="/definitions">To the definitions</Link>}
    >
      An instance is one run of a definition: start one there, or through the API.
    </Empty>
  );
}

const columns: readonly Column<Instance>[] = [
  {
    name: 'Instance',
    cell: ({ id, businessKey }) => (
      <Link to={`/instances/${id}`}>{businessKey || `…${id.slice(-12)}`}</Link>
    ),
  },
  {
    name: 'State',
    width: '10.5rem',
    cell: ({ state, incidents }) => (
      <span className="flex items-center gap-1.5">
        <Chip look={instanceStates[state]} />
        {incidents > 0 && <Chip look={incidentLook} label={String(incidents)} />}
      </span>
    ),
  },
  {
    name: 'Definition',
    from: 'md',
    cell: ({ definition }) => (
      <Link quiet to={`/definitions/${definition.id}`}>
        {definition.key} <span className="text-text-3">v{definition.version}</span>
      </Link>
    ),
  },
  { name: 'Started', from: 'sm', width: '9rem', cell: ({ startedAt }) => <Ago at={startedAt} /> },
  {
    name: 'Lasting',
    from: 'lg',
    width: '9rem',
    cell: ({ startedAt, endedAt }) => <Lasting from={startedAt} to={endedAt} />,
  },
  { name: 'Id', from: 'lg', width: '10rem', cell: ({ id }) => <Id id={id} /> },
];
