import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { ClaimsService } from '../../../src/lease-requests/claims.service.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReplacementService } from '../../../src/fulfillment/replacement.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { balanceOf, everything, expectCleanBooks, outcomes, requestState } from '../../support/ledger.js';
import { call } from '../../support/calls.js';
import { aRequestThatFits, aStaffMember } from '../../support/makers.js';

describe('claiming a request', () => {
  let service: TestApp;
  let claims: ClaimsService;
  let fulfilment: FulfillmentService;
  let replacement: ReplacementService;
  let review: ReviewService;
  let ana: StaffCaller;
  let jo: StaffCaller;
  beforeAll(async () => {
    service = await startTestApp();
    claims = service.app.get(ClaimsService, { strict: false });
    fulfilment = service.app.get(FulfillmentService, { strict: false });
    replacement = service.app.get(ReplacementService, { strict: false });
    review = service.app.get(ReviewService, { strict: false });
    [ana, jo] = [await aStaffMember(service, 'operator'), await aStaffMember(service, 'operator')];
  });
  afterAll(() => service.close());

  const holder = async (id: string) => {
    const [row] = await service.dataSource.query(
      'SELECT CASE WHEN claimed_until > now() THEN claimed_by END AS by FROM lease_request WHERE id = $1',
      [id],
    );
    return row.by as string | null;
  };
  const expire = (id: string) =>
    service.dataSource.query("UPDATE lease_request SET claimed_until = now() - interval '1 second' WHERE id = $1", [
      id,
    ]);

  const minutesLeft = async (id: string) => {
    const [row] = await service.dataSource.query(
      'SELECT extract(epoch FROM claimed_until - now())::float / 60 AS "left" FROM lease_request WHERE id = $1',
      [id],
    );
    return row.left as number;
  };

  it('goes to one of twenty who ask at the same moment', async () => {
    const { request } = await aRequestThatFits(service);
    const staff = await Promise.all(Array.from({ length: 20 }, () => aStaffMember(service, 'operator')));
    const { done, refused } = await outcomes(
      staff.map((member) => claims.claim(member, { leaseRequestId: request.id })),
    );
    expect(done).toHaveLength(1);
    expect(refused).toEqual(Array(19).fill('claimed'));
    expect(await holder(request.id)).toBe(done[0]!.staffId);
  });

  it("refuses a colleague's every action but a note, names the holder, and changes nothing", async () => {
    const { request, account, accounts } = await aRequestThatFits(service);
    const { id: leaseRequestId } = request;
    const { noteId } = await review.note(ana, {
      leaseRequestId,
      body: 'Wait',
      visibility: 'partner',
      blocker: 'policy',
    });
    await fulfilment.assign(jo, { leaseRequestId, socialAccountId: account.id }).catch(() => null);
    await fulfilment.assign(ana, { leaseRequestId, socialAccountId: account.id });
    const before = await everything(service);
    const replaced = {
      socialAccountId: account.id,
      newSocialAccountId: accounts[1]!.id,
      oldAccountTo: 'pool',
      reason: 'banned',
    } as const;
    const { refused } = await outcomes<unknown>([
      fulfilment.assign(jo, { leaseRequestId, socialAccountId: accounts[1]!.id }),
      // Seen long ago: who holds it matters more.
      fulfilment.assign(jo, { leaseRequestId, socialAccountId: accounts[1]!.id, version: 1 }),
      replacement.replace(jo, { leaseRequestId, ...replaced }),
      review.reject(jo, { leaseRequestId, note: 'no' }),
      review.closePartial(jo, { leaseRequestId, note: 'no' }),
      review.note(jo, { leaseRequestId, body: 'x', visibility: 'internal', blocker: 'other' }),
      review.withdrawNote(jo, { leaseRequestId, noteId }),
      review.clearBlocker(jo, { leaseRequestId }),
      claims.claim(jo, { leaseRequestId }),
      claims.unclaim(jo, { leaseRequestId }),
    ]);
    expect(refused).toEqual(Array(10).fill('claimed'));
    expect(await everything(service)).toBe(before);
    await expect(claims.claim(jo, { leaseRequestId })).rejects.toThrow(
      new RegExp(`${ana.name} has claimed .* until \\d\\d:\\d\\d`),
    );
    await review.note(jo, { leaseRequestId, body: 'I know this partner.', visibility: 'internal' });
    expect(await holder(leaseRequestId)).toBe(ana.staffId);
  });

  it('is made by whatever one does to a request that nobody holds, but by no plain note', async () => {
    const works: ((made: Awaited<ReturnType<typeof aRequestThatFits>>) => Promise<unknown>)[] = [
      ({ request, account }) => fulfilment.assign(ana, { leaseRequestId: request.id, socialAccountId: account.id }),
      ({ request }) =>
        review.note(ana, { leaseRequestId: request.id, body: 'x', visibility: 'internal', blocker: 'no_inventory' }),
      async ({ request, account, accounts }) => {
        await fulfilment.assign(jo, { leaseRequestId: request.id, socialAccountId: account.id });
        await expire(request.id);
        const [socialAccountId, newSocialAccountId] = [account.id, accounts[1]!.id];
        await replacement.replace(ana, {
          leaseRequestId: request.id,
          socialAccountId,
          newSocialAccountId,
          oldAccountTo: 'quarantine',
          reason: 'lost',
        });
      },
      async ({ request }) => {
        const note = { leaseRequestId: request.id, body: 'x', visibility: 'internal', blocker: 'other' } as const;
        await review.note(jo, note);
        await expire(request.id);
        await review.clearBlocker(ana, { leaseRequestId: request.id });
      },
    ];
    for (const work of works) {
      const made = await aRequestThatFits(service);
      await work(made);
      expect(await holder(made.request.id)).toBe(ana.staffId);
    }
    const { request } = await aRequestThatFits(service);
    await review.note(ana, { leaseRequestId: request.id, body: 'Only so that you know.', visibility: 'internal' });
    expect(await holder(request.id)).toBeNull();
    await review.reject(ana, { leaseRequestId: request.id, note: 'no' });
    expect(await holder(request.id)).toBeNull();
  });

  it('is made by one of two who begin to work on a request at the same moment; the other is refused', async () => {
    for (let round = 0; round < 25; round += 1) {
      const { partner, request, accounts } = await aRequestThatFits(service);
      const first = (who: StaffCaller, n: number) =>
        fulfilment.assign(who, { leaseRequestId: request.id, socialAccountId: accounts[n]!.id });
      const { done, refused } = await outcomes([first(ana, 0), first(jo, 1)]);
      expect([done.length, refused]).toEqual([1, ['claimed']]);
      expect(await balanceOf(service, partner.organizationId)).toBe(85_000);
    }
    await expectCleanBooks(service);
  });

  it('goes to one of those who take it over from each other at once, and whoever has lost it can do nothing more', async () => {
    for (let round = 0; round < 15; round += 1) {
      const { request, accounts } = await aRequestThatFits(service, { count: 5 });
      const leaseRequestId = request.id;
      await claims.claim(ana, { leaseRequestId });
      const staff = [ana, jo, await aStaffMember(service, 'admin')];
      await outcomes<unknown>([
        ...staff.map((who) => claims.claim(who, { leaseRequestId, takeOver: true })),
        ...staff.map((who, n) => fulfilment.assign(who, { leaseRequestId, socialAccountId: accounts[n]!.id })),
      ]);
      const last = await holder(leaseRequestId);
      expect(staff.map(({ staffId }) => staffId)).toContain(last);
      const others = staff.filter(({ staffId }) => staffId !== last);
      const { refused } = await outcomes(
        others.map((who) => fulfilment.assign(who, { leaseRequestId, socialAccountId: accounts[4]!.id })),
      );
      expect(refused).toEqual(['claimed', 'claimed']);
    }
    await expectCleanBooks(service);
  });

  it('does not keep finance from undoing what its holder has just assigned, nor is it lost by that', async () => {
    const { partner, request, account } = await aRequestThatFits(service);
    await fulfilment.assign(ana, { leaseRequestId: request.id, socialAccountId: account.id });
    const finance = await aStaffMember(service, 'finance');
    const undo = { leaseRequestId: request.id, socialAccountId: account.id, reason: 'wrong one' };
    await fulfilment.undoAssign(finance, undo);
    expect(await balanceOf(service, partner.organizationId)).toBe(100_000);
    expect(await holder(request.id)).toBe(ana.staffId);
    await fulfilment.assign(ana, { leaseRequestId: request.id, socialAccountId: account.id });
    await claims.claim(jo, { leaseRequestId: request.id, takeOver: true });
    expect((await outcomes([fulfilment.undoAssign(ana, undo)])).refused).toEqual(['claimed']);
  });

  it('is renewed by work, taken over on a word, and never touches the version', async () => {
    const { request, accounts } = await aRequestThatFits(service);
    await claims.claim(ana, { leaseRequestId: request.id });
    await service.dataSource.query(
      "UPDATE lease_request SET claimed_until = now() + interval '1 minute' WHERE id = $1",
      [request.id],
    );
    await fulfilment.assign(ana, { leaseRequestId: request.id, socialAccountId: accounts[0]!.id });
    expect(await minutesLeft(request.id)).toBeGreaterThan(14);
    await service.dataSource.query(
      "UPDATE lease_request SET claimed_until = now() + interval '1 minute' WHERE id = $1",
      [request.id],
    );
    await review.note(ana, { leaseRequestId: request.id, body: 'Two to go.', visibility: 'internal' });
    expect(await minutesLeft(request.id)).toBeGreaterThan(14);
    const { version } = await requestState(service, request.id);
    await claims.claim(jo, { leaseRequestId: request.id, takeOver: true });
    expect((await requestState(service, request.id)).version).toBe(version);
    await fulfilment.assign(jo, { leaseRequestId: request.id, socialAccountId: accounts[1]!.id, version });
    await expire(request.id);
    await fulfilment.assign(ana, { leaseRequestId: request.id, socialAccountId: accounts[2]!.id });
    // Closed, so it is nobody's.
    expect(await holder(request.id)).toBeNull();
    expect((await requestState(service, request.id)).status).toBe('assigned');
  });

  it('cannot be had of a closed request, nor by a viewer', async () => {
    const { request } = await aRequestThatFits(service);
    const viewer = await aStaffMember(service, 'viewer');
    expect((await outcomes([claims.claim(viewer, { leaseRequestId: request.id })])).refused).toEqual([
      'FORBIDDEN_ROLE',
    ]);
    await review.reject(ana, { leaseRequestId: request.id, note: 'no' });
    expect((await outcomes([claims.claim(ana, { leaseRequestId: request.id })])).refused).toEqual(['request_closed']);
  });

  it('tells a stale page what happened since', async () => {
    const { partner, request, accounts, account } = await aRequestThatFits(service);
    await fulfilment.assign(ana, { leaseRequestId: request.id, socialAccountId: account.id });
    const stale = fulfilment.assign(ana, { leaseRequestId: request.id, socialAccountId: accounts[1]!.id, version: 1 });
    await expect(stale).rejects.toThrow(`${ana.name} assigned @${account.handle}`);
    const reply = { key: partner.apiKey, body: { body: 'Adults only.' } };
    await call(service, 'POST', `/v1/leased-accounts/requests/${request.requestId}/notes`, reply);
    const staler = fulfilment.assign(ana, { leaseRequestId: request.id, socialAccountId: accounts[1]!.id, version: 1 });
    await expect(staler).rejects.toThrow(`${ana.name} assigned @${account.handle} · −$150.00; the partner replied.`);
  });
});
