import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link as RouterLink, useSearchParams } from 'react-router';

import { definitions } from '../../api/queries/definitions';
import type { Definition } from '../../api/types';
import { given } from '../../lib/given';
import { useFilters } from '../../lib/use-filters';
import { Empty, View } from '../../ui/feedback';
import { TextFilter } from '../../ui/filter';
import { DefinitionIcon, PlayIcon, UploadIcon } from '../../ui/icons';
import { later, useSoon } from '../../ui/later';
import { Link } from '../../ui/link';
import { Card, Page } from '../../ui/page';
import { Pager } from '../../ui/pager';
import { incidentLook } from '../../ui/states';
import { Table, type Column } from '../../ui/table';
import { Ago } from '../../ui/time';
import { Chip } from '../../ui/tone';

const DeployDialog = later(() => import('./deploy-dialog'));
const StartDialog = later(() => import('./start-dialog'));

export function Component() {
  const [search] = useSearchParams();
  const [deploying, setDeploying] = useState(false);
  const [starting, setStarting] = useState<Definition | null>(null);
  const cursor = search.get('cursor') ?? undefined;
  useSoon(DeployDialog);
  useSoon(StartDialog);
  const filters = useFilters('q');
  const q = filters.get('q') || undefined;
  const query = useQuery(definitions.list(given({ q, cursor, latest: true, counts: true })));

  return (
    <Page
      title="Definitions"
      actions={
        <Button
          variant="contained"
          startIcon={<UploadIcon />}
          onClick={() => {
            setDeploying(true);
          }}
        >
          Deploy
        </Button>
      }
    >
      <div role="search">
        <TextFilter
          label="Name or key"
          value={filters.get('q')}
          onChange={(value) => {
            filters.set('q', value);
          }}
        />
      </div>
      <Card>
        <View query={query}>
          {({ items, next }) =>
            items.length === 0 ? (
              <NoDefinitions filtered={filters.any} clear={filters.clear} />
            ) : (
              <>
                <Table
                  label="Definitions"
                  columns={columns(setStarting)}
                  rows={items}
                  rowKey={(definition) => definition.id}
                />
                <Pager next={next} shown={items.length} />
              </>
            )
          }
        </View>
      </Card>
      {deploying && (
        <DeployDialog
          onClose={() => {
            setDeploying(false);
          }}
        />
      )}
      {starting && (
        <StartDialog
          definition={starting}
          onClose={() => {
            setStarting(null);
          }}
        />
      )}
    </Page>
  );
}

function NoDefinitions({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  if (!filtered) {
    return (
      <Empty icon={DefinitionIcon} title="Nothing is deployed yet">
        Deploy a BPMN 2.0 file, drawn with any modeler, to run it here.
      </Empty>
    );
  }
  return (
    <Empty
      title="No definition matches"
      action={
        <Button variant="outlined" onClick={clear}>
          Clear the filter
        </Button>
      }
    >
      Neither a name nor a key contains these words.
    </Empty>
  );
}

/* Active of all, and those that wait for repair, each a link to them. */
function Counts({ definition }: { definition: Definition }) {
  const { active = 0, total = 0, incidents = 0 } = definition.instances ?? {};
  const to = `/instances?definition=${encodeURIComponent(definition.key)}`;
  return (
    <span className="tabular flex items-center gap-2">
      <Link quiet to={to}>
        {active} active, {total} in all
      </Link>
      {incidents > 0 && (
        <RouterLink
          to={`${to}&state=incident`}
          className="no-underline"
          aria-label={`${incidents} with incidents`}
        >
          <Chip look={incidentLook} label={String(incidents)} />
        </RouterLink>
      )}
    </span>
  );
}

function columns(start: (definition: Definition) => void): readonly Column<Definition>[] {
  return [
    {
      name: 'Name',
      cell: (definition) => (
        <Link to={`/definitions/${definition.key}`}>{definition.name || definition.key}</Link>
      ),
    },
    {
      name: 'Key',
      from: 'md',
      cell: (definition) => <span className="font-mono text-xs">{definition.key}</span>,
    },
    { name: 'Version', width: '6rem', cell: (definition) => `v${definition.version}` },
    {
      name: 'Instances',
      from: 'sm',
      width: '14rem',
      cell: (definition) => <Counts definition={definition} />,
    },
    {
      name: 'Deployed',
      from: 'sm',
      width: '9rem',
      cell: (definition) => <Ago at={definition.deployedAt} />,
    },
    {
      name: 'Action',
      width: '7rem',
      align: 'right',
      cell: (definition) => (
        <Button
          variant="outlined"
          startIcon={<PlayIcon />}
          disabled={!definition.startable}
          aria-label={`Start ${definition.name || definition.key}`}
          onClick={() => {
            start(definition);
          }}
        >
          Start
        </Button>
      ),
    },
  ];
}
