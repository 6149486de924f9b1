import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { useQuery } from '@tanstack/react-query';
import { NavLink, Outlet, useParams, useSearchParams } from 'react-router';

import { me } from '../../api/queries/me';
import { tasks, type TaskFilter } from '../../api/queries/tasks';
import type { Task } from '../../api/types';
import { given } from '../../lib/given';
import { Empty, View } from '../../ui/feedback';
import { TaskIcon } from '../../ui/icons';
import { Card, Page } from '../../ui/page';
import { Pager } from '../../ui/pager';
import { taskStates } from '../../ui/states';
import { Ago } from '../../ui/time';
import { Chip } from '../../ui/tone';

/** The list on the left, the chosen task beside it; on a phone one or the other. */
export function Component() {
  const { id } = useParams();
  const [search, setSearch] = useSearchParams();
  const { data: person } = useQuery(me());
  const mine = search.get('show') === 'mine';
  const filter: TaskFilter = given({
    assignee: mine ? person?.username : undefined,
    cursor: search.get('cursor') ?? undefined,
  });
  const query = useQuery({ ...tasks.list(filter), enabled: !mine || person !== undefined });

  return (
    <Page title="Tasks">
      <div className="grid items-start gap-4 lg:grid-cols-[22rem_minmax(0,1fr)]">
        <Card className={id === undefined ? '' : 'hidden lg:block'}>
          <Tabs
            value={mine ? 'mine' : 'all'}
            onChange={(_event, to: string) => {
              setSearch(to === 'mine' ? { show: 'mine' } : {});
            }}
            aria-label="Which tasks"
            className="border-b border-line px-2"
          >
            <Tab value="all" label="All open" />
            <Tab value="mine" label="Mine" />
          </Tabs>
          <View query={query}>
            {({ items, next }) =>
              items.length === 0 ? (
                <Empty icon={TaskIcon} title={mine ? 'Nothing of yours' : 'Nothing to do'}>
                  {mine
                    ? 'Claim a task under "All open" and it appears here.'
                    : 'A task appears here when a process reaches a user task.'}
                </Empty>
              ) : (
                <>
                  <ul aria-label="Tasks" className="m-0 list-none p-0">
                    {items.map((task) => (
                      <TaskRow key={task.id} task={task} search={search.toString()} />
                    ))}
                  </ul>
                  <Pager next={next} shown={items.length} />
                </>
              )
            }
          </View>
        </Card>
        <div className={id === undefined ? 'hidden lg:block' : ''}>
          {id === undefined ? (
            <Card>
              <Empty icon={TaskIcon} title="No task chosen">
                Choose one on the left to see what it is about and to complete it.
              </Empty>
            </Card>
          ) : (
            <Outlet />
          )}
        </div>
      </div>
    </Page>
  );
}

function TaskRow({ task, search }: { task: Task; search: string }) {
  return (
    <li className="border-b border-line last:border-b-0">
      <NavLink
        to={{ pathname: `/tasks/${task.id}`, search }}
        className={({ isActive }) =>
          `flex flex-col gap-1 px-4 py-3 no-underline -outline-offset-2 ${isActive ? 'bg-accent-soft' : 'hover:bg-hover'}`
        }
      >
        <span className="flex items-center justify-between gap-2">
          <span className="min-w-0 truncate font-semibold text-text">
            {task.name || task.element}
          </span>
          <Chip look={taskStates[task.state]} {...(task.assignee && { label: task.assignee })} />
        </span>
        <span className="flex justify-between gap-2 text-sm text-text-2">
          <span className="min-w-0 truncate">{task.definition.key}</span>
          <Ago at={task.createdAt} />
        </span>
      </NavLink>
    </li>
  );
}
