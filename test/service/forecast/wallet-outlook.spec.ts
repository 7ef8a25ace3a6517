import { newId } from '../../../src/core/ids.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readLiveLeases } from '../../../src/fulfillment/partner-context.js';
import { WalletApiService } from '../../../src/wallet-api/wallet-api.service.js';
import { RenewalsForecastService } from '../../../src/forecast/renewals-forecast.service.js';
import { getBalanceDepletedAt } from '../../../src/forecast/runway.js';
import { WalletOutlookService } from '../../../src/forecast/wallet-outlook.service.js';
import { LowBalanceService } from '../../../src/wallets/low-balance.service.js';
import { aLessee } from '../renewals/leases.js';
import { manyDue } from '../renewals/many-leases.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { setClock } from '../../support/ledger.js';
import { theSystem, topUp } from '../../support/makers.js';

describe('the list of wallets', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
    setClock(service, new Date('2025-01-31T12:00:00Z'));
  });
  afterAll(() => service.close());

  const inList = async (organizationId: string) => {
    const [found] = await service.dataSource.query(
      'SELECT is_low AS "isLow", runs_dry_at AS "runsDryAt" FROM panel_wallet WHERE id = $1',
      [organizationId],
    );
    return found as { isLow: boolean; runsDryAt: Date | null };
  };
  const days = ['2025-01-10', '2025-01-20', '2025-01-31'];
  const renewals = ['2025-02-10', '2025-02-20', '2025-02-28', '2025-03-10', '2025-03-20', '2025-03-31', '2027-09-20'];

  it.each([
    { leases: 0, cents: 0, isLow: false, runsDry: null },
    { leases: 3, cents: 0, isLow: true, runsDry: renewals[0] },
    { leases: 3, cents: 14_999, isLow: true, runsDry: renewals[0] },
    { leases: 3, cents: 15_000, isLow: true, runsDry: renewals[1] },
    { leases: 3, cents: 44_999, isLow: true, runsDry: renewals[2] },
    { leases: 3, cents: 45_000, isLow: false, runsDry: renewals[3] },
    { leases: 3, cents: 60_000, isLow: false, runsDry: renewals[4] },
    { leases: 3, cents: 75_000, isLow: false, runsDry: renewals[5] },
    { leases: 3, cents: 31 * 45_000 + 15_000, isLow: false, runsDry: renewals[6] },
    { leases: 3, cents: 900_000_000_000, isLow: false, runsDry: null },
    { leases: 3, cents: 15_000, threshold: 10_000, isLow: false, runsDry: renewals[1] },
    { leases: 3, cents: 60_000, threshold: 60_001, isLow: true, runsDry: renewals[4] },
    { leases: 0, cents: 0, threshold: 1, isLow: true, runsDry: null },
  ])('tells the day on which the money ends, as its page does: $leases leases, $cents cents', async (wallet) => {
    const { leases, cents, threshold = null, isLow, runsDry = null } = wallet;
    const { partner } = await aLessee(service, cents, ...days.slice(0, leases).map((day) => `${day}T12:00:00Z`));
    const { organizationId } = partner;
    const input = { organizationId, lowBalanceThresholdCents: threshold };
    await service.app.get(LowBalanceService, { strict: false }).set(theSystem(), input);
    const found = await inList(organizationId);
    expect({ isLow, runsDry }).toEqual({
      isLow: found.isLow,
      runsDry: found.runsDryAt?.toISOString().slice(0, 10) ?? null,
    });
    const outlook = await service.app.get(WalletOutlookService, { strict: false }).outlook(organizationId);
    expect({ isLow: outlook.isLow, runsDryAt: outlook.runsDryAt }).toEqual(found);
    const { partners } = await service.app.get(RenewalsForecastService, { strict: false }).page();
    const forecast = partners.find((one) => one.organizationId === organizationId);
    expect(forecast?.isLow ?? isLow).toBe(isLow);
  });
});

describe('what a wallet will not cover', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  it.each([
    ['to the moment for a few leases', 3, '2027-06-09T10:30:00.001Z'],
    ['to a quarter of an hour for many', 501, '2027-06-09T10:30:00.000Z'],
  ])('is the same for its partner and for staff, %s', async (_, leases, runsDry) => {
    const organizationId = await manyDue(service, leases, 0);
    await topUp(service, organizationId, 30_000);
    // A millisecond apart, around the thirtieth day's end.
    setClock(service, new Date('2027-05-10T10:30:00Z'));
    await service.dataSource.query(
      `UPDATE lease SET anchor_day = 9, next_renewal_at = '2027-06-09T10:29:59.998Z'::timestamptz + nth * interval '1 ms'
         FROM (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM lease WHERE organization_id = $1) numbered
        WHERE lease.id = numbered.id`,
      [organizationId],
    );
    const caller = { kind: 'partner_api' as const, organizationId, apiKeyId: 'key_1', callId: newId('req') };
    const partnerSees = await service.app.get(WalletApiService, { strict: false }).show(caller);
    expect(partnerSees).toMatchObject({ runsDryAt: runsDry, shortfallCents: 15_000 * leases - 30_000 });

    const outlook = await service.app.get(WalletOutlookService, { strict: false }).outlook(organizationId);
    expect(outlook.runsDryAt?.toISOString()).toBe(runsDry);
    expect(outlook.monthsAhead.map(({ renewals }) => renewals)).toEqual([0, ...Array<number>(5).fill(leases)]);
    const { dues } = await readLiveLeases(service.dataSource.manager, organizationId);
    expect(getBalanceDepletedAt(30_000, dues)?.toISOString()).toBe(runsDry);
    const { partners } = await service.app.get(RenewalsForecastService, { strict: false }).page();
    const ahead = partners.find((partner) => partner.organizationId === organizationId);
    expect(ahead).toMatchObject({ renewals: leases, shortfallCents: partnerSees.shortfallCents });
  });
});
