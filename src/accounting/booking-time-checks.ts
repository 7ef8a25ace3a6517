import { CLOCK_FAULT_MS } from '../core/clock.js';
import { literal, sql, type Sql } from '../core/sql.js';

const tolerance = sql`${literal(CLOCK_FAULT_MS)} * interval '1 millisecond'`;

/** How far business time may be ahead of the database's clock: as far as the demo's clock was moved, and a sandbox's, for they never go back. */
const allowedAhead = sql`((SELECT clock_ahead_ms FROM house_state)
  + (SELECT organization.clock_ahead_ms FROM organization WHERE organization.id = organization_id)) * interval '1 millisecond' + ${tolerance}`;

/** What was booked by a clock that was wrong. Each statement returns a row for every error, with a sentence in `finding`. */
export const bookingTimeChecks: readonly Sql[] = [
  // Before migration 25 it was not recorded when a transfer was inserted.
  sql`SELECT format('transfer %s of %s is booked at %s, ahead of the database''s clock, which stood at %s',
                 id, organization_id, booked_at, coalesce(recorded_at, now())) AS finding
     FROM ledger_transfer WHERE booked_at > coalesce(recorded_at, now()) + ${allowedAhead}`,
  sql`SELECT format('lease %s of %s is assigned at %s, ahead of the database''s clock', id, organization_id, assigned_at) AS finding
     FROM lease WHERE assigned_at > now() + ${allowedAhead}`,
  sql`SELECT format('transfer %s is line %s of %s and is booked at %s, before the line before it at %s',
                 id, wallet_seq, organization_id, booked_at, booked_before) AS finding
     FROM (
       SELECT id, organization_id, wallet_seq, booked_at, lag(booked_at) OVER statement AS booked_before
         FROM ledger_transfer WHERE wallet_seq IS NOT NULL
       WINDOW statement AS (PARTITION BY organization_id ORDER BY wallet_seq)
     ) line
    WHERE booked_at < booked_before`,
  sql`SELECT format('transfer %s is booked at %s, before transfer %s that it reverses, at %s',
                 reversal.id, reversal.booked_at, reversed.id, reversed.booked_at) AS finding
     FROM ledger_transfer reversal JOIN ledger_transfer reversed ON reversed.id = reversal.reverses_id
    WHERE reversal.booked_at < reversed.booked_at`,
  // The demo's renewals:run --now may renew at another moment.
  sql`SELECT format('renewal %s of lease %s is booked at %s, before its month begins at %s', id, lease_id, booked_at, period_start) AS finding
     FROM ledger_transfer
    WHERE kind = 'lease_renewal' AND booked_at < period_start AND (SELECT is_demo IS FALSE FROM house_state)`,
];
