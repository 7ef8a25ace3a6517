import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { RequestViewService } from '../../../src/fulfillment/request-view.service.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReplacementService } from '../../../src/fulfillment/replacement.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { ClaimsService } from '../../../src/lease-requests/claims.service.js';
import { lockRequest } from '../../../src/lease-requests/request-lock.js';
import { QueueService } from '../../../src/queue/queue.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { Transactions } from '../../../src/core/transactions.js';
import { MoneyFreeze } from '../../../src/wallets/money-freeze.js';
import { getBalanceDepletedAt } from '../../../src/forecast/runway.js';
import { renewAt } from '../renewals/leases.js';
import { call } from '../../support/calls.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { setClock } from '../../support/ledger.js';
import {
  aPartner,
  aRequest,
  aRequestThatFits,
  aStaffMember,
  anAccount,
  callerOf,
  theSystem,
} from '../../support/makers.js';

describe('what the page of a request shows', () => {
  let service: TestApp;
  let operator: StaffCaller;
  const get = <T>(what: new (...parts: never[]) => T): T => service.app.get(what as never, { strict: false });
  const view = (id: string) => get(RequestViewService).view(operator, id);
  beforeAll(async () => {
    service = await startTestApp();
    operator = await aStaffMember(service, 'operator');
  });
  afterAll(() => service.close());

  it('puts an account that this partner gave back behind all others that fit, and says that nobody has checked it', async () => {
    const { partner, request } = await aRequestThatFits(service, { count: 5, vertical: 'archery' });
    const given = await anAccount(service, { verticals: ['archery'], followers: 90_000 });
    await anAccount(service, { verticals: ['archery'], followers: 10 });
    const first = (await view(request.id)).candidates;
    expect(first.map(({ followers }) => followers)).toEqual([90_000, 10]);
    await get(FulfillmentService).assign(operator, { leaseRequestId: request.id, socialAccountId: given.id });
    await get(Transactions).run((em) =>
      get(LeasesService).release(em, callerOf(partner), { socialAccountId: given.id }),
    );
    const { candidates } = await view(request.id);
    expect(candidates.map(({ followers, releasedByPartnerAt }) => [followers, releasedByPartnerAt !== null])).toEqual([
      [10, false],
      [90_000, true],
    ]);
    expect(candidates[1]!.uncheckedSince).toBeInstanceOf(Date);
    const stranger = await aRequest(service, await aPartner(service), { vertical: 'archery' });
    expect((await view(stranger.id)).candidates.map(({ followers }) => followers)).toEqual([90_000, 10]);
  });

  describe('why a request woke', () => {
    async function aWokenRequest(wokeAgo = '1 minute') {
      const made = await aRequestThatFits(service, { count: 3 });
      await service.dataSource.query(
        "UPDATE lease_request SET woke_because = 'top_up', woke_at = now() - $2::interval WHERE id = $1",
        [made.request.id, wokeAgo],
      );
      return { ...made, leaseRequestId: made.request.id };
    }

    async function readWoke(id: string) {
      const { rows } = await get(QueueService).page(operator, { q: id });
      const shown = [rows[0]!.wokeBecause, (await view(id)).request.wokeBecause];
      expect(new Set(shown).size).toBe(1);
      return shown[0];
    }

    it('is shown until the request is opened, for a day at most', async () => {
      const { leaseRequestId } = await aWokenRequest();
      expect(await readWoke(leaseRequestId)).toBe('top_up');
      await get(ReviewService).acknowledgeUnblock(operator, { leaseRequestId });
      expect(await readWoke(leaseRequestId)).toBeNull();
      expect(await readWoke((await aWokenRequest('23 hours 59 minutes')).request.id)).toBe('top_up');
      expect(await readWoke((await aWokenRequest('24 hours 1 minute')).request.id)).toBeNull();
    });

    it('ends with whatever staff do on it, wherever they do it', async () => {
      const note = { body: 'Look', visibility: 'internal' } as const;
      type Woken = Awaited<ReturnType<typeof aWokenRequest>>;
      const work: ((made: Woken) => Promise<unknown>)[] = [
        ({ leaseRequestId }) => get(ClaimsService).claim(operator, { leaseRequestId }),
        ({ leaseRequestId }) => get(ReviewService).note(operator, { ...note, leaseRequestId }),
        ({ leaseRequestId }) => get(ReviewService).note(operator, { ...note, leaseRequestId, blocker: 'other' }),
        ({ leaseRequestId, account }) =>
          get(FulfillmentService).assign(theSystem(), { leaseRequestId, socialAccountId: account.id }),
      ];
      for (const [n, act] of work.entries()) {
        const made = await aWokenRequest();
        await act(made);
        expect([n, await readWoke(made.leaseRequestId)]).toEqual([n, null]);
      }
    });

    it('stays while nobody has seen it: with serve next, and with a note of the partner', async () => {
      const { leaseRequestId, partner, request } = await aWokenRequest();
      const path = `/v1/leased-accounts/requests/${request.requestId}/notes`;
      await call(service, 'POST', path, { key: partner.apiKey, body: { body: 'Any news?' } });
      await get(Transactions).run(async (em) =>
        get(ClaimsService).claimLocked(em, operator, await lockRequest(em, leaseRequestId)),
      );
      expect(await readWoke(leaseRequestId)).toBe('top_up');
    });
  });

  it('tells while money is frozen, and why', async () => {
    const { request } = await aRequestThatFits(service);
    expect((await view(request.id)).frozenBecause).toBeNull();
    await get(MoneyFreeze).freeze(theSystem(), { reason: 'the bank called' });
    expect((await view(request.id)).frozenBecause).toBe('the bank called');
    await get(MoneyFreeze).thaw(theSystem());
  });

  it('puts what this partner gave back behind everything else, fitting or not, in the list and in a search', async () => {
    const { partner, request } = await aRequestThatFits(service, { count: 5, vertical: 'falconry' });
    const verticals = ['falconry'];
    const back = await anAccount(service, { verticals, followers: 90_000 });
    const backAndUnfit = await anAccount(service, { verticals, followers: 80_000, countries: ['FR'] });
    await anAccount(service, { verticals, followers: 20 });
    await anAccount(service, { verticals, followers: 10, countries: ['DE'] });
    for (const { id } of [back, backAndUnfit]) {
      await get(FulfillmentService).assign(operator, { leaseRequestId: request.id, socialAccountId: id });
      await get(Transactions).run((em) => get(LeasesService).release(em, callerOf(partner), { socialAccountId: id }));
    }
    const { candidates, pool } = await get(RequestViewService).view(operator, request.id, 'falconry');
    for (const list of [candidates, pool]) {
      expect(list.map(({ followers }) => followers)).toEqual([20, 10, 90_000, 80_000]);
    }
  });

  it("names the partner's other open requests and its live leases", async () => {
    const { partner, request, account } = await aRequestThatFits(service, { count: 2 });
    const other = await aRequest(service, partner, { count: 4, vertical: 'home baristas' });
    await get(FulfillmentService).assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    const { samePartner, wallet } = await view(request.id);
    expect(samePartner).toMatchObject({
      openRequests: [{ id: other.id, count: 4, vertical: 'home baristas' }],
      liveLeases: 1,
    });
    expect(wallet.dues).toEqual([{ at: expect.any(Date), anchorDay: new Date().getUTCDate(), cents: 15_000 }]);
  });

  it('offers close verticals for one that the pool does not know, none where nothing is close, and none for one that it knows', async () => {
    await anAccount(service, { verticals: ['woodworking'] });
    const partner = await aPartner(service);
    const unknown = await aRequest(service, partner, { vertical: 'Wood working' });
    const known = await aRequest(service, partner, { vertical: 'Woodworking' });
    const phrase = await aRequest(service, partner, { vertical: 'Woodwork for beginners' });
    const nonsense = await aRequest(service, partner, { vertical: 'W'.repeat(40) });
    const offers = async ({ id }: { id: string }) => {
      const { unknownVertical, closeVerticals } = (await view(id)).request;
      return { unknownVertical, words: closeVerticals.map(({ vertical }) => vertical) };
    };
    expect(await offers(unknown)).toEqual({ unknownVertical: 'wood working', words: ['woodworking'] });
    expect(await offers(phrase)).toEqual({ unknownVertical: 'woodwork for beginners', words: ['woodworking'] });
    expect(await offers(nonsense)).toEqual({ unknownVertical: 'w'.repeat(40), words: [] });
    expect(await offers(known)).toEqual({ unknownVertical: null, words: [] });
  });

  it('tells how much of its time a request has used, standing still while it is paused', async () => {
    setClock(service, new Date('2027-01-05T12:00:00Z'));
    const request = await aRequest(service, await aPartner(service));
    await service.dataSource.query('UPDATE lease_request SET submitted_at = $2, due_at = $3 WHERE id = $1', [
      request.id,
      new Date('2027-01-04T12:00:00Z'),
      new Date('2027-01-06T12:00:00Z'),
    ]);
    expect((await view(request.id)).request.dueShare).toBeCloseTo(0.5);
    await get(ReviewService).note(operator, {
      leaseRequestId: request.id,
      body: 'Which age group?',
      visibility: 'partner',
      blocker: 'needs_clarification',
      lookAgainOn: '2027-02-01',
    });
    setClock(service, new Date('2027-01-07T12:00:00Z'));
    const paused = (await view(request.id)).request;
    expect(paused.dueShare).toBeCloseTo(0.5);
    expect(paused.blocker).toMatchObject({ kind: 'needs_clarification', lookAgainOn: '2027-02-01' });
    await get(ReviewService).clearBlocker(operator, { leaseRequestId: request.id });
    setClock(service, new Date('2027-01-09T12:00:00Z'));
    expect((await view(request.id)).request.dueShare).toBeGreaterThan(1);
    setClock(service, new Date());
  });

  it('tells since when a lease is past due: from the first attempt that failed, not from the day it fell due', async () => {
    setClock(service, new Date('2027-03-10T00:00:00Z'));
    const { request, account } = await aRequestThatFits(service, { walletCents: 15_000, count: 1 });
    await get(FulfillmentService).assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    expect((await view(request.id)).assigned).toMatchObject([{ status: 'active', pastDueSince: null }]);
    await renewAt(service, '2027-04-12T06:00:00Z');
    expect((await view(request.id)).assigned).toMatchObject([
      {
        status: 'past_due',
        nextRenewalAt: new Date('2027-04-10T00:00:00Z'),
        pastDueSince: new Date('2027-04-12T06:00:00Z'),
      },
    ]);
    setClock(service, new Date());
  });

  it.each([
    [undefined, ''],
    ['Wrong one', ': Wrong one'],
  ])('says what was undone, with its reason where there is one: %s', async (reason, ending) => {
    const { request, account } = await aRequestThatFits(service);
    const ref = { leaseRequestId: request.id, socialAccountId: account.id };
    await get(FulfillmentService).assign(operator, ref);
    await get(FulfillmentService).undoAssign(operator, { ...ref, ...(reason && { reason }) });
    const [event] = (await view(request.id)).events.filter(({ type }) => type === 'leased_account.assignment_undone');
    expect(event).toMatchObject({ text: `undid the assignment of @${account.handle}${ending}` });
  });

  it('links a replacement to its lease and its refund', async () => {
    const { request, accounts } = await aRequestThatFits(service, { count: 2 });
    await get(FulfillmentService).assign(operator, { leaseRequestId: request.id, socialAccountId: accounts[0]!.id });
    const { leaseId } = await get(ReplacementService).replace(operator, {
      leaseRequestId: request.id,
      socialAccountId: accounts[0]!.id,
      newSocialAccountId: accounts[1]!.id,
      oldAccountTo: 'quarantine',
      reason: 'Banned',
    });
    const [event] = (await view(request.id)).events.filter(({ type }) => type === 'leased_account.replaced');
    expect(event).toMatchObject({
      leaseId,
      text: `replaced @${accounts[0]!.handle} with @${accounts[1]!.handle}: Banned · the old one went into quarantine`,
    });
    const [refund] = await service.dataSource.query('SELECT kind FROM ledger_transfer WHERE id = $1', [
      event!.transactionId,
    ]);
    expect(refund.kind).toBe('refund');
  });
});

