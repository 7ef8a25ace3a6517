import React, { useEffect } from 'react';
import { useSelector } from 'react-redux';
import { Link, useLocation, useNavigate } from 'react-router-dom';
import {
  useQueryParams,
  useTranslation,
  type ActionProps,
  type BasePropertyJSON,
  type RecordJSON,
  type ReduxState,
} from 'adminjs';
import { Alert, Empty, Loading, useTitle } from '../../ui/elements.js';
import { useNow } from '../../ui/times.js';
import { counted } from '../../lib/format.js';
import { labelOf } from './labels.js';
import { useList, type ListPage } from './use-list.js';
import { isFigure, Value } from './value.js';

/** The list of any resource: one card, one table, each row a link to its record. */
const List: React.FC<ActionProps> = ({ resource, setTag }) => {
  const { page, failure, loading } = useList(resource.id);
  const { translateLabel, translateMessage } = useTranslation();
  const { filters = {} } = useQueryParams();
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const resourcesPath = `${rootPath}/resources`;
  const navigate = useNavigate();
  const now = useNow();
  const filtered = Object.keys(filters).length > 0;
  useTitle(translateLabel(resource.name, resource.id));
  const total = page?.meta.total;
  useEffect(() => setTag?.(total === undefined ? '' : counted(total)), [total, setTag]);

  const hrefOf = (record: RecordJSON) => {
    const action = resource.id === 'lease-requests' ? 'fulfil' : 'show';
    const shown = record.recordActions.some((one) => one.name === action);
    return shown ? `${resourcesPath}/${resource.id}/records/${encodeURIComponent(record.id)}/${action}` : null;
  };

  const everything = <Link to={`${resourcesPath}/${resource.id}`}>Show everything</Link>;
  if (failure !== null) {
    return (
      <>
        <Alert>{failure}</Alert>
        <section className="lc-card">
          <Empty title="The list could not be shown.">{everything}</Empty>
        </section>
      </>
    );
  }
  if (!page) {
    return (
      <section className="lc-card">
        <Loading what="the list" lines={8} />
      </section>
    );
  }
  const { records, meta } = page;
  if (records.length === 0) {
    const isBeyond = meta.page > 1 && meta.total > 0;
    return (
      <section className="lc-card">
        <Empty
          title={
            isBeyond
              ? `The list ends before page ${meta.page.toLocaleString('en-US')}.`
              : filtered
                ? 'Nothing matches this filter.'
                : translateMessage('noRecordsInResource', resource.id)
          }
        >
          {(isBeyond || filtered) && everything}
        </Empty>
      </section>
    );
  }
  const columns = columnsOf(resource);
  const leading = columns.find((property) => property.isTitle) ?? columns[0];
  return (
    <>
      <section className={`lc-card lc-scroll ${loading ? 'lc-stale' : ''}`} aria-busy={loading}>
        <table className="lc-table" aria-label={translateLabel(resource.name, resource.id)}>
          <thead>
            <tr>
              {columns.map((property) => (
                <Heading
                  key={property.propertyPath}
                  property={property}
                  sortBy={meta.sortBy}
                  direction={meta.direction}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {records.map((record) => {
              const href = hrefOf(record);
              return (
                <tr
                  key={record.id}
                  className={href ? 'lc-opens' : ''}
                  onClick={(event) => {
                    const onControl = event.target instanceof Element && event.target.closest('a, button');
                    if (href && !onControl && window.getSelection()?.isCollapsed !== false) navigate(href);
                  }}
                >
                  {columns.map((property) => (
                    <td key={property.propertyPath} className={isFigure(property) ? 'lc-num' : ''}>
                      <Cell href={property === leading ? href : null} bold={property.isTitle}>
                        <Value
                          property={property}
                          record={record}
                          resource={resource}
                          place="list"
                          now={now}
                          resourcesPath={resourcesPath}
                        />
                      </Cell>
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <Pages meta={meta} shown={records.length} />
    </>
  );
};

/** The title first; no column of ids or of raw structures where a name serves. */
function columnsOf({ listProperties, titleProperty }: ActionProps['resource']): BasePropertyJSON[] {
  const titled = listProperties.some((property) => property.isTitle && !property.isId);
  return listProperties
    .filter((property) => property.type !== 'mixed' && !(titled && property.isId && property !== titleProperty))
    .slice(0, 9);
}

/** One column leads to the record, for the keyboard and for opening in a new tab. */
const Cell: React.FC<{ href: string | null; bold: boolean; children: React.ReactElement }> = ({
  href,
  bold,
  children,
}) =>
  href ? (
    <Link to={href} className={`lc-plain-link ${bold ? 'lc-bold' : ''}`}>
      {children}
    </Link>
  ) : (
    children
  );

const Heading: React.FC<{ property: BasePropertyJSON; sortBy?: string; direction: 'asc' | 'desc' }> = (props) => {
  const { property, sortBy, direction } = props;
  const { translateProperty } = useTranslation();
  const { search } = useLocation();
  const label = labelOf(property, translateProperty);
  const sorted = sortBy === property.propertyPath;
  const query = new URLSearchParams(search);
  query.set('sortBy', property.propertyPath);
  query.set('direction', sorted && direction === 'asc' ? 'desc' : 'asc');
  query.delete('page');
  return (
    <th
      scope="col"
      className={isFigure(property) ? 'lc-num' : ''}
      aria-sort={sorted ? (direction === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      {property.isSortable ? (
        <Link to={{ search: query.toString() }} className="lc-sort">
          {label}
          {sorted && <span aria-hidden="true">{direction === 'asc' ? ' ↑' : ' ↓'}</span>}
        </Link>
      ) : (
        label
      )}
    </th>
  );
};

const Pages: React.FC<{ meta: ListPage['meta']; shown: number }> = ({ meta: { page, perPage, total }, shown }) => {
  const { search } = useLocation();
  // The total stops at 10,001, and so do the pages that an address may ask for.
  const goesOn = page * perPage < total;
  const toPage = (wanted: number) => {
    const query = new URLSearchParams(search);
    query.set('page', String(wanted));
    return { search: query.toString() };
  };
  const from = (page - 1) * perPage + 1;
  return (
    <nav className="lc-pages" aria-label="Pages of this list">
      <span className="lc-muted">
        {from.toLocaleString('en-US')}–{(from + shown - 1).toLocaleString('en-US')} of {counted(total)}
      </span>
      <span className="lc-grow" />
      {page > 1 && (
        <Link className="lc-btn small" to={toPage(page - 1)}>
          ← Previous
        </Link>
      )}
      {goesOn && (
        <Link className="lc-btn small" to={toPage(page + 1)}>
          Next →
        </Link>
      )}
    </nav>
  );
};

export default List;
