import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RenewalsForecastService } from '../../../src/forecast/renewals-forecast.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { setClock } from '../../support/ledger.js';
import { aLessee } from '../renewals/leases.js';
import { manyDue } from '../renewals/many-leases.js';

const dueDays = async (service: TestApp) => {
  const { days } = await service.app.get(RenewalsForecastService, { strict: false }).page();
  return { days, due: days.filter(({ renewals }) => renewals > 0).map(({ day, renewals }) => [day, renewals]) };
};

describe('The days of the renewals ahead', () => {
  let berlin: TestApp;
  let kolkata: TestApp;
  beforeAll(async () => {
    [berlin, kolkata] = await Promise.all([
      startTestApp({ businessTimeZone: 'Europe/Berlin' }),
      startTestApp({ businessTimeZone: 'Asia/Kolkata' }),
    ]);
  });
  afterAll(() => Promise.all([berlin.close(), kolkata.close()]));

  it('reach into one more day where summer time begins before the last of them', async () => {
    await aLessee(berlin, 0, '2027-02-28T22:35:00Z');
    // Half an hour before midnight; thirty times 24 hours later it is half an hour past.
    setClock(berlin, new Date('2027-02-26T22:30:00Z'));
    const { days, due } = await dueDays(berlin);
    expect([days[0]!.day, days.at(-1)!.day, days.length]).toEqual(['2027-02-26', '2027-03-29', 32]);
    expect(due).toEqual([['2027-03-29', 1]]);
  });

  it('part the leases of one hour where a day begins within it', async () => {
    const organizationId = await manyDue(kolkata, 600, 0);
    await kolkata.dataSource.query(
      `UPDATE lease SET next_renewal_at = CASE WHEN nth <= 100 THEN '2027-01-10T18:29:59Z' ELSE '2027-01-10T18:30:00Z' END::timestamptz
         FROM (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM lease WHERE organization_id = $1) numbered
        WHERE numbered.id = lease.id`,
      [organizationId],
    );
    setClock(kolkata, new Date('2027-01-01T00:00:00Z'));
    expect((await dueDays(kolkata)).due).toEqual([
      ['2027-01-10', 100],
      ['2027-01-11', 500],
    ]);
  });
});
