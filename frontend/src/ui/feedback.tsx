import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import type { SvgIconProps } from '@mui/material/SvgIcon';
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState, type ComponentType, type ReactNode } from 'react';

import type { Problem } from '../api/problem';
import { IncidentIcon, LockIcon, RetryIcon, SearchIcon } from './icons';
import { later } from './later';

const RequestId = later(() => import('./request-id'));

type StateProps = {
  readonly icon: ComponentType<SvgIconProps>;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly live?: 'alert' | 'status';
};

function State({ icon: Icon, title, children, action, live = 'status' }: StateProps) {
  return (
    <div role={live} className="flex flex-col items-center gap-2 px-6 py-12 text-center">
      <span className="mb-1 grid size-11 place-items-center rounded-full border border-line bg-sunken text-text-2">
        <Icon aria-hidden fontSize="small" />
      </span>
      <p className="m-0 text-base font-semibold text-text first-letter:uppercase">{title}</p>
      {children && <div className="max-w-[52ch] text-sm text-text-2">{children}</div>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

export function Empty(props: Omit<StateProps, 'live' | 'icon'> & { icon?: StateProps['icon'] }) {
  return <State icon={SearchIcon} {...props} />;
}

/** What failed, why, with the id to ask about; forbidden has words of its own. */
export function Failure({ problem, retry }: { problem: Problem; retry?: () => unknown }) {
  const forbidden = problem.status === 403;
  return (
    <State
      live="alert"
      icon={forbidden ? LockIcon : IncidentIcon}
      title={forbidden ? 'You may not see this' : problem.title}
      action={
        retry &&
        !forbidden && (
          <Button variant="outlined" startIcon={<RetryIcon />} onClick={() => void retry()}>
            Try again
          </Button>
        )
      }
    >
      <p className="m-0 break-words first-letter:uppercase">{problem.detail}</p>
      {problem.traceId && <RequestId id={problem.traceId} />}
    </State>
  );
}

/** A failure beside a form's buttons: the sentence and each finding. */
export function FailureNote({ problem }: { problem: Problem | null }) {
  if (!problem) return null;
  return (
    <div
      role="alert"
      className="rounded-card border border-incident-line bg-incident-soft px-3 py-2 text-sm text-incident"
    >
      <p className="m-0 font-semibold break-words first-letter:uppercase">{problem.detail}</p>
      {problem.errors.length > 0 && (
        <ul className="mt-1 mb-0 list-disc pl-5">
          {problem.errors.map((error, i) => (
            <li key={i}>
              {error.line !== undefined && `line ${error.line}: `}
              {error.detail}
              {error.element && <span className="font-mono text-xs"> ({error.element})</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Rows in the shape of what comes, after a moment: quick answers do not flash. */
export function Rows({ count = 6, height = 40 }: { count?: number; height?: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setShown(true);
    }, 150);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-2 p-4">
      {Array.from({ length: count }, (_, i) => (
        <Skeleton
          key={i}
          variant="rounded"
          height={height - 12}
          sx={{ visibility: shown ? 'visible' : 'hidden', width: `${96 - ((i * 13) % 30)}%` }}
        />
      ))}
    </div>
  );
}

type ViewProps<T> = {
  readonly query: UseQueryResult<T>;
  readonly loading?: ReactNode;
  readonly children: (data: T) => ReactNode;
};

/** Loading, failed or there: data that was loaded once stays while it reloads. */
export function View<T>({ query, loading = <Rows />, children }: ViewProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failure problem={query.error} retry={query.refetch} />;
  return loading;
}
