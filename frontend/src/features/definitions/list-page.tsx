import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';

import { definitions } from '../../api/queries/definitions';
import type { Definition } from '../../api/types';
import { given } from '../../lib/given';
import { Empty, View } from '../../ui/feedback';
import { DefinitionIcon, PlayIcon, UploadIcon } from '../../ui/icons';
import { Link } from '../../ui/link';
import { Card, Page } from '../../ui/page';
import { Pager } from '../../ui/pager';
import { Table, type Column } from '../../ui/table';
import { Ago } from '../../ui/time';
import { DeployDialog } from './deploy-dialog';
import { StartDialog } from './start-dialog';

export function Component() {
  const [search] = useSearchParams();
  const [deploying, setDeploying] = useState(false);
  const [starting, setStarting] = useState<Definition | null>(null);
  const cursor = search.get('cursor') ?? undefined;
  const query = useQuery(definitions.list(given({ cursor, latest: true })));

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
      <Card>
        <View query={query}>
          {({ items, next }) =>
            items.length === 0 ? (
              <Empty icon={DefinitionIcon} title="Nothing is deployed yet">
                Deploy a BPMN 2.0 file, drawn with any modeler, to run it here.
              </Empty>
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
      <DeployDialog
        open={deploying}
        onClose={() => {
          setDeploying(false);
        }}
      />
      {starting && (
        <StartDialog
          definition={starting}
          open
          onClose={() => {
            setStarting(null);
          }}
        />
      )}
    </Page>
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
      width: '9rem',
      cell: (definition) => (
        <Link quiet to={`/instances?definition=${encodeURIComponent(definition.key)}`}>
          Show all
        </Link>
      ),
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
