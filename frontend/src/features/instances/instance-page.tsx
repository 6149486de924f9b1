import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useParams, useSearchParams } from 'react-router';

import { incidents } from '../../api/queries/incidents';
import { instances, isLive } from '../../api/queries/instances';
import type { Instance } from '../../api/types';
import { definitions } from '../../api/queries/definitions';
import { badgesOf, trailOf } from '../../bpmn/badges';
import { DefinitionDiagram } from '../../bpmn/definition-diagram';
import { namesIn } from '../../bpmn/model-text';
import { CopyButton } from '../../ui/copy-button';
import { later, useSoon } from '../../ui/later';
import { Link } from '../../ui/link';
import { Card, Fact, Page, PageView } from '../../ui/page';
import { instanceStates } from '../../ui/states';
import { Ago, Lasting } from '../../ui/time';
import { Chip } from '../../ui/tone';
import { CancelButton } from './cancel-button';
import { IncidentList } from './incident-list';
import { Inspector } from './inspector';
import { VariablesCard } from './variables-card';

const History = later(() => import('./history'));

export function Component() {
  const { id = '' } = useParams();
  const query = useQuery(instances.detail(id));
  return (
    <PageView title="Instance" query={query}>
      {(instance) => <InstanceView instance={instance} />}
    </PageView>
  );
}

function InstanceView({ instance }: { instance: Instance }) {
  const [search, setSearch] = useSearchParams();
  const part = { id: instance.id, live: isLive(instance.state) };
  useSoon(History);
  const tokens = useQuery(instances.tokens(part));
  const history = useInfiniteQuery(instances.history(part));
  const open = useQuery(incidents.list({ instance: instance.id }));

  const events = useMemo(() => history.data?.pages.flatMap(({ items }) => items), [history.data]);
  const badges = useMemo(() => badgesOf(tokens.data?.items ?? []), [tokens.data]);
  const trail = useMemo(() => trailOf(events ?? []), [events]);
  const xml = useQuery(definitions.xml(instance.definition.id));
  const names = useMemo(() => namesIn(xml.data ?? ''), [xml.data]);
  const selected = search.get('element') ?? undefined;

  const put = (name: string, value: string | null) => {
    const params = new URLSearchParams(search);
    if (value === null) params.delete(name);
    else params.set(name, value);
    setSearch(params, { replace: true });
  };
  const tab = search.get('tab') === 'history' ? 'history' : 'variables';

  return (
    <Page
      title={instance.businessKey || `Instance …${instance.id.slice(-12)}`}
      above={<Link to="/instances">Instances</Link>}
      beside={<Chip look={instanceStates[instance.state]} />}
      actions={part.live && <CancelButton instance={instance} />}
    >
      <Facts instance={instance} />
      <IncidentList incidents={open.data?.items ?? []} names={names} />
      <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <Card>
          <DefinitionDiagram
            definition={instance.definition.id}
            label="Diagram with tokens"
            badges={badges}
            trail={trail}
            selected={selected}
            onSelect={(element) => {
              put('element', element);
            }}
            className="h-72 lg:h-[26rem]"
          />
        </Card>
        <Inspector
          instance={instance}
          query={tokens}
          selected={selected}
          onSelect={(element) => {
            put('element', element);
          }}
        />
      </div>
      <Card>
        <Tabs
          value={tab}
          onChange={(_event, to: string) => {
            put('tab', to);
          }}
          aria-label="What to show of the instance"
          className="border-b border-line px-2"
        >
          <Tab value="variables" label="Variables" id="tab-variables" aria-controls="panel" />
          <Tab value="history" label="History" id="tab-history" aria-controls="panel" />
        </Tabs>
        <div id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          {tab === 'variables' ? (
            <VariablesCard instance={instance} tokens={tokens.data?.items ?? []} />
          ) : (
            <History
              query={history}
              events={events}
              names={names}
              selected={selected}
              onSelect={(element) => {
                put('element', element);
              }}
            />
          )}
        </div>
      </Card>
    </Page>
  );
}

function Facts({ instance }: { instance: Instance }) {
  const { definition, startedAt, endedAt, id, rev } = instance;
  return (
    <dl className="m-0 grid grid-cols-2 gap-x-6 gap-y-3 sm:flex sm:flex-wrap sm:gap-x-10">
      <Fact label="Definition">
        <Link to={`/definitions/${definition.id}`}>
          {definition.key} v{definition.version}
        </Link>
      </Fact>
      <Fact label="Started">
        <Ago at={startedAt} />
      </Fact>
      <Fact label={endedAt === null ? 'Lasting' : 'Lasted'}>
        <Lasting from={startedAt} to={endedAt} />
      </Fact>
      <Fact label="Revision">
        <span className="tabular">{rev}</span>
      </Fact>
      <Fact label="Id">
        <span className="inline-flex max-w-full items-center gap-1">
          <span className="truncate font-mono text-xs">{id}</span>
          <CopyButton text={id} what="instance id" />
        </span>
      </Fact>
    </dl>
  );
}
