import type { TestApp } from '../../support/app.js';

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
