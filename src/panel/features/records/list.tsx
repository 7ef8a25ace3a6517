import React, { useEffect, type ReactNode } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from 'react-router-dom';
import { useQueryParams, useTranslation, type ActionProps, type BasePropertyJSON, type RecordJSON } from 'adminjs';
import { formatBoundedCount, formatNumber } from '../../lib/format.js';
import { toListPath, toRecordPath } from '../../lib/paths.js';
import { toListKey, type RecordsAnswer } from '../../lib/queries.js';
import { useNow } from '../../lib/use-now.js';
import { useTitle } from '../../lib/use-title.js';
import { DataTable, type Column } from '../../ui/data-table.js';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.js';
import { getLabel } from './labels.js';
import { isFigure } from './property-kinds.js';
import { Value } from './value.js';

interface ListPage extends RecordsAnswer {
  meta: { page: number; perPage: number; total: number; sortBy?: string; direction: 'asc' | 'desc' };
}

const MAX_COLUMNS = 9;

/** The list of any resource: one table, each row a link to its record. */
const List: React.FC<ActionProps> = ({ resource, setTag }) => {
  const { search } = useLocation();
  const query = useQuery<ListPage>({
    queryKey: toListKey(resource.id, search),
    placeholderData: keepPreviousData,
  });
  const { translateLabel } = useTranslation();
  const { filters = {} } = useQueryParams();
  const name = translateLabel(resource.name, resource.id);
  useTitle(name);
  const total = query.data?.meta.total;
  useEffect(() => setTag?.(total === undefined ? '' : formatBoundedCount(total)), [total, setTag]);

  const showAll = <Link to={toListPath(resource.id)}>Show everything</Link>;
  if (query.error) {
    return (
      <>
        <ErrorState query={query} />
        <section className="lc-card">
          <EmptyState title="The list could not be shown.">{showAll}</EmptyState>
        </section>
      </>
    );
  }
  if (!query.data) {
    return (
      <section className="lc-card">
        <LoadingState what="the list" lines={8} />
      </section>
    );
  }
  const { records, meta } = query.data;
  const isStale = query.isPlaceholderData;
  if (records.length === 0) {
    return <EmptyList resourceId={resource.id} meta={meta} isFiltered={Object.keys(filters).length > 0} />;
  }
  return (
    <>
      <section className={`lc-card lc-scroll ${isStale ? 'lc-stale' : ''}`} aria-busy={isStale}>
        <Records name={name} resource={resource} page={query.data} />
      </section>
      <Pages meta={meta} shown={records.length} />
    </>
  );
};

const EmptyList: React.FC<{ resourceId: string; meta: ListPage['meta']; isFiltered: boolean }> = (props) => {
  const { resourceId, meta, isFiltered } = props;
  const { translateMessage } = useTranslation();
  const isBeyondEnd = meta.page > 1 && meta.total > 0;
  const getTitle = () => {
    if (isBeyondEnd) return `The list ends before page ${formatNumber(meta.page)}.`;
    return isFiltered ? 'Nothing matches this filter.' : translateMessage('noRecordsInResource', resourceId);
  };
  return (
    <section className="lc-card">
      <EmptyState title={getTitle()}>
        {(isBeyondEnd || isFiltered) && <Link to={toListPath(resourceId)}>Show everything</Link>}
      </EmptyState>
    </section>
  );
};

const Records: React.FC<{ name: string; resource: ActionProps['resource']; page: ListPage }> = (props) => {
  const { name, resource, page } = props;
  const { translateProperty } = useTranslation();
  const navigate = useNavigate();
  const now = useNow();
  const properties = getListedProperties(resource);
  const linked = properties.find((property) => property.isTitle) ?? properties[0];
  const columns = properties.map((property): Column<RecordJSON> => {
    const isSorted = page.meta.sortBy === property.propertyPath;
    return {
      id: property.propertyPath,
      isNumber: isFigure(property),
      sort: isSorted ? (page.meta.direction === 'asc' ? 'ascending' : 'descending') : undefined,
      header: <Heading property={property} label={getLabel(property, translateProperty)} meta={page.meta} />,
      cell: (record) => (
        <RecordLink href={property === linked ? getHref(record, resource.id) : null} bold={property.isTitle}>
          <Value property={property} record={record} resource={resource} place="list" now={now} />
        </RecordLink>
      ),
    };
  });
  return (
    <DataTable
      label={name}
      columns={columns}
      rows={page.records}
      getRowKey={({ id }) => id}
      scrolls={false}
      getRowProps={(record) => {
        const href = getHref(record, resource.id);
        return {
          className: href ? 'lc-opens' : '',
          onClick: ({ target }) => {
            const isOnControl = target instanceof Element && target.closest('a, button');
            if (href && !isOnControl && window.getSelection()?.isCollapsed !== false) navigate(href);
          },
        };
      }}
    />
  );
};

/** Null where the role may not open the record. */
function getHref({ id, recordActions }: RecordJSON, resourceId: string): string | null {
  const actionName = resourceId === 'lease-requests' ? 'fulfil' : 'show';
  return recordActions.some(({ name }) => name === actionName) ? toRecordPath(resourceId, id, actionName) : null;
}

/** Without ids where a title serves, and without raw structures. */
function getListedProperties({ listProperties, titleProperty }: ActionProps['resource']): BasePropertyJSON[] {
  const hasTitle = listProperties.some((property) => property.isTitle && !property.isId);
  return listProperties
    .filter((property) => property.type !== 'mixed' && !(hasTitle && property.isId && property !== titleProperty))
    .slice(0, MAX_COLUMNS);
}

const RecordLink: React.FC<{ href: string | null; bold: boolean; children: ReactNode }> = ({ href, bold, children }) =>
  href ? (
    <Link to={href} className={`lc-plain-link ${bold ? 'lc-bold' : ''}`}>
      {children}
    </Link>
  ) : (
    <>{children}</>
  );

const Heading: React.FC<{ property: BasePropertyJSON; label: string; meta: ListPage['meta'] }> = (props) => {
  const { property, label, meta } = props;
  const { search } = useLocation();
  if (!property.isSortable) return <>{label}</>;
  const isSorted = meta.sortBy === property.propertyPath;
  const isAscending = isSorted && meta.direction === 'asc';
  const query = new URLSearchParams(search);
  query.set('sortBy', property.propertyPath);
  query.set('direction', isAscending ? 'desc' : 'asc');
  query.delete('page');
  return (
    <Link to={{ search: query.toString() }} className="lc-sort">
      {label}
      {isSorted && <span aria-hidden="true">{isAscending ? ' ↑' : ' ↓'}</span>}
    </Link>
  );
};

const Pages: React.FC<{ meta: ListPage['meta']; shown: number }> = ({ meta: { page, perPage, total }, shown }) => {
  const { search } = useLocation();
  // The total stops at 10,001, and so do the pages that an address may ask for.
  const hasNext = page * perPage < total;
  const toPage = (number: number) => {
    const query = new URLSearchParams(search);
    query.set('page', String(number));
    return { search: query.toString() };
  };
  const first = (page - 1) * perPage + 1;
  return (
    <nav className="lc-pages" aria-label="Pages of this list">
      <span className="lc-muted">
        {formatNumber(first)}–{formatNumber(first + shown - 1)} of {formatBoundedCount(total)}
      </span>
      <span className="lc-grow" />
      {page > 1 && (
        <Link className="lc-btn small" to={toPage(page - 1)}>
          ← Previous
        </Link>
      )}
      {hasNext && (
        <Link className="lc-btn small" to={toPage(page + 1)}>
          Next →
        </Link>
      )}
    </nav>
  );
};

export default List;
