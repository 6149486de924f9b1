import Button from '@mui/material/Button';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';

import { incidents } from '../../api/queries/incidents';
import type { Incident } from '../../api/types';
import { given } from '../../lib/given';
import { Empty, View } from '../../ui/feedback';
import { DoneIcon, RetryIcon } from '../../ui/icons';
import { Link } from '../../ui/link';
import { notify } from '../../ui/notify';
import { Card, Page } from '../../ui/page';
import { Pager } from '../../ui/pager';
import { incidentLook } from '../../ui/states';
import { Table, type Column } from '../../ui/table';
import { Ago } from '../../ui/time';
import { Chip } from '../../ui/tone';

export function Component() {
  const [search] = useSearchParams();
  const query = useQuery(incidents.list(given({ cursor: search.get('cursor') ?? undefined })));
  return (
    <Page title="Incidents">
      <Card>
        <View query={query}>
          {({ items, next }) =>
            items.length === 0 ? (
              <Empty icon={DoneIcon} title="Nothing needs repair">
                When a process cannot go on, for example because an expression fails, it waits here
                until someone repairs and retries it.
              </Empty>
            ) : (
              <>
                <Table label="Incidents" columns={columns} rows={items} rowKey={({ id }) => id} />
                <Pager next={next} shown={items.length} />
              </>
            )
          }
        </View>
      </Card>
    </Page>
  );
}

const columns: readonly Column<Incident>[] = [
  {
    name: 'What happened',
    cell: ({ instance, message, element, definition }) => (
      <>
        <span title={message}>
          <Link to={`/instances/${instance}`} cut>
            {message}
          </Link>
        </span>
        <span className="block truncate text-xs text-text-3">
          at <span className="font-mono">{element}</span> in {definition.key} v{definition.version}
        </span>
      </>
    ),
  },
  {
    name: 'Type',
    from: 'md',
    width: '11rem',
    cell: ({ type }) => <Chip look={incidentLook} label={type} />,
  },
  { name: 'Since', from: 'sm', width: '8rem', cell: ({ createdAt }) => <Ago at={createdAt} /> },
  {
    name: 'Action',
    width: '7.5rem',
    align: 'right',
    cell: (incident) => <Retry incident={incident} />,
  },
];

function Retry({ incident }: { incident: Incident }) {
  const retry = useMutation(incidents.resolve(incident.id));
  return (
    <Button
      variant="outlined"
      startIcon={<RetryIcon />}
      loading={retry.isPending}
      aria-label={`Retry the incident at ${incident.element}`}
      onClick={() => {
        retry.mutate(
          {},
          {
            onSuccess: () => {
              notify.success('Tried again');
            },
            onError: (problem) => {
              notify.error(problem.detail);
            },
          },
        );
      }}
    >
      Retry
    </Button>
  );
}
