import { identifier, sql, type Sql } from '../core/sql.js';
import { textKeySql } from '../core/text-key-sql.js';

/** Whether staff can still work on a request; `isOpen` is the same in code. @param request its table or alias */
export function isOpenSql(request = 'request'): Sql {
  return sql`${identifier(request)}.status = 'requested'`;
}

/** Of `lease_request request`; a claim ends by the database's clock. */
export const isClaimed = sql`request.claimed_until > now()`;
export const isUnclaimed = sql`(request.claimed_until IS NULL OR request.claimed_until <= now())`;

/** Whether `request` is of a partner whose name's key is like the pattern. Reads each partner once, however many requests it has. */
export function isOfPartnerLikeSql(pattern: string): Sql {
  return sql`request.organization_id IN (SELECT organization.id FROM organization WHERE ${textKeySql(sql`organization.name`)} LIKE ${pattern})`;
}

/** The vertical of `lease_request request` as it is compared; requests of an older version have no `vertical_key` yet. */
export const requestVertical = sql`coalesce(request.vertical_key, ${textKeySql(sql`request.vertical`)})`;
