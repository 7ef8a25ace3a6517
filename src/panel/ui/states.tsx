import React, { type ReactNode } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { toBusinessTime } from '../lib/business-clock.js';
import type { PanelError } from '../lib/http.js';
import { Alert, Message } from './elements.js';
import { Clock } from './times.js';

/** Grey lines in the shape of what is being read. */
export const LoadingState: React.FC<{ what: string; lines?: number }> = ({ what, lines = 6 }) => (
  <div className="lc-loading" role="status" aria-label={`Loading ${what}`}>
    {Array.from({ length: lines }, (_, line) => (
      <i key={line} style={{ width: `${88 - ((line * 23) % 40)}%` }} />
    ))}
  </div>
);

/** Nothing is there; below it, what one can do about it. */
export const EmptyState: React.FC<{ title: string; children?: ReactNode }> = ({ title, children }) => (
  <div className="lc-empty">
    <b>{title}</b>
    {children && <div>{children}</div>}
  </div>
);

type Query = Pick<UseQueryResult<unknown, PanelError>, 'data' | 'error' | 'dataUpdatedAt' | 'refetch'>;

/** Why a query could not be read, of when what still shows is, and the way to read it again. */
export const ErrorState: React.FC<{ query: Query; children?: ReactNode }> = ({ query, children }) => {
  if (!query.error) return null;
  return (
    <Alert>
      {query.data !== undefined && (
        <>
          As it was at <Clock ms={toBusinessTime(query.dataUpdatedAt)} />.{' '}
        </>
      )}
      <Message text={query.error.message} />{' '}
      <button type="button" className="lc-link" onClick={() => void query.refetch()}>
        Try again
      </button>
      {children}
    </Alert>
  );
};

interface QueryStateProps<Data> {
  query: Query & { data: Data | undefined };
  /** For screen readers while it is read for the first time. */
  what: string;
  lines?: number;
  children: (data: Data) => ReactNode;
}

/** A query as it stands: being read, failed, or its data. */
export function QueryState<Data>({ query, what, lines, children }: QueryStateProps<Data>) {
  return (
    <>
      <ErrorState query={query} />
      {query.data === undefined && !query.error && (
        <section className="lc-card">
          <LoadingState what={what} lines={lines} />
        </section>
      )}
      {query.data !== undefined && children(query.data)}
    </>
  );
}
