import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { DashboardService } from '../../../src/dashboard/dashboard.service.js';
import { ClaimsService } from '../../../src/lease-requests/claims.service.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { LedgerVerificationJob } from '../../../src/accounting/ledger-verification.job.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { allowBookingAhead, setClock } from '../../support/ledger.js';
import {
  aPartner,
  anAccount,
  aRequest,
  aStaffMember,
  type TestPartner,
  type TestRequest,
} from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';
import { anEndpoint } from '../../support/webhooks.js';

const HOUR = 3_600_000;
const at = (text: string) => new Date(`${text}Z`);

describe('the dashboard', () => {
  let service: TestApp;
  let operator: StaffCaller;
  let rich: TestPartner;
  let fulfilment: FulfillmentService;
  let review: ReviewService;
  beforeAll(async () => {
    // Berlin is an hour ahead: what happens at 23:30 UTC belongs to the next day.
    service = await startTestApp({ businessTimeZone: 'Europe/Berlin' });
    operator = await aStaffMember(service, 'operator');
    fulfilment = service.app.get(FulfillmentService, { strict: false });
    review = service.app.get(ReviewService, { strict: false });
    setClock(service, at('2027-01-10T08:00:00'));
    rich = await aPartner(service);
    await story();
    setClock(service, at('2027-03-10T12:00:00'));
    await allowBookingAhead(service, at('2027-03-10T12:00:00'));
  });
  afterAll(() => service.close());

  const figures = (days = '7') => service.app.get(DashboardService, { strict: false }).figures({ days });

  async function asked(partner: TestPartner, submitted: string, due: string, wishes = {}): Promise<TestRequest> {
    const request = await aRequest(service, partner, wishes);
    await service.dataSource.query('UPDATE lease_request SET submitted_at = $2, due_at = $3 WHERE id = $1', [
      request.id,
      at(submitted),
      at(due),
    ]);
    return request;
  }

  async function assign(request: TestRequest, when: string): Promise<{ leaseId: string; id: string }> {
    setClock(service, at(when));
    const account = await anAccount(service);
    const { leaseId } = await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    return { leaseId, id: account.id };
  }

  async function story(): Promise<void> {
    // January: one lease, undone in time, and one that stays.
    const january = await asked(rich, '2027-01-10T08:00:00', '2027-01-13T08:00:00', { count: 2 });
    const taken = await assign(january, '2027-01-10T09:00:00');
    await fulfilment.undoAssign(operator, {
      leaseRequestId: january.id,
      socialAccountId: taken.id,
      reason: 'wrong one',
    });
    await assign(january, '2027-01-11T08:00:00');
    await assign(january, '2027-01-31T23:30:00');

    // The week before the 10th of March: paused for five hours, first account 10 hours after it came, closed after 30.
    const paused = await asked(rich, '2027-03-08T06:00:00', '2027-03-10T06:00:00', { count: 2 });
    setClock(service, at('2027-03-08T07:00:00'));
    const note = { leaseRequestId: paused.id, body: 'Which?', visibility: 'partner' as const };
    await review.note(operator, { ...note, blocker: 'needs_clarification' });
    setClock(service, at('2027-03-08T12:00:00'));
    await review.clearBlocker(operator, { leaseRequestId: paused.id });
    await assign(paused, '2027-03-08T16:00:00');
    await assign(paused, '2027-03-09T12:00:00');

    // Came on the 5th, was overdue from the 8th, was rejected on the 9th after 100 hours.
    const late = await asked(rich, '2027-03-05T08:00:00', '2027-03-08T08:00:00');
    setClock(service, at('2027-03-09T12:00:00'));
    await review.reject(operator, { leaseRequestId: late.id, note: 'Sorry.' });

    // Still open on the 10th: overdue since the 9th and held; blocked; without cover.
    const open = await asked(rich, '2027-03-04T12:00:00', '2027-03-09T10:00:00', {
      count: 5,
      vertical: 'Tea',
      language: 'de',
    });
    const blocked = await asked(rich, '2027-03-09T12:00:00', '2027-03-12T12:00:00', { count: 4, language: null });
    const poor = await aPartner(service, { walletCents: 10_000 });
    await asked(poor, '2027-03-10T08:00:00', '2027-03-12T08:00:00', { count: 2 });
    // Paused by failures: one of a partner and one of its sandbox.
    for (const owner of [poor, await aSandbox(service, poor)]) {
      const { id } = await anEndpoint(service, owner, { url: 'http://127.0.0.1:9999' });
      const paused =
        "UPDATE webhook_endpoint SET status = 'auto_paused', auto_paused_at = now(), next_probe_at = now() WHERE id = $1";
      await service.dataSource.query(paused, [id]);
    }
    setClock(service, at('2027-03-10T11:00:00'));
    await service.app.get(ClaimsService, { strict: false }).claim(operator, { leaseRequestId: open.id });
    await review.note(operator, { leaseRequestId: blocked.id, body: 'No.', visibility: 'internal', blocker: 'policy' });
    await anAccount(service, { verticals: ['tea'], language: 'de-AT' });
    for (let n = 0; n < 3; n += 1) await anAccount(service);
    await anAccount(service, { status: 'warming' });
  }

  it('tells the next shift what there is to know', async () => {
    const { tiles, asOf, timeZone } = await figures();
    expect({ asOf, timeZone }).toEqual({ asOf: at('2027-03-10T12:00:00'), timeZone: 'Europe/Berlin' });
    expect(tiles).toEqual({
      overdue: { count: 1, oldestMs: 26 * HOUR },
      blocked: { count: 1, accounts: 4 },
      held: { count: 2, colleagues: 1 },
      // The rich one's wallet pays for two of the nine accounts that are still wanted.
      walletShort: { count: 3, missingCents: 95_000 + 20_000 },
      pastDue: { count: 0, since: null },
      pausedWebhooks: { count: 1, partners: 1 },
      leases: { live: 4, monthlyCents: 60_000 },
      books: null,
    });
    await service.app.get(LedgerVerificationJob, { strict: false }).verifyWhenDue();
    expect((await figures()).tiles.books).toEqual({ verifiedAt: at('2027-03-10T12:00:00'), faults: 0, named: [] });
  });

  it('reckons backwards how deep the queue was on each day', async () => {
    const { depth } = await figures();
    expect(depth.map(({ day, open, overdue }) => [day.slice(5), open, overdue])).toEqual([
      ['03-04', 1, 0],
      ['03-05', 2, 0],
      ['03-06', 2, 0],
      ['03-07', 2, 0],
      ['03-08', 3, 1],
      ['03-09', 2, 1],
      ['03-10', 3, 1],
    ]);
  });

  it('tells how long requests took, without the time that their clocks stood still', async () => {
    const { speed } = await figures();
    const of = (day: string) => speed.days.find((one) => one.day === day);
    expect(of('2027-03-08')).toMatchObject({
      firsts: 1,
      firstMedianMs: 5 * HOUR,
      firstP95Ms: 5 * HOUR,
      closed: 0,
      closeMedianMs: null,
    });
    // 25 and 100 hours.
    expect(of('2027-03-09')).toMatchObject({ firsts: 0, firstMedianMs: null, closed: 2, closeMedianMs: 62.5 * HOUR });
    expect(of('2027-03-09')!.closeP95Ms).toBe((25 + 0.95 * 75) * HOUR);
    expect(speed.pausedMs).toBe(5 * HOUR);
    expect(speed.whole).toEqual({
      firsts: 1,
      firstMedianMs: 5 * HOUR,
      firstP95Ms: 5 * HOUR,
      closed: 2,
      closeMedianMs: 62.5 * HOUR,
      closeP95Ms: (25 + 0.95 * 75) * HOUR,
    });
  });

  it('has leases and revenue by month of the business’s own time zone', async () => {
    const { months } = await figures();
    expect(months).toHaveLength(12);
    expect(months.slice(-4)).toEqual([
      { month: '2026-12', activeLeases: 0, revenueCents: 0 },
      { month: '2027-01', activeLeases: 1, revenueCents: 15_000 },
      { month: '2027-02', activeLeases: 2, revenueCents: 15_000 },
      { month: '2027-03', activeLeases: 4, revenueCents: 30_000 },
    ]);
  });

  it('sets unmet demand against stock', async () => {
    const { warm } = await figures();
    expect(warm.verticals).toEqual(['coffee', 'tea']);
    expect(warm.languages).toEqual(['de', 'any', 'en']);
    const cell = (vertical: string, language: string) =>
      warm.cells.find((one) => one.vertical === vertical && one.language === language);
    expect(warm.cells).toHaveLength(6);
    expect(cell('tea', 'de')).toMatchObject({ wanted: 5, stock: 1, requests: 1 });
    // The undone account is back in stock too.
    expect(cell('coffee', 'any')).toMatchObject({ wanted: 4, stock: 4, stockIsMore: false });
    expect(cell('coffee', 'en')).toMatchObject({ wanted: 2, stock: 4 });
    expect(cell('tea', 'en')).toMatchObject({ wanted: 0, stock: 0, requests: 0 });
  });

  it('looks at 7, 30 or 90 days', async () => {
    const service30 = service.app.get(DashboardService, { strict: false });
    expect((await service30.figures()).depth).toHaveLength(30);
    expect((await figures('90')).speed.days).toHaveLength(90);
    for (const days of ['8', '07', '-7', 7, ['7']]) {
      await expect(service30.figures({ days })).rejects.toMatchObject({ code: 'VALIDATION' });
    }
  });
});
