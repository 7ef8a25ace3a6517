import type { EntityManager } from 'typeorm';
import { Conflict, NotFound } from '../core/errors.js';
import { queryRow, sql } from '../core/sql.js';
import type { LockedRequest } from '../lease-requests/request-lock.js';

/** Why an account could not be taken. Sandbox accounts do not exist for real partners, nor real accounts for sandbox partners. */
export async function explainUnavailable(
  em: EntityManager,
  socialAccountId: string,
  request: LockedRequest,
): Promise<Error> {
  const account = await queryRow<{ handle: string; status: string; sandbox: boolean }>(
    em,
    sql`SELECT handle, status, sandbox FROM social_account WHERE id = ${socialAccountId}`,
  );
  if (!account || account.sandbox !== request.sandbox) return new NotFound('This account');
  return new Conflict(
    'account_taken',
    `The account @${account.handle} ${toUnavailableReason(account.status)}; nothing was charged.`,
  );
}

function toUnavailableReason(status: string): string {
  if (status === 'assigned') return 'is already leased';
  return status === 'available' ? 'was taken, and has only just come back to the pool' : `is ${status}, not available`;
}
