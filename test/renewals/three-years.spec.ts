import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chance } from '../../src/demo/chance.js';
import { FulfillmentService } from '../../src/fulfillment/fulfillment.service.js';
import { ReplacementService } from '../../src/fulfillment/replacement.service.js';
import { LeasesService } from '../../src/leases/leases.service.js';
import { MovableClock } from '../../src/movable-clock/movable-clock.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { expectCleanBooks } from '../support/books.js';
import { anAccount, aPartner, aRequest, theSystem, topUp, type TestPartner } from '../support/makers.js';
import { startProcess } from '../support/processes.js';
import { until } from '../support/service-process.js';
import { renewals } from './leases.js';

const PARTNERS = 20;
const LEASES_EACH = 50;
const DAYS = 3 * 365;
const HOUR_MS = 3_600_000;
const KILLED_ON = [200, 560, 900];

/** A live lease as the story needs it. */
interface Living {
  id: string;
  leaseRequestId: string;
  socialAccountId: string;
}

describe('three years of a thousand leases', () => {
  let service: TestApp;
  const chance = new Chance(20_270_101);
  const partners: TestPartner[] = [];
  beforeAll(async () => {
    service = await startTestApp({ demo: true });
    for (let n = 0; n < PARTNERS; n += 1) partners.push(await aPartner(service, { walletCents: 800_000 }));
  });
  afterAll(() => service.close());

  const get = <Service>(type: abstract new (...args: never[]) => Service): Service =>
    service.app.get(type as never, { strict: false });
  const forward = async (hours: number) => {
    const clock = get(MovableClock);
    await clock.set(theSystem(), { to: new Date(clock.state().now.getTime() + hours * HOUR_MS).toISOString() });
  };
  const assign = async (partner: TestPartner) => {
    const request = await aRequest(service, partner, { count: 1 });
    const { id: socialAccountId } = await anAccount(service);
    await get(FulfillmentService).assign(theSystem(), { requestId: request.id, socialAccountId });
    return { requestId: request.id, socialAccountId };
  };
  const someLease = async (): Promise<Living | undefined> => {
    const [found] = await service.dataSource.query(
      `SELECT id, lease_request_id AS "leaseRequestId", social_account_id AS "socialAccountId" FROM lease
        WHERE status IN ('active', 'past_due') ORDER BY md5(id || $1) LIMIT 1`,
      [String(chance.between(0, 1_000_000))],
    );
    return found;
  };
  const number = async (sql: string): Promise<number> => (await service.dataSource.query(sql))[0].n;

  /** One thing that happens on an ordinary day; a short wallet refuses some of them, as it should. */
  const something = async () => {
    const partner = chance.oneOf(partners);
    await topUp(service, partner.organizationId, chance.between(1, 120) * 15_000);
    const reason = 'it happens';
    const what = chance.between(0, 6);
    const lease = await someLease();
    if (what < 3 || !lease) await assign(partner).catch(unlessRefused);
    else if (what === 3) await get(LeasesService).releaseFor(theSystem(), { leaseId: lease.id, reason });
    else if (what === 4) await get(LeasesService).disconnect(theSystem(), { leaseId: lease.id, reason, refund: true });
    else if (what === 5) {
      const made = await assign(partner).catch(unlessRefused);
      if (made) await get(FulfillmentService).undoAssign(theSystem(), { ...made, reason });
    } else {
      const { id: newSocialAccountId } = await anAccount(service);
      const { leaseRequestId: requestId, socialAccountId } = lease;
      const replace = { requestId, socialAccountId, newSocialAccountId, reason };
      await get(ReplacementService).replace(theSystem(), replace).catch(unlessRefused);
    }
  };

  /** Another process renews what has fallen due and is killed while it does. */
  const killAWorker = async () => {
    await forward(24 * 31);
    const count = () => number("SELECT count(*) AS n FROM ledger_transfer WHERE kind = 'lease_renewal'");
    const before = await count();
    const worker = await startProcess(service.settings.databaseUrl, { workers: true, demo: true });
    await until('the worker renews', async () => (await count()) > before);
    await worker.stop();
  };

  it('leave books that agree with the calendar, whatever was topped up, released, undone, replaced or killed', async () => {
    for (const partner of partners) for (let n = 0; n < LEASES_EACH; n += 1) await assign(partner);
    for (let day = 0, step = 1; day < DAYS; day += step) {
      step = chance.between(1, 4);
      await forward(24 * step);
      if (KILLED_ON.some((killed) => killed > day - step && killed <= day)) await killAWorker();
      await renewals(service).run(theSystem());
      await something();
    }
    for (let day = 0; day < 9; day += 1) {
      await forward(24);
      await renewals(service).run(theSystem());
    }
    await expectCleanBooks(service);

    const now = get(MovableClock).state().now;
    const late: unknown[] = await service.dataSource.query(
      "SELECT id FROM lease WHERE status = 'active' AND next_renewal_at <= $1 LIMIT 5",
      [now],
    );
    expect(late).toEqual([]);
    // PostgreSQL's own months from the anchor say where each month of a lease that nobody replaced has to begin.
    const astray: unknown[] = await service.dataSource.query(
      `SELECT charge.lease_id, charge.period_start, charge.number FROM (
         SELECT lease_id, period_start, row_number() OVER (PARTITION BY lease_id ORDER BY period_start) - 1 AS number
           FROM ledger_transfer WHERE kind IN ('lease_charge', 'lease_renewal')
       ) charge JOIN lease ON lease.id = charge.lease_id
        WHERE lease.billed_from IS NULL
          AND charge.period_start AT TIME ZONE 'UTC' <> lease.assigned_at AT TIME ZONE 'UTC' + charge.number * interval '1 month'
        LIMIT 5`,
    );
    expect(astray).toEqual([]);
    // Whoever was disconnected had seven failed attempts for that month first, on seven days.
    const early: unknown[] = await service.dataSource.query(
      `SELECT ended.internal ->> 'leaseId' AS lease, tried.n, tried.first, ended.occurred_at FROM audit_event ended
        CROSS JOIN LATERAL (
          SELECT count(DISTINCT occurred_at) AS n, min(occurred_at) AS first FROM audit_event failed
           WHERE failed.type = 'leased_account.renewal_failed' AND failed.object_id = ended.object_id
             AND failed.internal ->> 'leaseId' = ended.internal ->> 'leaseId' AND failed.data ->> 'dueAt' = ended.internal ->> 'dueAt'
        ) tried
        WHERE ended.type = 'leased_account.disconnected' AND ended.data ->> 'disconnectedReason' = 'billing_exhausted'
          AND (tried.n < 7 OR ended.occurred_at < tried.first + interval '7 days') LIMIT 5`,
    );
    expect(early).toEqual([]);
    expect(await number("SELECT count(*) AS n FROM ledger_transfer WHERE kind = 'lease_renewal'")).toBeGreaterThan(
      1_000,
    );
    expect(await number("SELECT count(*) AS n FROM lease WHERE end_reason = 'billing_exhausted'")).toBeGreaterThan(0);
    expect(await number("SELECT count(*) AS n FROM lease WHERE end_reason = 'replaced'")).toBeGreaterThan(0);
  }, 900_000);
});

/** A short wallet, or a lease whose paid month is over. */
function unlessRefused(error: { code?: string }): undefined {
  if (error.code !== 'BILLING_EXHAUSTED' && error.code !== 'CONFLICT') throw error;
  return undefined;
}
