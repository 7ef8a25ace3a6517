import { identifier, sql, type Sql } from '../core/sql.js';
import { textKeySql } from '../core/text-key-sql.js';

/** Whether staff can still work on a request; `isOpen` is the same in code. @param request its table or alias */
export function isOpenSql(request = 'request'): Sql {
  return sql`${identifier(request)}.status = 'requested'`;
}

/** Whether a request is in the queue: open, and not a sandbox's, which answers by itself. @param request its table or alias */
export function isQueuedSql(request = 'request'): Sql {
  return sql`(${isOpenSql(request)} AND NOT ${identifier(request)}.sandbox)`;
}

/** Of `lease_request request`; a claim ends by the database's clock. */
export const isClaimed = sql`request.claimed_until > now()`;
export const isUnclaimed = sql`(request.claimed_until IS NULL OR request.claimed_until <= now())`;

const HOUR_MS = 3_600_000;
/** How long it is shown why a request was unblocked, where no staff member has opened it or worked on it. */
const WOKE_SHOWN_MS = 24 * HOUR_MS;

/** Why `lease_request request` was unblocked without staff, while that is news. @param now business time */
export function wokeBecauseSql(now: Date): Sql {
  return sql`CASE WHEN request.woke_at > ${new Date(now.getTime() - WOKE_SHOWN_MS)}::timestamptz THEN request.woke_because END`;
}

/** Assigned by whatever staff do on a request: why it was unblocked is no news any more. */
export const noWokeMark = sql`woke_because = NULL, woke_at = NULL`;

/** Whether `request` is of a partner whose name's key is like the pattern. Reads each partner once, however many requests it has. */
export function isOfPartnerLikeSql(pattern: string): Sql {
  return sql`request.organization_id IN (SELECT organization.id FROM organization WHERE ${textKeySql(sql`organization.name`)} LIKE ${pattern})`;
}

/** The vertical of `lease_request request` as it is compared; requests of an older version have no `vertical_key` yet. */
export const requestVertical = sql`coalesce(request.vertical_key, ${textKeySql(sql`request.vertical`)})`;
