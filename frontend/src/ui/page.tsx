import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';

import { Failure, Rows } from './feedback';

type Props = {
  readonly title: string;
  readonly above?: ReactNode;
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

/** A page: its title (also the window's), what can be done, its content. */
export function Page({ title, above, beside, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Weir`;
  }, [title]);
  return (
    <div className="mx-auto flex w-full max-w-[1480px] flex-col gap-4 px-4 py-5 lg:px-8 lg:py-6">
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          {above}
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="m-0 text-xl leading-8 font-semibold tracking-tight break-words text-text">
              {title}
            </h1>
            {beside}
          </div>
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

type PageViewProps<T> = {
  readonly title: string;
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
};

/** A page about one thing: it has a title while that loads and when it failed. */
export function PageView<T>({ title, query, children }: PageViewProps<T>) {
  if (query.data !== undefined) return children(query.data);
  return (
    <Page title={title}>
      <Card>
        {query.error ? (
          <Failure problem={query.error} retry={query.refetch} />
        ) : (
          <Rows count={10} />
        )}
      </Card>
    </Page>
  );
}

type CardProps = {
  readonly title?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
};

export function Card({ title, actions, children, className = '' }: CardProps) {
  return (
    <section
      {...(title && { 'aria-label': title })}
      className={`rounded-card border border-line bg-surface ${className}`}
    >
      {title && (
        <div className="flex min-h-11 items-center justify-between gap-2 border-b border-line px-4">
          <h2 className="m-0 text-sm font-semibold text-text">{title}</h2>
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}

/** Label over value, as the head of a page lists them. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-text-3">{label}</dt>
      <dd className="m-0 truncate text-base text-text">{children}</dd>
    </div>
  );
}
