import type { PartnerCaller } from '../authorization/actor.js';
import type { PagePosition } from '../core/pages.js';
import { noSql, sql, withKeptText, type Sql } from '../core/sql.js';
import { isOwnProjectSql } from '../partners/project-access.js';
import type { LeaseRequestsQuery } from './dto/read-lease-requests.js';
import { leaseRequestColumns, leaseRequestSource, type LeaseRequestRow } from './lease-request.view.js';

/** A row of {@link toLeaseRequestsSql}; of an empty page there is one without a request. */
export interface LeaseRequestListRow extends LeaseRequestRow {
  /** Whether the project is the caller's. */
  isOwn: boolean;
  /** The database's clock before the page was read: what is committed meanwhile comes with the next `updatedSince`. */
  asOf: Date;
}

/** `updatedSince` reaches back further, by more than any transaction lasts, so that a late commit is not missed. */
const OVERLAP_MS = 30_000;

const kept = {};

export function toLeaseRequestSql(caller: PartnerCaller, requestId: string, projectId: string | null): Sql {
  const statement = sql`SELECT ${leaseRequestColumns} FROM ${leaseRequestSource}
    WHERE request.organization_id = ${caller.organizationId} AND request.request_id = ${requestId}
      AND (${projectId}::text IS NULL OR request.project_id = ${projectId}::text)`;
  return withKeptText(kept, statement);
}

/** One row more than the page has. @param after the last one of the page before */
export function toLeaseRequestsSql(
  caller: PartnerCaller,
  query: LeaseRequestsQuery & { projectId?: string },
  after: PagePosition | null,
): Sql {
  const { projectId = null, status = null, updatedSince = null, metadata, order, limit } = query;
  const changedSince = updatedSince === null ? null : new Date(Date.parse(updatedSince) - OVERLAP_MS);
  const [orderedBy, orderedByName, isAfter, direction] =
    order === 'updatedAt'
      ? [sql`request.updated_at`, sql`page."updatedAt"`, sql`>`, sql`ASC`]
      : [sql`request.submitted_at`, sql`page."submittedAt"`, sql`<`, sql`DESC`];
  return sql`SELECT list.own AS "isOwn", list.as_of AS "asOf", page.*
     FROM (SELECT ${isOwnProjectSql(caller, projectId)} AS own, now() AS as_of) list
     LEFT JOIN LATERAL (
       SELECT ${leaseRequestColumns} FROM ${leaseRequestSource}
        WHERE request.organization_id = ${caller.organizationId}
          ${projectId === null ? noSql : sql`AND request.project_id = ${projectId}`}
          ${status === null ? noSql : sql`AND request.status = ${status}`}
          ${changedSince === null ? noSql : sql`AND request.updated_at >= ${changedSince}::timestamptz`}
          ${metadata ? sql`AND request.metadata @> ${JSON.stringify(metadata)}::jsonb` : noSql}
          ${after ? sql`AND (${orderedBy}, request.id) ${isAfter} (${after.at}::timestamptz, ${after.id}::text)` : noSql}
        ORDER BY ${orderedBy} ${direction}, request.id ${direction}
        LIMIT ${limit + 1}
     ) page ON true
    ORDER BY ${orderedByName} ${direction}, page.id ${direction}`;
}
