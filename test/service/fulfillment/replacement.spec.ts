import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReplacementService } from '../../../src/fulfillment/replacement.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { RequestViewService } from '../../../src/fulfillment/request-view.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  accountStatus,
  balanceOf,
  everything,
  expectCleanBooks,
  outcomes,
  requestState,
  setClock,
} from '../../support/ledger.js';
import { call } from '../../support/calls.js';
import { aRequest, aRequestThatFits, aStaffMember, anAccount } from '../../support/makers.js';

describe('replacing an account', () => {
  let service: TestApp;
  let replacement: ReplacementService;
  let fulfilment: FulfillmentService;
  let operator: StaffCaller;
  beforeAll(async () => {
    service = await startTestApp();
    replacement = service.app.get(ReplacementService, { strict: false });
    fulfilment = service.app.get(FulfillmentService, { strict: false });
    operator = await aStaffMember(service, 'operator');
  });
  afterAll(async () => {
    await expectCleanBooks(service);
    await service.close();
  });
  beforeEach(() => setClock(service, new Date('2027-01-31T10:00:00Z')));

  async function anAssignment(wishes: { count?: number; walletCents?: number } = {}) {
    const made = await aRequestThatFits(service, wishes);
    for (const { id } of made.accounts.slice(0, wishes.count === 2 ? 2 : 1)) {
      await fulfilment.assign(operator, { leaseRequestId: made.request.id, socialAccountId: id });
    }
    return { ...made, fresh: await anAccount(service) };
  }

  type Made = Awaited<ReturnType<typeof anAssignment>>;
  const toCommand = (made: Made, newSocialAccountId = made.fresh.id) => ({
    leaseRequestId: made.request.id,
    socialAccountId: made.account.id,
    newSocialAccountId,
    reason: 'banned by the platform',
  });
  const replace = (made: Made, newSocialAccountId?: string) =>
    replacement.replace(operator, { ...toCommand(made, newSocialAccountId), oldAccountTo: 'quarantine' });
  const idsOf = async (made: Made) => {
    const path = `/v1/leased-accounts/requests/${made.request.requestId}`;
    return (await call(service, 'GET', path, { key: made.partner.apiKey })).body.assignedSocialAccountIds;
  };

  it('costs nothing net with an empty wallet, and keeps place, price, anchor and next renewal', async () => {
    const made = await anAssignment({ count: 2, walletCents: 30_000 });
    setClock(service, new Date('2027-02-10T08:00:00Z'));
    const receipt = await replace(made);
    expect(receipt).toMatchObject({
      refundedCents: 15_000,
      chargedCents: 15_000,
      nextRenewalAt: new Date('2027-02-28T10:00:00Z'),
    });
    expect(await balanceOf(service, made.partner.organizationId)).toBe(0);
    expect(await accountStatus(service, made.account.id)).toBe('quarantined');
    expect(await accountStatus(service, made.fresh.id)).toBe('assigned');
    expect(await idsOf(made)).toEqual([made.fresh.id, made.accounts[1]!.id]);
    expect(await requestState(service, made.request.id)).toMatchObject({ status: 'assigned', assignedCount: 2 });
    const [lease] = await service.dataSource.query('SELECT anchor_day FROM lease WHERE id = $1', [receipt.leaseId]);
    expect(lease.anchor_day).toBe(31);
  });

  it('returns the old account to the pool where that was chosen, behind all others for this partner', async () => {
    const made = await anAssignment({ count: 2 });
    const receipt = await replacement.replace(operator, { ...toCommand(made), oldAccountTo: 'pool' });
    expect(receipt).toMatchObject({ oldAccountTo: 'pool' });
    const [old] = await service.dataSource.query(
      'SELECT status, status_reason AS reason, turnaround, released_at IS NOT NULL AS released FROM social_account WHERE id = $1',
      [made.account.id],
    );
    expect(old).toEqual({ status: 'available', reason: null, turnaround: [], released: true });
    const { id } = await aRequest(service, made.partner);
    const { candidates } = await service.app.get(RequestViewService, { strict: false }).view(operator, id);
    expect(candidates.at(-1)).toMatchObject({
      socialAccountId: made.account.id,
      replacedForPartnerAt: expect.any(Date),
      uncheckedSince: expect.any(Date),
    });
    const [{ internal }] = await service.dataSource.query(
      "SELECT internal FROM audit_event WHERE type = 'leased_account.replaced' AND object_id = $1",
      [made.account.id],
    );
    expect(internal).toMatchObject({ oldAccountTo: 'pool', reason: 'banned by the platform' });
  });

  it.each([
    [{}, 'is required'],
    [{ oldAccountTo: 'bin' }, 'must be one of quarantine, pool'],
    [{ oldAccountTo: null }, 'must be one of quarantine, pool'],
  ])('does not guess what becomes of the old account: %j', async (choice, message) => {
    const made = await anAssignment();
    const before = await everything(service);
    const asked = replacement.replace(operator, { ...toCommand(made), ...(choice as object) });
    await expect(asked).rejects.toMatchObject({ details: { fields: [{ path: 'oldAccountTo', message }] } });
    expect(await everything(service)).toBe(before);
  });

  it('happens once when ten ask for it at the same moment', async () => {
    const made = await anAssignment();
    const { done } = await outcomes(Array.from({ length: 10 }, () => replace(made)));
    expect(done.filter(({ chargedCents }) => chargedCents > 0)).toHaveLength(1);
    expect(await balanceOf(service, made.partner.organizationId)).toBe(85_000);
  });

  it('gives one account of ten that colleagues choose at the same moment, and leaves the others in the pool', async () => {
    const made = await anAssignment();
    const chosen: string[] = [];
    for (let n = 0; n < 10; n += 1) chosen.push((await anAccount(service)).id);
    const { done, refused } = await outcomes(chosen.map((id) => replace(made, id)));
    expect(done).toHaveLength(1);
    expect(refused).toEqual(Array(9).fill('not_allowed_now'));
    expect(await balanceOf(service, made.partner.organizationId)).toBe(85_000);
    expect(await idsOf(made)).toEqual([done[0]!.socialAccountId]);
    const states = await service.dataSource.query(
      'SELECT status, count(*)::int AS n FROM social_account WHERE id = ANY ($1) GROUP BY status ORDER BY status',
      [chosen],
    );
    expect(states).toEqual([
      { status: 'assigned', n: 1 },
      { status: 'available', n: 9 },
    ]);
  });

  it('fills the place of an account that was undone or disconnected on a final request', async () => {
    for (const how of ['undone', 'disconnected'] as const) {
      const made = await anAssignment({ count: 1 });
      if (how === 'undone') {
        await fulfilment.undoAssign(operator, {
          leaseRequestId: made.request.id,
          socialAccountId: made.account.id,
          reason: 'x',
        });
      } else {
        const [{ id: leaseId }] = await service.dataSource.query('SELECT id FROM lease WHERE social_account_id = $1', [
          made.account.id,
        ]);
        const finance = await aStaffMember(service, 'finance');
        await service.app
          .get(LeasesService, { strict: false })
          .disconnect(finance, { leaseId, reason: 'gone', refund: false });
      }
      const before = await accountStatus(service, made.account.id);
      await expect(replace(made)).rejects.toMatchObject({ details: { reason: 'stale' } });
      expect(await replacement.replace(operator, toCommand(made))).toMatchObject({ oldAccountTo: null });
      expect(await accountStatus(service, made.account.id)).toBe(before);
      expect(await idsOf(made)).toEqual([made.fresh.id]);
      expect(await balanceOf(service, made.partner.organizationId)).toBe(85_000);
      expect(await requestState(service, made.request.id)).toMatchObject({ status: 'assigned', assignedCount: 1 });
    }
  });

  const undo = (made: Made, socialAccountId: string) =>
    fulfilment.undoAssign(operator, { leaseRequestId: made.request.id, socialAccountId, reason: 'wrong one' });

  it('fills a place once: neither the account that was replaced nor the one before it is replaced again', async () => {
    const made = await anAssignment({ count: 1 });
    await undo(made, made.account.id);
    await replacement.replace(operator, toCommand(made));
    const another = await anAccount(service);
    expect((await outcomes([replace(made, another.id)])).refused).toEqual(['not_allowed_now']);
    await undo(made, made.fresh.id);
    const again = { leaseRequestId: made.request.id, newSocialAccountId: another.id, reason: 'lost' };
    const { done, refused } = await outcomes([
      replacement.replace(operator, { ...again, socialAccountId: made.account.id }),
      replacement.replace(operator, {
        ...again,
        socialAccountId: made.fresh.id,
        newSocialAccountId: (await anAccount(service)).id,
      }),
    ]);
    expect([done.length, refused]).toEqual([1, ['not_allowed_now']]);
    expect(await requestState(service, made.request.id)).toMatchObject({ status: 'assigned', assignedCount: 1 });
    expect(await balanceOf(service, made.partner.organizationId)).toBe(85_000);
  });

  it('takes no account in place of itself, once it is back in the pool either', async () => {
    const made = await anAssignment({ count: 1 });
    await undo(made, made.account.id);
    expect(await accountStatus(service, made.account.id)).toBe('available');
    const before = await everything(service);
    const again = replacement.replace(operator, toCommand(made, made.account.id));
    await expect(again).rejects.toThrow('newSocialAccountId: must not be the account that is replaced');
    expect(await everything(service)).toBe(before);
  });

  it('passes a place on from one to the next, and only the last of them can be replaced', async () => {
    const made = await anAssignment({ count: 1 });
    const [second, third] = [await anAccount(service), await anAccount(service)];
    await undo(made, made.account.id);
    await replacement.replace(operator, toCommand(made));
    const next = { leaseRequestId: made.request.id, reason: 'lost' };
    await replacement.replace(operator, {
      ...next,
      oldAccountTo: 'quarantine',
      socialAccountId: made.fresh.id,
      newSocialAccountId: second.id,
    });
    await undo(made, second.id);
    const { refused } = await outcomes([replace(made, third.id)]);
    expect(refused).toEqual(['not_allowed_now']);
    await replacement.replace(operator, { ...next, socialAccountId: second.id, newSocialAccountId: third.id });
    expect(await idsOf(made)).toEqual([third.id]);
    expect(await balanceOf(service, made.partner.organizationId)).toBe(85_000);
  });

  it('finds no place for what was undone before the request was closed', async () => {
    for (const closed of ['assigned', 'partial'] as const) {
      const made = await anAssignment({ count: 3 });
      await undo(made, made.account.id);
      setClock(service, new Date('2027-01-31T10:05:00Z'));
      const leaseRequestId = made.request.id;
      for (let given = 0; given < (closed === 'assigned' ? 3 : 1); given += 1) {
        await fulfilment.assign(operator, { leaseRequestId, socialAccountId: (await anAccount(service)).id });
      }
      const review = service.app.get(ReviewService, { strict: false });
      if (closed === 'partial') await review.closePartial(operator, { leaseRequestId, note: 'That is all.' });
      const before = await everything(service);
      expect((await outcomes([replace(made)])).refused).toEqual(['not_allowed_now']);
      expect(await everything(service)).toBe(before);
      setClock(service, new Date('2027-01-31T10:00:00Z'));
    }
  });

  it('can be undone itself, on an open request: the place is wanted again', async () => {
    const made = await anAssignment();
    await replace(made);
    await fulfilment.undoAssign(operator, {
      leaseRequestId: made.request.id,
      socialAccountId: made.fresh.id,
      reason: 'x',
    });
    expect(await requestState(service, made.request.id)).toMatchObject({ status: 'requested', assignedCount: 0 });
    expect(await balanceOf(service, made.partner.organizationId)).toBe(100_000);
    expect(await idsOf(made)).toEqual([]);
  });

  it('refuses a taken account, a released lease and an open place, and changes nothing', async () => {
    const made = await anAssignment();
    const undone = await anAssignment();
    await fulfilment.undoAssign(operator, {
      leaseRequestId: undone.request.id,
      socialAccountId: undone.account.id,
      reason: 'x',
    });
    const review = service.app.get(ReviewService, { strict: false });
    await review.note(operator, { leaseRequestId: made.request.id, body: 'hm', visibility: 'internal' });
    const before = await everything(service);
    const { refused } = await outcomes([replace(made, made.account.id), replace(made, 'sa_none'), replace(undone)]);
    expect(refused).toEqual(['VALIDATION', 'NOT_FOUND', 'not_allowed_now']);
    expect(await everything(service)).toBe(before);
  });
});