describe('how long a wallet lasts', () => {
  const dues = [
    { at: '2027-01-31T08:00:00Z', anchorDay: 31, cents: 100 },
    { at: '2027-01-10T08:00:00Z', anchorDay: 10, cents: 50 },
  ];

  it.each([
    [49, '2027-01-10T08:00:00.000Z'],
    [149, '2027-01-31T08:00:00.000Z'],
    [150, '2027-02-10T08:00:00.000Z'],
    [200, '2027-02-28T08:00:00.000Z'],
  ])('%i cents', (balance, day) => {
    expect(getBalanceDepletedAt(balance, dues)?.toISOString()).toBe(day);
  });

  it('goes by the day that a lease is anchored to, not by that of a short month', () => {
    const anchored = [
      { at: '2027-02-28T08:00:00Z', anchorDay: 31, cents: 100 },
      { at: '2027-02-28T09:00:00Z', anchorDay: 28, cents: 50 },
    ];
    expect(getBalanceDepletedAt(100 + 50 + 50, anchored)?.toISOString()).toBe('2027-03-31T08:00:00.000Z');
    expect(getBalanceDepletedAt(100 + 50, anchored)?.toISOString()).toBe('2027-03-28T09:00:00.000Z');
  });

  it.each([
    [99, '2027-02-01T00:00:00.000Z'],
    [100, '2027-03-01T00:00:00.000Z'],
    [300, '2027-04-20T00:00:00.000Z'],
    [400, '2027-05-01T00:00:00.000Z'],
  ])('goes by the moments at which money falls due, however far apart leases begin: %i cents', (balance, moment) => {
    const apart = [
      { at: '2027-04-20T00:00:00Z', anchorDay: 20, cents: 100 },
      { at: '2027-02-01T00:00:00Z', anchorDay: 1, cents: 100 },
    ];
    expect(getBalanceDepletedAt(balance, apart)?.toISOString()).toBe(moment);
  });

  it('is no matter where nothing falls due, nor within three years of what does first', () => {
    expect(getBalanceDepletedAt(0, [])).toBeNull();
    expect(getBalanceDepletedAt(150 * 36, dues)).toBeNull();
    expect(getBalanceDepletedAt(150 * 36 - 1, dues)?.toISOString()).toBe('2029-12-31T08:00:00.000Z');
    const acrossNewYear = [
      { at: '2027-01-20T08:00:00Z', anchorDay: 20, cents: 100 },
      { at: '2027-02-14T08:00:00Z', anchorDay: 14, cents: 50 },
    ];
    expect(getBalanceDepletedAt(150 * 36, acrossNewYear)).toBeNull();
    expect(getBalanceDepletedAt(150 * 36 - 1, acrossNewYear)?.toISOString()).toBe('2030-01-14T08:00:00.000Z');
  });
});
