import Button from '@mui/material/Button';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { z } from '../../lib/zod';

import { tasks } from '../../api/queries/tasks';
import type { Task } from '../../api/types';
import { noVariables, plainValue, variablesField } from '../../lib/variables';
import { FailureNote, Rows, View } from '../../ui/feedback';
import { Form } from '../../ui/form';
import { DoneIcon } from '../../ui/icons';
import { Link } from '../../ui/link';
import { notify } from '../../ui/notify';
import { Card, Fact } from '../../ui/page';
import { taskStates } from '../../ui/states';
import { Ago } from '../../ui/time';
import { Chip } from '../../ui/tone';
import { VariablesField } from '../../ui/variables-field';

/** From the moment that it is being completed, a task may be gone: nobody asks for it. */
type Ending = { over: boolean; end: (over: boolean) => void };

export function Component() {
  const { id = '' } = useParams();
  const [ending, setEnding] = useState('');
  const over = ending === id;
  const query = useQuery({ ...tasks.detail(id), enabled: !over });
  const end = (yes: boolean) => {
    setEnding(yes ? id : '');
  };
  return (
    <Card>
      <View query={query}>
        {(task) => <TaskView key={task.id} task={task} over={over} end={end} />}
      </View>
    </Card>
  );
}

function TaskView({ task, over, end }: { task: Task } & Ending) {
  const [search] = useSearchParams();
  return (
    <article aria-label={task.name || task.element}>
      <header className="flex flex-wrap items-start justify-between gap-3 border-b border-line p-4">
        <div className="min-w-0">
          <span className="lg:hidden">
            <Link to={`/tasks?${search.toString()}`}>All tasks</Link>
          </span>
          <h2 className="m-0 text-lg font-semibold break-words">{task.name || task.element}</h2>
        </div>
        <Chip look={taskStates[task.state]} />
      </header>
      <dl className="m-0 grid grid-cols-2 gap-4 border-b border-line p-4 md:grid-cols-4">
        <Fact label="Instance">
          <Link to={`/instances/${task.instance}`}>…{task.instance.slice(-12)}</Link>
        </Fact>
        <Fact label="Definition">
          <Link quiet to={`/definitions/${task.definition.id}`}>
            {task.definition.key} v{task.definition.version}
          </Link>
        </Fact>
        <Fact label="Assignee">{task.assignee || 'nobody yet'}</Fact>
        <Fact label={task.dueAt === null ? 'Created' : 'Due'}>
          <Ago at={task.dueAt ?? task.createdAt} />
        </Fact>
      </dl>
      <Given task={task.id} over={over} />
      <Work task={task} end={end} />
    </article>
  );
}

/* What the process knows, so that a person can decide. */
function Given({ task, over }: { task: string; over: boolean }) {
  const query = useQuery({ ...tasks.variables(task), enabled: !over });
  return (
    <section aria-label="What is known" className="border-b border-line p-4">
      <h3 className="mt-0 mb-2 text-sm font-semibold">What is known</h3>
      <View query={query} loading={<Rows count={2} />}>
        {(variables) =>
          Object.keys(variables).length === 0 ? (
            <p className="m-0 text-sm text-text-2">The process has no variables.</p>
          ) : (
            <dl className="m-0 grid gap-x-6 gap-y-2 sm:grid-cols-2">
              {Object.entries(variables).map(([name, value]) => (
                <div key={name} className="min-w-0">
                  <dt className="text-xs text-text-3">{name}</dt>
                  <dd className="m-0 font-mono text-xs break-words">{plainValue(value)}</dd>
                </div>
              ))}
            </dl>
          )
        }
      </View>
    </section>
  );
}

const schema = z.object({ variables: variablesField });

function Work({ task, end }: { task: Task; end: Ending['end'] }) {
  const client = useQueryClient();
  const claim = useMutation(tasks.claim(task.id));
  const unclaim = useMutation(tasks.unclaim(task.id));
  const complete = useMutation(tasks.complete(task.id));
  const navigate = useNavigate();
  const [search] = useSearchParams();

  const done = () => {
    notify.success(`Completed ${task.name || task.element}`, {
      action: {
        label: 'See the instance',
        onClick: () => void navigate(`/instances/${task.instance}`),
      },
    });
    void navigate({ pathname: '/tasks', search: search.toString() });
  };
  return (
    <div className="flex flex-col gap-4 p-4">
      <Form
        id="complete"
        schema={schema}
        defaults={{ variables: noVariables }}
        onSubmit={({ variables }) => {
          end(true);
          for (const { queryKey } of [tasks.detail(task.id), tasks.variables(task.id)]) {
            void client.cancelQueries({ queryKey });
          }
          complete.mutate(variables, {
            onSuccess: done,
            onError: () => {
              end(false);
            },
          });
        }}
      >
        <VariablesField label="Result" />
      </Form>
      <FailureNote problem={complete.error ?? claim.error ?? unclaim.error} />
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          form="complete"
          variant="contained"
          startIcon={<DoneIcon />}
          loading={complete.isPending}
        >
          Complete
        </Button>
        {task.state === 'created' ? (
          <Button
            variant="outlined"
            loading={claim.isPending}
            onClick={() => {
              claim.mutate();
            }}
          >
            Claim
          </Button>
        ) : (
          <Button
            variant="outlined"
            loading={unclaim.isPending}
            onClick={() => {
              unclaim.mutate();
            }}
          >
            Give back
          </Button>
        )}
      </div>
    </div>
  );
}
