import { newId } from '../../../src/core/ids.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readLiveLeases } from '../../../src/fulfillment/partner-context.js';
import { WalletApiService } from '../../../src/wallet-api/wallet-api.service.js';
import { RenewalsForecastService } from '../../../src/forecast/renewals-forecast.service.js';
import { getBalanceDepletedAt } from '../../../src/forecast/runway.js';
import { WalletOutlookService } from '../../../src/forecast/wallet-outlook.service.js';
import { manyDue } from '../renewals/many-leases.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { setClock } from '../../support/ledger.js';
import { topUp } from '../../support/makers.js';

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
