import type { PartnerCaller } from '../authorization/actor.js';
import type { PagePosition } from '../core/pages.js';
import { noSql, sql, withKeptText, type Sql } from '../core/sql.js';
import { isOwnProjectSql } from '../partners/project-access.js';
import { getDisconnectsAt, toPastDue } from './grace.js';
import type { Lease, LeaseEndReason } from './lease-lifecycle.js';
import { isLiveSql } from './lease-sql.js';

/** One item of the partner's list of leased accounts; an account leased twice is two items. Times are ISO 8601, money is cents. */
export interface LeasedAccount {
  socialAccountId: string;
  projectId: string;
  handle: string;
  platform: 'tiktok';
  followers: number;
  status: 'assigned' | 'disconnected';
  assignedAt: string;
  nextRenewalAt: string | null;
  monthlyPriceCents: number;
  requestId: string;
  pastDueSince?: string;
  disconnectsAt?: string;
  disconnectedAt?: string;
  disconnectedReason?: LeaseEndReason;
}

/** A row of {@link leasedAccountColumns}. */
export interface LeasedAccountRow {
  leaseId: string;
  socialAccountId: string;
  projectId: string;
  handle: string;
  followers: number;
  assignedAt: Date;
  nextRenewalAt: Date | null;
  priceCents: number;
  requestId: string;
  pastDueSince: Date | null;
  retryAt: Date | null;
  graceDaysTried: number;
  endedAt: Date | null;
  endReason: LeaseEndReason | null;
}

/** A lease that has just been opened, as {@link leasedAccountColumns} would read it. */
export function toOpenedRow(
  lease: Lease,
  { handle, followers }: Pick<LeasedAccountRow, 'handle' | 'followers'>,
  requestId: string,
): LeasedAccountRow {
  const { id: leaseId, socialAccountId, projectId, assignedAt, nextRenewalAt, priceCents } = lease;
  const running = { pastDueSince: null, retryAt: null, graceDaysTried: 0, endedAt: null, endReason: null };
  return {
    ...{ leaseId, socialAccountId, projectId, handle, followers, assignedAt, nextRenewalAt, priceCents, requestId },
    ...running,
  };
}

export const leasedAccountColumns = sql`
  lease.id AS "leaseId", lease.social_account_id AS "socialAccountId", lease.project_id AS "projectId",
  coalesce(lease.handle_at_end, account.handle) AS handle, coalesce(lease.followers_at_end, account.followers) AS followers,
  lease.assigned_at AS "assignedAt", lease.next_renewal_at AS "nextRenewalAt", lease.price_cents AS "priceCents",
  request.request_id AS "requestId", lease.past_due_since AS "pastDueSince",
  lease.retry_at AS "retryAt", lease.grace_days_tried AS "graceDaysTried",
  lease.ended_at AS "endedAt", lease.end_reason AS "endReason"`;

/** The tables of {@link leasedAccountColumns}. */
export const leasedAccountSource = sql`
  lease
  JOIN social_account account ON account.id = lease.social_account_id
  JOIN lease_request request ON request.id = lease.lease_request_id`;

export interface LeasedAccountsQuery {
  projectId?: string;
  status: 'assigned' | 'disconnected';
  cursor?: string;
  limit: number;
}

/** A row of {@link toLeasedAccountsSql}; of an empty page there is one without a lease. */
export interface LeasedAccountListRow extends LeasedAccountRow {
  /** Whether the project is the caller's. */
  isOwn: boolean;
}

const keptTexts: Record<string, object> = {};

/** Of its own project by that alone: PostgreSQL takes two conditions for independent, and sorts all leases of a project for one page. */
function isOfCallerSql({ organizationId }: PartnerCaller, projectId: string | null): Sql {
  return projectId === null
    ? sql`lease.organization_id = ${organizationId}`
    : sql`list.own AND lease.project_id = ${projectId}`;
}

/** One row more than the page has, newest assigned first. @param after the last one of the page before */
export function toLeasedAccountsSql(
  caller: PartnerCaller,
  { projectId = null, status, limit }: Omit<LeasedAccountsQuery, 'projectId'> & { projectId?: string | null },
  after: PagePosition | null,
): Sql {
  const statement = sql`SELECT list.own AS "isOwn", page.*
     FROM (SELECT ${isOwnProjectSql(caller, projectId)} AS own) list
     LEFT JOIN LATERAL (
       SELECT ${leasedAccountColumns} FROM ${leasedAccountSource}
        WHERE ${isOfCallerSql(caller, projectId)}
          AND ${status === 'assigned' ? isLiveSql() : sql`lease.status = 'ended'`}
          ${after ? sql`AND (lease.assigned_at, lease.id) < (${after.at}::timestamptz, ${after.id}::text)` : noSql}
        ORDER BY lease.assigned_at DESC, lease.id DESC
        LIMIT ${limit + 1}
     ) page ON true
    ORDER BY page."assignedAt" DESC, page."leaseId" DESC`;
  const text = `${status} ${projectId === null} ${after === null}`;
  return withKeptText((keptTexts[text] ??= {}), statement);
}

export function toLeasedAccount(row: LeasedAccountRow): LeasedAccount {
  return {
    socialAccountId: row.socialAccountId,
    projectId: row.projectId,
    handle: row.handle,
    platform: 'tiktok',
    followers: row.followers,
    status: row.endedAt ? 'disconnected' : 'assigned',
    assignedAt: row.assignedAt.toISOString(),
    nextRenewalAt: row.nextRenewalAt?.toISOString() ?? null,
    monthlyPriceCents: row.priceCents,
    requestId: row.requestId,
    ...toPastDueFields(row),
    ...(row.endedAt && { disconnectedAt: row.endedAt.toISOString(), disconnectedReason: row.endReason! }),
  };
}

function toPastDueFields(row: LeasedAccountRow) {
  const pastDue = toPastDue(row);
  if (!pastDue) return {};
  return {
    pastDueSince: pastDue.pastDueSince.toISOString(),
    disconnectsAt: getDisconnectsAt(pastDue).toISOString(),
  };
}
