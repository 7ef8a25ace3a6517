import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ReplacementService } from '../../../src/fulfillment/replacement.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { accountStatus, balanceOf, expectCleanBooks, outcomes, setClock } from '../../support/ledger.js';
import { anAccount, theSystem, topUp } from '../../support/makers.js';
import { until } from '../../support/until.js';
import { aLessee, lease, leaseState, monthsCharged, releaseAll, renewals, renewAt } from './leases.js';

const LONG_MS = 40_000;
const reason = 'the test wants it';

describe('whose turn it is', () => {
  let service: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
    other = await startTestApp({}, service.settings.databaseUrl);
  });
  afterAll(async () => {
    await other.close();
    await service.close();
  });
  afterEach(async () => {
    await expectCleanBooks(service);
    await releaseAll(service);
  });

  const run = (at: string) => renewAt(service, at);
  const get = <Service>(type: abstract new (...args: never[]) => Service): Service =>
    service.app.get(type as never, { strict: false });
  const leaseRow = async (leaseId: string) => {
    const [row] = await service.dataSource.query(
      `SELECT id, lease_request_id AS "leaseRequestId", social_account_id AS "socialAccountId", past_due_since AS "pastDueSince",
              retry_at AS "retryAt", grace_days_tried AS "graceDaysTried" FROM lease WHERE id = $1`,
      [leaseId],
    );
    return row;
  };

  /** A partner with a dear lease, and a cheap one that is due later; its wallet is empty. */
  async function aDearAndACheapOne(dearAt: string, cheapAt: string) {
    const { partner, leaseIds } = await aLessee(service, 9_000, dearAt);
    await service.dataSource.query('UPDATE organization SET price_cents = 9000 WHERE id = $1', [
      partner.organizationId,
    ]);
    return { partner, dear: leaseIds[0]!, cheap: (await lease(service, partner, cheapAt))[0]! };
  }

  /** Runs the renewals in the other process while somebody holds rows locked, until what is to happen meanwhile has happened. */
  async function whileLocked(at: string, sql: string, parameters: unknown[], meanwhile: () => Promise<boolean>) {
    setClock(other, new Date(at));
    let going: Promise<unknown>;
    await service.dataSource.transaction(async (em) => {
      await em.query(sql, parameters);
      going = outcomes([renewals(other).run(theSystem())]);
      await until('what does not depend on the locked row is renewed', meanwhile, LONG_MS);
    });
    await going!;
  }

  it('is the oldest’s: a cheaper one that is due later is not paid before it, on no day', async () => {
    const { partner, dear, cheap } = await aDearAndACheapOne('2027-01-05T00:00:00Z', '2027-01-10T00:00:00Z');
    expect((await run('2027-02-05T00:00:00Z')).pastDue).toBe(1);
    await topUp(service, partner.organizationId, 14_000);
    expect(await run('2027-02-10T00:00:00Z')).toEqual({ charged: 0, pastDue: 2, disconnected: 0 });
    expect(await run('2027-02-10T00:00:01Z')).toEqual({ charged: 0, pastDue: 0, disconnected: 0 });
    expect(await balanceOf(service, partner.organizationId)).toBe(14_000);
    await topUp(service, partner.organizationId, 1_000);
    expect(await run('2027-02-10T00:00:02Z')).toEqual({ charged: 1, pastDue: 0, disconnected: 0 });
    expect([(await leaseState(service, dear)).status, (await leaseState(service, cheap)).status]).toEqual([
      ...['active', 'past_due'],
    ]);
  });

  it('passes to the cheaper one on the day on which the older one is disconnected', async () => {
    const { partner, dear, cheap } = await aDearAndACheapOne('2027-01-05T00:00:00Z', '2027-01-05T01:00:00Z');
    await topUp(service, partner.organizationId, 9_000);
    for (let day = 10; day < 17; day += 1) {
      expect((await run(`2027-02-${day}T00:00:00Z`)).pastDue).toBe(2);
    }
    const at = { now: '2027-02-17T00:00:00Z', dryRun: true };
    expect(await renewals(service).run(theSystem(), at)).toEqual({ charged: 1, pastDue: 0, disconnected: 1 });
    expect(await run(at.now)).toEqual({ charged: 1, pastDue: 0, disconnected: 1 });
    expect(await leaseState(service, dear)).toMatchObject({ status: 'ended', endReason: 'billing_exhausted' });
    expect(await leaseState(service, cheap)).toMatchObject({ status: 'active' });
    expect(await balanceOf(service, partner.organizationId)).toBe(0);
  });

  it('leaves the money for the oldest to whoever has it in hand', async () => {
    const { leaseIds } = await aLessee(service, 30_000, ...['05', '06', '07'].map((day) => `2027-03-${day}T00:00:00Z`));
    const [held, second, third] = leaseIds as [string, string, string];
    const sql = 'SELECT id FROM lease WHERE id = $1 FOR UPDATE';
    await whileLocked(
      '2027-04-08T00:00:00Z',
      sql,
      [held],
      async () => (await monthsCharged(service, second)).length > 1,
    );
    expect(await monthsCharged(service, held)).toEqual(['2027-03-05', '2027-04-05']);
    expect((await leaseState(service, third)).status).toBe('past_due');
  });

  it.each([
    ['lease', 'SELECT id FROM lease WHERE organization_id = $1 FOR UPDATE'],
    ['wallet', `SELECT id FROM ledger_account WHERE id = 'wallet:' || $1 FOR UPDATE`],
    ['organization', 'SELECT id FROM organization WHERE id = $1 FOR UPDATE'],
  ])('is not waited for where somebody holds a partner’s %s', async (what, sql) => {
    const month = { lease: '05', wallet: '07', organization: '09' }[what]!;
    const stuck = [
      await aLessee(service, 15_000, `2027-${month}-01T00:00:00Z`),
      await aLessee(service, 15_000, `2027-${month}-01T00:00:00Z`),
      await aLessee(service, 15_000, `2027-${month}-01T00:00:00Z`),
    ];
    const well = await aLessee(service, 15_000, `2027-${month}-02T00:00:00Z`);
    const due = new Date(`2027-${month}-03T00:00:00Z`);
    due.setUTCMonth(due.getUTCMonth() + 1);
    await whileLocked(
      due.toISOString(),
      sql.replace('= $1', '= ANY ($1)').replace(`'wallet:' || $1`, `ANY ($1)`),
      [stuck.map(({ partner }) => (what === 'wallet' ? `wallet:${partner.organizationId}` : partner.organizationId))],
      async () => (await monthsCharged(service, well.leaseIds[0]!)).length === 2,
    );
    for (const { leaseIds } of stuck) expect(await monthsCharged(service, leaseIds[0]!)).toHaveLength(2);
  });

  it('waits with the end of a lease for whoever holds its account, and ends it then', async () => {
    const { leaseIds } = await aLessee(service, 0, '2028-01-01T00:00:00Z');
    const well = await aLessee(service, 30_000, '2028-01-08T00:00:00Z');
    for (const day of ['01', '02', '03', '04', '05', '06', '07']) await run(`2028-02-${day}T00:00:00Z`);
    const { socialAccountId } = await leaseRow(leaseIds[0]!);
    const sql = 'SELECT id FROM social_account WHERE id = $1 FOR UPDATE';
    const charged = async () => (await monthsCharged(service, well.leaseIds[0]!)).length === 2;
    await whileLocked('2028-02-08T00:00:00Z', sql, [socialAccountId], charged);
    expect(await leaseState(service, leaseIds[0]!)).toMatchObject({ status: 'ended', endReason: 'billing_exhausted' });
    expect(await accountStatus(service, socialAccountId)).toBe('available');
  });

  it('does not change with a replacement: a lease past due keeps its clock and its attempts', async () => {
    const { partner, leaseIds } = await aLessee(service, 0, '2028-03-01T00:00:00Z');
    for (const day of ['01', '02', '03']) await run(`2028-04-${day}T00:00:00Z`);
    const lost = await leaseRow(leaseIds[0]!);
    const { id: newSocialAccountId } = await anAccount(service);
    const { leaseRequestId, socialAccountId, pastDueSince, retryAt, graceDaysTried } = lost;
    const replace = {
      leaseRequestId,
      socialAccountId,
      newSocialAccountId,
      oldAccountTo: 'quarantine' as const,
      reason,
    };
    const { leaseId } = await get(ReplacementService).replace(theSystem(), replace);
    expect(graceDaysTried).toBe(3);
    expect(await leaseRow(leaseId)).toMatchObject({ pastDueSince, retryAt, graceDaysTried });
    for (const day of ['04', '05', '06', '07']) expect((await run(`2028-04-${day}T00:00:00Z`)).pastDue).toBe(1);
    expect(await run('2028-04-08T00:00:00Z')).toEqual({ charged: 0, pastDue: 0, disconnected: 1 });
    expect(await leaseState(service, leaseId)).toMatchObject({ endReason: 'billing_exhausted' });
    expect(await balanceOf(service, partner.organizationId)).toBe(0);
  });

  it('is whoever’s commits first: replaced, disconnected or released beside two runs, a lease pays for nothing after its end', async () => {
    const months = 3;
    const days = Array.from({ length: 12 }, () => '2028-05-31T10:00:00Z');
    const { partner, leaseIds } = await aLessee(service, 15_000 * days.length * months, ...days);
    for (const one of [service, other]) setClock(one, new Date('2028-06-30T10:00:00Z'));
    const deeds = leaseIds.map(async (id, n) => {
      const { leaseRequestId, socialAccountId } = await leaseRow(id);
      if (n % 3 === 0) return get(LeasesService).disconnect(theSystem(), { leaseId: id, reason, refund: true });
      if (n % 3 === 1) return get(LeasesService).releaseFor(theSystem(), { leaseId: id, reason });
      const { id: newSocialAccountId } = await anAccount(service);
      return get(ReplacementService).replace(theSystem(), {
        leaseRequestId,
        socialAccountId,
        newSocialAccountId,
        oldAccountTo: 'quarantine',
        reason,
      });
    });
    const runs = [service, other].map((one) => renewals(one).run(theSystem()));
    const [{ refused }] = await Promise.all([outcomes<unknown>(deeds), ...runs]);
    expect(refused).toEqual([]);
    await run('2028-06-30T10:00:01Z');
    const wrong: unknown[] = await service.dataSource.query(
      `SELECT lease.id FROM lease JOIN ledger_transfer charge ON charge.lease_id = lease.id
        WHERE lease.organization_id = $1 AND charge.booked_at > lease.ended_at`,
      [partner.organizationId],
    );
    expect(wrong).toEqual([]);
    const [{ live }] = await service.dataSource.query(
      `SELECT count(*) AS live FROM lease WHERE organization_id = $1 AND status = 'active' AND next_renewal_at = '2028-07-31T10:00:00Z'`,
      [partner.organizationId],
    );
    expect(live).toBe(4);
  });
});
