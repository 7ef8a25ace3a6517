import type { TestApp } from '../../support/app.js';
import { aPartner } from '../../support/makers.js';

const HOUR_MS = 3_600_000;

/** A partner with so many leases at $150, made by SQL, that were all due an hour ago, and money for `months` months more of each. */
export async function manyDue(service: TestApp, leases: number, months: number): Promise<string> {
  const { organizationId, projectId, apiKeyId } = await aPartner(service, {
    walletCents: 15_000 * leases * (1 + months),
  });
  const dueAt = new Date(Date.now() - HOUR_MS);
  const assignedAt = new Date(dueAt);
  // From a long month's end a month back would lead elsewhere.
  assignedAt.setUTCMonth(dueAt.getUTCMonth() - 1, Math.min(dueAt.getUTCDate(), 28));
  dueAt.setUTCDate(assignedAt.getUTCDate());
  const ids = `generate_series(1, $1::int) n`;
  const id = (prefix: string) => `'${prefix}_' || md5(n || '${organizationId}')`;
  const query = (sql: string, ...parameters: unknown[]) => service.dataSource.query(sql, [leases, ...parameters]);
  await query(
    `INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, status, assigned_count,
                                submitted_at, assigned_at, closed_at, closed_by, updated_at)
     SELECT ${id('lreq')}, ${id('lreq')}, $2, $3, $4, sha256('x'), 1, 'coffee', 'assigned', 1, $5, $5, $5, 'staff', $5 FROM ${ids}`,
    ...[organizationId, projectId, apiKeyId, assignedAt],
  );
  await query(
    `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
     SELECT ${id('sa')}, 'm' || substr(md5(n || '${organizationId}'), 1, 20), 1, '{coffee}', 'en', '{US}', 'assigned', $2, $2 FROM ${ids}`,
    assignedAt,
  );
  await query(
    `INSERT INTO lease (id, lease_request_id, organization_id, project_id, social_account_id, price_cents, assigned_at, assigned_by,
                        anchor_day, next_renewal_at, status)
     SELECT ${id('lse')}, ${id('lreq')}, $2, $3, ${id('sa')}, 15000, $4, 'system', extract(day FROM $4::timestamptz AT TIME ZONE 'UTC'), $5, 'active'
       FROM ${ids}`,
    ...[organizationId, projectId, assignedAt, dueAt],
  );
  await query(
    `WITH wallet AS (
       UPDATE ledger_account SET balance_cents = balance_cents - 15000 * $1::int, wallet_seq = wallet_seq + $1::int
        WHERE id = 'wallet:' || $2 RETURNING *
     )
     INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id, period_start, period_end,
                                  booked_by, wallet_seq, wallet_balance_after, booked_at)
     SELECT ${id('txn')}, 'lease_charge', wallet.id, 'revenue', 15000, $2, ${id('lse')}, $3, $4, 'system', wallet.wallet_seq - $1 + n,
            wallet.balance_cents + 15000 * ($1 - n), wallet.last_booked_at
       FROM wallet CROSS JOIN ${ids}`,
    ...[organizationId, assignedAt, dueAt],
  );
  return organizationId;
}
