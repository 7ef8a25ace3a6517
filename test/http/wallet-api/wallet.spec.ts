import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RenewalsForecastService } from '../../../src/forecast/renewals-forecast.service.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { setClock } from '../../support/ledger.js';
import { call } from '../../support/calls.js';
import { aPartner, anAccount, aRequest, theSystem, topUp, type TestPartner } from '../../support/makers.js';
import { aLessee, renewAt } from '../../service/renewals/leases.js';

describe('the partner’s wallet', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  const get = (key: string, path: string) => call(service, 'GET', path, { key });

  it('tells what it holds, what is committed, and what it will not cover, as staff see it', async () => {
    const { partner } = await aLessee(service, 20_000, '2027-01-31T10:00:00Z', '2027-01-31T12:00:00Z');
    setClock(service, new Date('2027-02-01T00:00:00Z'));
    const { body } = await get(partner.apiKey, '/v1/wallet');
    expect(body).toEqual({
      organizationId: partner.organizationId,
      currency: 'USD',
      balanceCents: 20_000,
      owedCents: 0,
      monthlyCommitmentCents: 30_000,
      coversAssignments: 1,
      nextRenewalAt: '2027-02-28T10:00:00.000Z',
      runsDryAt: '2027-02-28T12:00:00.000Z',
      shortfallCents: 10_000,
      openRequestsWant: 0,
    });
    const ahead = await service.app.get(RenewalsForecastService, { strict: false }).page();
    const staffSee = ahead.partners.find(({ organizationId }) => organizationId === partner.organizationId)!;
    expect(staffSee).toMatchObject({
      renewals: 2,
      dueCents: 30_000,
      balanceCents: 20_000,
      uncoveredFrom: '2027-02-28',
      shortfallCents: body.shortfallCents,
      days: [{ day: '2027-02-28', renewals: 2, dueCents: 30_000, uncoveredCents: 10_000 }],
    });
    expect(ahead.days.find(({ day }) => day === '2027-02-28')).toMatchObject({ dueCents: 30_000 });
    expect(ahead.days).toHaveLength(31);
  });

  it('keeps the anchor day in the moment at which it runs dry', async () => {
    const { partner } = await aLessee(service, 15_000, '2027-01-31T10:00:00Z');
    setClock(service, new Date('2027-02-01T00:00:00Z'));
    const { body } = await get(partner.apiKey, '/v1/wallet');
    expect(body).toMatchObject({ runsDryAt: '2027-03-31T10:00:00.000Z', shortfallCents: 0 });
  });

  it('shows staff what is past due, with its clock and the top-up that keeps it', async () => {
    const { partner, leaseIds } = await aLessee(service, 5_000, '2027-03-10T00:00:00Z', '2027-03-11T00:00:00Z');
    await renewAt(service, '2027-04-12T00:00:00Z');
    const { pastDue } = await service.app.get(RenewalsForecastService, { strict: false }).page();
    const theirs = pastDue.filter(({ organizationId }) => organizationId === partner.organizationId);
    expect(theirs.map(({ leaseId, topUpCents }) => [leaseId, topUpCents])).toEqual([
      [leaseIds[0], 10_000],
      [leaseIds[1], 25_000],
    ]);
    expect(theirs[0]).toMatchObject({
      pastDueSince: new Date('2027-04-12T00:00:00Z'),
      retryAt: new Date('2027-04-13T00:00:00Z'),
      disconnectsAt: new Date('2027-04-19T00:00:00Z'),
    });
  });

  it('shows staff what a partner without renewals owes, with the top-up that the partner itself is told', async () => {
    const partner = await aPartnerThatOwes(service, 20_000);
    const { body } = await get(partner.apiKey, '/v1/wallet');
    expect(body).toMatchObject({ balanceCents: 0, owedCents: 20_000, shortfallCents: 20_000 });
    const { partners } = await service.app.get(RenewalsForecastService, { strict: false }).page();
    expect(partners.find(({ organizationId }) => organizationId === partner.organizationId)).toMatchObject({
      owedCents: body.owedCents,
      shortfallCents: body.shortfallCents,
      renewals: 0,
      dueCents: 0,
      pastDue: 0,
      days: [],
      uncoveredFrom: null,
    });
  });

  it('lists those that only owe after those that are not covered and before those in no trouble', async () => {
    const uncovered = await aLessee(service, 0, '2027-06-01T00:00:00Z');
    const covered = await aLessee(service, 90_000, '2027-06-01T00:00:00Z');
    const owing = await aPartnerThatOwes(service, 20_000);
    const inOrder = [uncovered.partner, owing, covered.partner].map(({ organizationId }) => organizationId);
    const { partners } = await service.app.get(RenewalsForecastService, { strict: false }).page();
    const told = partners.map(({ organizationId }) => organizationId);
    expect(told.filter((organizationId) => inOrder.includes(organizationId))).toEqual(inOrder);
  });

  it('tells how many accounts the open requests still want', async () => {
    const partner = await aPartner(service, { walletCents: 90_000 });
    await aRequest(service, partner, { count: 3 });
    const request = await aRequest(service, partner, { count: 2 });
    const { id: socialAccountId } = await anAccount(service);
    const fulfillment = service.app.get(FulfillmentService, { strict: false });
    await fulfillment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId });
    const closed = await aRequest(service, partner, { count: 9 });
    const review = service.app.get(ReviewService, { strict: false });
    await review.reject(theSystem(), { leaseRequestId: closed.id, note: 'No.' });
    await aRequest(service, await aPartner(service), { count: 7 });
    expect((await get(partner.apiKey, '/v1/wallet')).body.openRequestsWant).toBe(4);
  });

  it('is empty and quiet for a partner without leases', async () => {
    const { apiKey } = await aPartner(service, { walletCents: 0, scopes: [] });
    const { status, body } = await get(apiKey, '/v1/wallet');
    expect(status).toBe(200);
    expect(body).toMatchObject({ balanceCents: 0, nextRenewalAt: null, runsDryAt: null, shortfallCents: 0 });
    expect((await get(apiKey, '/v1/wallet/transactions')).body).toEqual({ items: [], nextCursor: null });
  });

  describe('its transactions', () => {
    it('come newest first, with what they were for', async () => {
      const { partner } = await aLessee(service, 30_000, '2028-01-31T10:00:00Z');
      await renewAt(service, '2028-03-01T00:00:00Z');
      const { body } = await get(partner.apiKey, '/v1/wallet/transactions');
      expect(body.items).toEqual([
        {
          id: expect.stringMatching(/^txn_/),
          kind: 'lease_renewal',
          amountCents: -15_000,
          balanceAfterCents: 15_000,
          socialAccountId: expect.stringMatching(/^sa_/),
          requestId: expect.stringMatching(/^lreq_/),
          periodStart: '2028-02-29T10:00:00.000Z',
          createdAt: '2028-03-01T00:00:00.000Z',
        },
        expect.objectContaining({
          kind: 'lease_charge',
          amountCents: -15_000,
          periodStart: '2028-01-31T10:00:00.000Z',
        }),
        expect.objectContaining({ kind: 'top_up', amountCents: 45_000, socialAccountId: null, periodStart: null }),
      ]);
    });

    it('are paged without a gap or a repetition, even when booked at one moment', async () => {
      const { apiKey, organizationId } = await aPartner(service, { walletCents: 0 });
      setClock(service, new Date('2029-01-01T00:00:00Z'));
      await Promise.all(Array.from({ length: 11 }, () => topUp(service, organizationId, 100)));
      const amounts: number[] = [];
      let next: string | null = '';
      while (next !== null) {
        const page = await get(apiKey, `/v1/wallet/transactions?limit=4${next && `&cursor=${next}`}`);
        amounts.push(...page.body.items.map((item: { balanceAfterCents: number }) => item.balanceAfterCents));
        next = page.body.nextCursor;
      }
      expect(amounts).toEqual(Array.from({ length: 11 }, (_, n) => 1_100 - n * 100));
    });

    it('are narrowed by kind, project and time, both ends included', async () => {
      const { partner } = await aLessee(service, 30_000, '2030-01-31T10:00:00Z');
      await renewAt(service, '2030-02-28T10:00:00Z');
      const kinds = async (query: string) =>
        (await get(partner.apiKey, `/v1/wallet/transactions?${query}`)).body.items.map(
          ({ kind }: { kind: string }) => kind,
        );
      expect(await kinds('kind=lease_renewal')).toEqual(['lease_renewal']);
      expect(await kinds(`projectId=${partner.projectId}`)).toEqual(['lease_renewal', 'lease_charge']);
      expect(await kinds('since=2030-02-28T10:00:00Z')).toEqual(['lease_renewal']);
      expect(await kinds('since=0000-01-01T00:00:00Z&until=0000-06-01T00:00:00Z')).toEqual([]);
      expect(await kinds('since=2030-01-31T10:00:00Z&until=2030-02-28T09:59:59.999Z')).toEqual(['lease_charge']);
    });

    it.each(['kind=gift', 'since=2030-02-30T00:00:00Z', 'limit=0', 'cursor=x', 'projectId=prj_1', 'order=asc'])(
      'refuse ?%s',
      async (query) => {
        const { apiKey } = await aPartner(service, { walletCents: 0 });
        expect((await get(apiKey, `/v1/wallet/transactions?${query}`)).status).toBe(422);
      },
    );

    it('refuse the cursor of another partner’s list', async () => {
      const one = await aPartner(service);
      const other = await aPartner(service);
      await topUp(service, one.organizationId, 1);
      const { nextCursor } = (await get(one.apiKey, '/v1/wallet/transactions?limit=1')).body;
      const stolen = await get(other.apiKey, `/v1/wallet/transactions?limit=1&cursor=${nextCursor}`);
      expect(stolen.status).toBe(422);
    });
  });
});

/** One without leases, whose top-up came back after it was paid out. */
async function aPartnerThatOwes(service: TestApp, amountCents: number): Promise<TestPartner> {
  const partner = await aPartner(service, { walletCents: 0 });
  const { organizationId } = partner;
  const wallets = service.app.get(WalletsService, { strict: false });
  const reference = `bouncing for ${organizationId}`;
  const { transactionId } = await wallets.topUp(theSystem(), { organizationId, amountCents, reference });
  await wallets.payOut(theSystem(), { organizationId, amountCents, reference });
  await wallets.reverseTopUp(theSystem(), { organizationId, transactionId, reason: 'The bank took it back' });
  return partner;
}
