import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';

import { definitions } from '../../api/queries/definitions';
import { instances } from '../../api/queries/instances';
import type { Definition } from '../../api/types';
import { DefinitionDiagram } from '../../bpmn/definition-diagram';
import { Id, copy } from '../../ui/copy-button';
import { Rows, View } from '../../ui/feedback';
import { CopyIcon, PlayIcon } from '../../ui/icons';
import { later, useSoon } from '../../ui/later';
import { Link } from '../../ui/link';
import { Card, Fact, Page, PageView } from '../../ui/page';
import { instanceStates } from '../../ui/states';
import { Ago } from '../../ui/time';
import { Chip } from '../../ui/tone';

const StartDialog = later(() => import('./start-dialog'));

export function Component() {
  const { ref = '' } = useParams();
  const query = useQuery(definitions.detail(ref));
  return (
    <PageView title="Definition" query={query}>
      {(definition) => <DefinitionView definition={definition} />}
    </PageView>
  );
}

function DefinitionView({ definition }: { definition: Definition }) {
  const [starting, setStarting] = useState(false);
  useSoon(StartDialog);
  const xml = useQuery(definitions.xml(definition.id));
  const name = definition.name || definition.key;
  return (
    <Page
      title={name}
      above={<Link to="/definitions">Definitions</Link>}
      beside={
        <span className="rounded-full border border-line px-2 text-sm text-text-2">
          v{definition.version}
        </span>
      }
      actions={
        <>
          <Button
            variant="outlined"
            startIcon={<CopyIcon />}
            disabled={xml.data === undefined}
            onClick={() => void copy(xml.data ?? '', 'BPMN XML')}
          >
            Copy XML
          </Button>
          <Button
            variant="contained"
            startIcon={<PlayIcon />}
            disabled={!definition.startable}
            onClick={() => {
              setStarting(true);
            }}
          >
            Start
          </Button>
        </>
      }
    >
      <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <Card>
          <DefinitionDiagram
            definition={definition.id}
            label={`Diagram of ${name}`}
            className="h-80 lg:h-[30rem]"
          />
        </Card>
        <div className="grid content-start gap-4 md:grid-cols-2 xl:grid-cols-1">
          <Card title="About">
            <dl className="m-0 grid grid-cols-2 gap-3 p-4">
              <Fact label="Key">
                <span className="font-mono text-xs">{definition.key}</span>
              </Fact>
              <Fact label="Id">
                <Id id={definition.id} />
              </Fact>
              <Fact label="Deployed">
                <Ago at={definition.deployedAt} />
              </Fact>
              <Fact label="Executable">{definition.executable ? 'yes' : 'not marked'}</Fact>
            </dl>
          </Card>
          <Versions definition={definition} />
        </div>
      </div>
      <Latest definitionKey={definition.key} />
      {starting && (
        <StartDialog
          definition={definition}
          pinned
          onClose={() => {
            setStarting(false);
          }}
        />
      )}
    </Page>
  );
}

function Versions({ definition }: { definition: Definition }) {
  const query = useQuery(definitions.list({ key: definition.key, limit: 200 }));
  return (
    <Card title="Versions">
      <View query={query} loading={<Rows count={2} />}>
        {({ items }) => (
          <ol className="m-0 max-h-64 list-none overflow-y-auto p-0">
            {items
              .toSorted((a, b) => b.version - a.version)
              .map(({ id, key, version, deployedAt }) => (
                <li
                  key={id}
                  aria-current={id === definition.id ? 'true' : undefined}
                  className={`flex h-10 items-center justify-between border-b border-line px-4 last:border-b-0 ${id === definition.id ? 'bg-accent-soft' : ''}`}
                >
                  <Link to={`/definitions/${key}:${version}`}>Version {version}</Link>
                  <span className="text-sm text-text-2">
                    <Ago at={deployedAt} />
                  </span>
                </li>
              ))}
          </ol>
        )}
      </View>
    </Card>
  );
}

function Latest({ definitionKey }: { definitionKey: string }) {
  const query = useQuery(instances.list({ definition: definitionKey, limit: 5 }));
  const all = `/instances?definition=${encodeURIComponent(definitionKey)}`;
  return (
    <Card title="Latest instances" actions={<Link to={all}>Show all</Link>}>
      <View query={query} loading={<Rows count={3} />}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="m-0 px-4 py-5 text-sm text-text-2">
              No instance of this definition yet: start one.
            </p>
          ) : (
            <ul className="m-0 list-none p-0">
              {items.map(({ id, businessKey, state, startedAt }) => (
                <li
                  key={id}
                  className="flex h-11 items-center gap-3 border-b border-line px-4 last:border-b-0"
                >
                  <span className="min-w-0 flex-1 truncate">
                    <Link to={`/instances/${id}`}>{businessKey || `…${id.slice(-12)}`}</Link>
                  </span>
                  <Chip look={instanceStates[state]} />
                  <span className="hidden w-28 text-right text-sm text-text-2 sm:block">
                    <Ago at={startedAt} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </View>
    </Card>
  );
}
