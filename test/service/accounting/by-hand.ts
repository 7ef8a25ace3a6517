import type { TestApp } from '../../support/app.js';

/** Charges the next period of a lease at any time, as a renewal that runs late does. */
export async function renewLate(service: TestApp, leaseId: string, bookedAt: string): Promise<void> {
  await service.dataSource.query(
    `WITH due AS (
       SELECT lease.id, organization_id, price_cents, next_renewal_at AS starts,
              next_renewal_at + interval '1 month' AS ends FROM lease WHERE id = $1
     ), wallet AS (
       UPDATE ledger_account SET balance_cents = balance_cents - price_cents, wallet_seq = wallet_seq + 1, last_booked_at = $2
         FROM due WHERE ledger_account.id = 'wallet:' || due.organization_id
       RETURNING ledger_account.id, balance_cents, wallet_seq
     ), line AS (
       INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id, period_start,
                                    period_end, booked_by, wallet_seq, wallet_balance_after, booked_at)
       SELECT 'txn_late_' || due.id, 'lease_renewal', wallet.id, 'revenue', price_cents, organization_id, due.id, starts, ends, 'system',
              wallet_seq, balance_cents, $2
         FROM due CROSS JOIN wallet
     )
     UPDATE lease SET next_renewal_at = due.ends FROM due WHERE lease.id = due.id`,
    [leaseId, bookedAt],
  );
}

/** Every day of every period booked until then, one row each, with the day on which it counts as earned; refunds take theirs back. */
export async function earnedByDay(service: TestApp, bookedBefore: string): Promise<Map<string, number>> {
  const found: { day: string; cents: number }[] = await service.dataSource.query(
    `
    WITH paid AS (
      SELECT 1 AS sign, booked_at, amount_cents, period_start, period_end FROM ledger_transfer WHERE period_start IS NOT NULL
      UNION ALL
      SELECT -1, refund.booked_at, refund.amount_cents, charge.period_start, charge.period_end
        FROM ledger_transfer refund JOIN ledger_transfer charge ON charge.id = refund.reverses_id WHERE refund.kind = 'refund'
    ), single AS (
      SELECT sign, booked_at, amount_cents, day, row_number() OVER every AS place, count(*) OVER whole AS days
        FROM (SELECT row_number() OVER () AS line, paid.* FROM paid WHERE booked_at < $1) paid,
             generate_series(date_trunc('day', period_start, 'UTC'), date_trunc('day', period_end, 'UTC') - interval '1 day', '1 day') day
      WINDOW every AS (PARTITION BY line ORDER BY day), whole AS (PARTITION BY line)
    )
    SELECT to_char(greatest(day, date_trunc('day', booked_at, 'UTC')) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
           sum(sign * (floor(amount_cents * place / days::numeric) - floor(amount_cents * (place - 1) / days::numeric)))::bigint AS cents
      FROM single GROUP BY 1`,
    [`${bookedBefore}Z`],
  );
  return new Map(found.map(({ day, cents }) => [day, cents]));
}
