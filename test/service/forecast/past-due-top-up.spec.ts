import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { toPastDueLeasesSql } from '../../../src/forecast/past-due-leases.js';
import { RenewalsForecastService } from '../../../src/forecast/renewals-forecast.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectCleanBooks, setClock } from '../../support/ledger.js';
import { aStaffMember, topUp, type TestPartner } from '../../support/makers.js';
import { countHandledRows } from '../../support/sql/plans.js';
import { aLessee, lease, leaseState, releaseAll, renewAt } from '../renewals/leases.js';
import { manyDue } from '../renewals/many-leases.js';

describe('the top-up that keeps a lease', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());
  afterEach(async () => {
    await expectCleanBooks(service);
    await releaseAll(service);
  });

  const topUps = async (organizationId: string): Promise<[leaseId: string, topUpCents: number][]> => {
    const { pastDue } = await service.app.get(RenewalsForecastService, { strict: false }).page();
    const theirs = pastDue.filter((one) => one.organizationId === organizationId);
    return theirs.map(({ leaseId, topUpCents }) => [leaseId, topUpCents]);
  };
  const atPrice = (partner: TestPartner, cents: number) =>
    service.dataSource.query('UPDATE organization SET price_cents = $2 WHERE id = $1', [partner.organizationId, cents]);

  /** Reverses what the wallet began with: what it does not hold any more is owed. */
  async function takeBackTopUp(organizationId: string) {
    const [{ id: transactionId }] = await service.dataSource.query(
      "SELECT id FROM ledger_transfer WHERE organization_id = $1 AND kind = 'top_up'",
      [organizationId],
    );
    const finance = await aStaffMember(service, 'finance');
    const wallets = service.app.get(WalletsService, { strict: false });
    await wallets.reverseTopUp(finance, { organizationId, transactionId, reason: 'The bank took it back' });
  }

  /** Tops up all but a cent of each lease's figure and then that cent, the smallest figure first. */
  async function proveEach(organizationId: string, at: string) {
    let paidCents = 0;
    const pay = async (upToCents: number) => {
      await topUp(service, organizationId, upToCents - paidCents);
      paidCents = upToCents;
      await renewAt(service, at);
    };
    for (const [leaseId, topUpCents] of (await topUps(organizationId)).sort((a, b) => a[1] - b[1])) {
      if (topUpCents - 1 > paidCents) await pay(topUpCents - 1);
      expect(await leaseState(service, leaseId)).toMatchObject({ status: 'past_due' });
      await pay(topUpCents);
      expect(await leaseState(service, leaseId)).toMatchObject({ status: 'active' });
    }
  }

  it('pays for the older months that were missed, and for each of its own', async () => {
    const { partner, leaseIds } = await aLessee(service, 0, '2028-01-01T00:00:00Z', '2028-03-20T00:00:00Z');
    const at = '2028-04-21T00:00:00Z';
    await renewAt(service, at);
    // February, March and April of the one, and then April of the other.
    expect((await topUps(partner.organizationId)).sort()).toEqual([
      [leaseIds[0], 45_000],
      [leaseIds[1], 60_000],
    ]);
    await proveEach(partner.organizationId, at);
    expect(await topUps(partner.organizationId)).toEqual([]);
  });

  it('counts every month by its own beginning, on anchor days that a month does not have', async () => {
    const { partner } = await aLessee(service, 0, '2026-11-30T08:00:00Z', '2026-12-31T10:00:00Z');
    const { organizationId } = partner;
    await atPrice(partner, 7_001);
    await topUp(service, organizationId, 7_001 * 3);
    await lease(service, partner, '2026-12-31T10:00:00Z', '2027-01-28T09:00:00Z', '2027-01-29T12:00:00Z');
    const at = '2027-03-30T09:00:00Z';
    await renewAt(service, at);
    // Of the lease of the 29th, 28 February is not before those of the 31st, which have no month due in March.
    const told = (await topUps(organizationId)).map(([, cents]) => cents);
    expect(told.sort((a, b) => a - b)).toEqual([89_002, 96_003, 110_005, 117_006, 132_006]);
    await proveEach(organizationId, at);
  });

  it('counts every month of years in which nobody tried', async () => {
    const { partner } = await aLessee(
      service,
      0,
      '2031-01-30T08:00:00Z',
      '2031-01-31T07:00:00Z',
      '2031-02-28T09:00:00Z',
    );
    const { organizationId } = partner;
    const at = '2034-03-30T07:30:00Z';
    await renewAt(service, at);
    // 37 months of each. The last ones: 28 February at 7:00 and at 8:00, then of the third 28 February at 9:00 and 28 March.
    const told = (await topUps(organizationId)).map(([, cents]) => cents / 15_000);
    expect(told.sort((a, b) => a - b)).toEqual([108, 109, 111]);
    await proveEach(organizationId, at);
  });

  it('counts what is owed and what is due but was not attempted yet', async () => {
    const { partner, leaseIds } = await aLessee(service, 4_000, '2029-01-05T00:00:00Z', '2029-01-10T00:00:00Z');
    await renewAt(service, '2029-02-10T00:00:00Z');
    setClock(service, new Date('2029-03-06T00:00:00Z'));
    expect((await topUps(partner.organizationId)).sort()).toEqual([
      [leaseIds[0], 41_000],
      [leaseIds[1], 26_000],
    ]);
    await takeBackTopUp(partner.organizationId);
    expect((await topUps(partner.organizationId)).sort()).toEqual([
      [leaseIds[0], 75_000],
      [leaseIds[1], 60_000],
    ]);
    await proveEach(partner.organizationId, '2029-03-06T00:00:00Z');
  });

  it('is told among many leases that are due at one moment, for each in its turn', async () => {
    const leases = 250;
    const organizationId = await manyDue(service, leases, 0);
    await renewAt(service, new Date().toISOString());
    const told = (await topUps(organizationId)).sort();
    expect(told.map(([, cents]) => cents)).toEqual(Array.from({ length: 200 }, (_, nth) => 15_000 * (nth + 1)));
  });

  it('takes no more work for years of missed months than for two', async () => {
    const organizationId = await manyDue(service, 250, 0);
    const now = new Date();
    await renewAt(service, now.toISOString());
    const countRows = async (missedMonths: number) => {
      const runner = service.dataSource.createQueryRunner();
      await runner.startTransaction();
      try {
        await runner.query(
          `UPDATE lease SET next_renewal_at = next_renewal_at - make_interval(months => $2) WHERE organization_id = $1`,
          [organizationId, missedMonths],
        );
        return await countHandledRows(runner, toPastDueLeasesSql(now, 200));
      } finally {
        await runner.rollbackTransaction();
        await runner.release();
      }
    };
    expect(await countRows(36)).toBeLessThan(1.1 * (await countRows(2)));
  });
});
