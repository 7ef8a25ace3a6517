import { expect } from '@jest/globals';
import { Clock } from '../../src/core/clock.js';
import { LedgerVerifier } from '../../src/accounting/ledger-verifier.js';
import { until } from './until.js';
import type { TestApp } from './app.js';

export async function balanceOf(service: TestApp, organizationId: string): Promise<number> {
  const [wallet] = await service.dataSource.query('SELECT balance_cents FROM ledger_account WHERE id = $1', [
    `wallet:${organizationId}`,
  ]);
  return wallet.balance_cents;
}

/** How many transfers of that kind the organisation's statement has. */
export async function transfersOf(service: TestApp, organizationId: string, kind: string): Promise<number> {
  const [found] = await service.dataSource.query(
    'SELECT count(*) AS n FROM ledger_transfer WHERE organization_id = $1 AND kind = $2',
    [organizationId, kind],
  );
  return found.n;
}

export async function liveLeasesOf(service: TestApp, socialAccountId: string): Promise<number> {
  const [found] = await service.dataSource.query(
    "SELECT count(*) AS n FROM lease WHERE social_account_id = $1 AND status IN ('active', 'past_due')",
    [socialAccountId],
  );
  return found.n;
}

export async function accountStatus(service: TestApp, socialAccountId: string): Promise<string> {
  const [account] = await service.dataSource.query('SELECT status FROM social_account WHERE id = $1', [
    socialAccountId,
  ]);
  return account.status;
}

/** The state of a request that races are about. */
export async function requestState(service: TestApp, id: string) {
  const [request] = await service.dataSource.query(
    `SELECT status, assigned_count AS "assignedCount", version, blocker, outcome_reason AS "outcomeReason"
       FROM lease_request WHERE id = $1`,
    [id],
  );
  return request as {
    status: string;
    assignedCount: number;
    version: number;
    blocker: string | null;
    outcomeReason: string;
  };
}

/** Everything that money and accounts could disagree about, in one answer: used to show that a refusal changed nothing. */
export async function everything(service: TestApp): Promise<string> {
  const [row] = await service.dataSource.query(`
    SELECT jsonb_build_array(
      (SELECT jsonb_agg(t ORDER BY id) FROM ledger_transfer t), (SELECT jsonb_agg(a ORDER BY id) FROM ledger_account a),
      (SELECT jsonb_agg(l ORDER BY id) FROM lease l), (SELECT jsonb_agg(s ORDER BY id) FROM social_account s),
      (SELECT jsonb_agg(r ORDER BY id) FROM lease_request r), (SELECT jsonb_agg(n ORDER BY id) FROM request_note n),
      (SELECT jsonb_agg(e ORDER BY id) FROM audit_event e)) AS state`);
  return JSON.stringify(row.state);
}

/** Databases in which a test has booked ahead of the database's clock, by {@link setClock}. */
const aheadDatabases = new Set<string>();

export async function expectCleanBooks(service: TestApp): Promise<void> {
  const { faults } = await service.app.get(LedgerVerifier, { strict: false }).verify();
  const isExpected = (fault: string) =>
    aheadDatabases.has(service.settings.databaseUrl) && fault.includes("ahead of the database's clock");
  expect(faults.filter((fault) => !isExpected(fault))).toEqual([]);
}

/** Sets the business clock to `at` until it is set again. */
export function setClock(service: TestApp, at: Date): void {
  if (at.getTime() > Date.now()) aheadDatabases.add(service.settings.databaseUrl);
  service.app.get(Clock, { strict: false }).now = () => new Date(at);
}

/** As if the demo's clock had been moved that far: what is booked up to then is not ahead of the database's clock. */
export async function allowBookingAhead(service: TestApp, until: Date): Promise<void> {
  await service.dataSource.query('UPDATE house_state SET clock_ahead_ms = $1', [until.getTime() - Date.now()]);
}

/** The business clock goes by the database's again. */
export function resetClock(service: TestApp): void {
  Reflect.deleteProperty(service.app.get(Clock, { strict: false }), 'now');
}

/** Why any staff action may be refused because others were quicker. */
export const lostRaces = [
  'account_taken',
  'request_closed',
  'not_allowed_now',
  'NOT_FOUND',
  'BILLING_EXHAUSTED',
  'claimed',
];

/** What each of several racing calls came to: its value, or the stable reason of its refusal. */
export async function outcomes<T>(calls: Promise<T>[]): Promise<{ done: T[]; refused: string[] }> {
  const settled = await Promise.allSettled(calls);
  const done = settled.flatMap((call) => (call.status === 'fulfilled' ? [call.value] : []));
  const refused = settled.flatMap((call) => (call.status === 'rejected' ? [reasonOf(call.reason)] : []));
  return { done, refused };
}

function reasonOf(error: { code?: string; details?: { reason?: string } }): string {
  return error.details?.reason ?? error.code ?? String(error);
}

/** Resolves once a statement of this database waits for a lock that another one holds. */
export function untilSomebodyWaits(service: TestApp): Promise<void> {
  return untilWaiting(service, 1);
}

/** Resolves once so many statements of this database wait for locks that others hold. */
export async function untilWaiting(service: TestApp, count: number): Promise<void> {
  await until(`${count} wait for locks`, async () => {
    const [{ waiting }] = await service.dataSource.query(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return waiting >= count;
  });
}
