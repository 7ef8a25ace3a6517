import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { Transactions } from '../../../src/core/transactions.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { RequestViewService } from '../../../src/fulfillment/request-view.service.js';
import { ReplacementService } from '../../../src/fulfillment/replacement.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { Ledger, type Posting } from '../../../src/wallets/ledger.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  balanceOf,
  everything,
  expectCleanBooks,
  outcomes,
  requestState,
  setClock,
  untilSomebodyWaits,
} from '../../support/ledger.js';
import { call } from '../../support/calls.js';
import { aRequest, aRequestThatFits, aStaffMember, anAccount } from '../../support/makers.js';

const assignedAt = new Date('2027-01-31T10:00:00Z');

describe('what a replacement takes over', () => {
  let service: TestApp;
  let replacement: ReplacementService;
  let fulfilment: FulfillmentService;
  let [operator, finance]: StaffCaller[] = [];
  beforeAll(async () => {
    service = await startTestApp();
    replacement = service.app.get(ReplacementService, { strict: false });
    fulfilment = service.app.get(FulfillmentService, { strict: false });
    operator = await aStaffMember(service, 'operator');
    finance = await aStaffMember(service, 'finance');
  });
  afterAll(async () => {
    await expectCleanBooks(service);
    await service.close();
  });
  beforeEach(() => setClock(service, assignedAt));

  async function anAssignment(wishes: { count?: number; walletCents?: number } = {}) {
    const made = await aRequestThatFits(service, wishes);
    const { leaseId } = await fulfilment.assign(operator!, {
      leaseRequestId: made.request.id,
      socialAccountId: made.account.id,
    });
    return { ...made, leaseId, fresh: await anAccount(service) };
  }
  type Made = Pick<Awaited<ReturnType<typeof anAssignment>>, 'request' | 'account' | 'fresh'>;

  const toCommand = ({ request, account, fresh }: Made, from = account.id, to = fresh.id) => ({
    leaseRequestId: request.id,
    socialAccountId: from,
    newSocialAccountId: to,
    reason: 'banned by the platform',
  });
  const replace = (made: Made, from?: string, to?: string) =>
    replacement.replace(operator!, { ...toCommand(made, from, to), oldAccountTo: 'quarantine' });
  const replaceTakenBack = (made: Made, from?: string, to?: string) =>
    replacement.replace(operator!, toCommand(made, from, to));
  const undo = (caller: StaffCaller, { request }: Made, socialAccountId: string) =>
    fulfilment.undoAssign(caller, { leaseRequestId: request.id, socialAccountId, reason: 'wrong one' });
  const leaseOf = async (id: string) => {
    const [lease] = await service.dataSource.query(
      `SELECT status, past_due_since AS "pastDueSince", next_renewal_at AS "nextRenewalAt", ended_at AS "endedAt",
              end_reason AS "endReason", handle_at_end AS "handleAtEnd" FROM lease WHERE id = $1`,
      [id],
    );
    return lease as Record<string, unknown>;
  };

  it('is the time to undo: a month that was used is not given back by replacing and undoing', async () => {
    const made = await anAssignment();
    setClock(service, new Date('2027-02-20T10:00:00Z'));
    await replace(made);
    const view = await service.app
      .get(RequestViewService, { strict: false })
      .view(finance as StaffCaller, made.request.id);
    expect(view.assigned.map(({ canUndo }) => canUndo)).toEqual([false, false]);
    const before = await everything(service);
    for (const caller of [operator!, finance!]) {
      expect((await outcomes([undo(caller, made, made.fresh.id)])).refused).toEqual(['FORBIDDEN_ROLE']);
    }
    expect(await everything(service)).toBe(before);
    await expect(undo(operator!, made, made.fresh.id)).rejects.toThrow(/replace the account again/i);
  });

  it('is what is left of the time to undo', async () => {
    const made = await anAssignment();
    setClock(service, new Date('2027-01-31T10:10:00Z'));
    await replace(made);
    setClock(service, new Date('2027-01-31T10:16:00Z'));
    expect((await outcomes([undo(operator!, made, made.fresh.id)])).refused).toEqual(['FORBIDDEN_ROLE']);
    await undo(finance!, made, made.fresh.id);
    expect(await balanceOf(service, made.partner.organizationId)).toBe(100_000);
  });

  it('is the month that a renewal paid for while the replacement waited', async () => {
    const made = await anAssignment();
    setClock(service, new Date('2027-02-28T10:00:00Z'));
    const [start, end] = [new Date('2027-02-28T10:00:00Z'), new Date('2027-03-31T10:00:00Z')];
    const ledger = service.app.get(Ledger, { strict: false });
    let replacing: ReturnType<typeof replace>;
    await service.app.get(Transactions, { strict: false }).run(async (em) => {
      await em.query('UPDATE lease SET next_renewal_at = $2 WHERE id = $1', [made.leaseId, end]);
      replacing = replace(made);
      await untilSomebodyWaits(service);
      // The books know renewals before anything renews.
      const renewal = {
        kind: 'lease_renewal',
        organizationId: made.partner.organizationId,
        amountCents: 15_000,
        ownAccount: 'revenue',
        leaseId: made.leaseId,
        period: { start, end },
        bookedBy: 'renewals',
      } as unknown as Posting;
      await ledger.debitWallet(em, renewal);
    });
    expect(await replacing!).toMatchObject({ refundedCents: 15_000, chargedCents: 15_000, nextRenewalAt: end });
    expect(await balanceOf(service, made.partner.organizationId)).toBe(70_000);
    await expectCleanBooks(service);
  });

  it('is not news for what waits for money, for it brings none', async () => {
    const made = await anAssignment({ walletCents: 30_000 });
    const short = await aRequest(service, made.partner, { count: 2 });
    const review = service.app.get(ReviewService, { strict: false });
    setClock(service, new Date('2027-01-31T10:01:00Z'));
    const note = { body: 'Two is needed.', visibility: 'internal' as const, blocker: 'wallet_short' as const };
    await review.note(operator!, { leaseRequestId: short.id, ...note });
    await replace(made);
    await service.app.get(Transactions, { strict: false }).idle();
    expect(await requestState(service, short.id)).toMatchObject({ blocker: 'wallet_short' });
    await undo(operator!, made, made.fresh.id);
    await service.app.get(Transactions, { strict: false }).idle();
    expect(await requestState(service, short.id)).toMatchObject({ blocker: null });
  });

  it('is a month that is not paid, and since when', async () => {
    const made = await anAssignment();
    const pastDueSince = new Date('2027-02-28T10:00:01Z');
    await service.dataSource.query(
      `UPDATE lease SET status = 'past_due', past_due_since = $2, retry_at = $2::timestamptz + interval '1 day' WHERE id = $1`,
      [made.leaseId, pastDueSince],
    );
    setClock(service, new Date('2027-03-03T10:00:00Z'));
    const { leaseId } = await replace(made);
    expect(await leaseOf(leaseId)).toMatchObject({
      status: 'past_due',
      pastDueSince,
      nextRenewalAt: new Date('2027-02-28T10:00:00Z'),
    });
  });

  it('moves the month although the partner owes, for it costs nothing', async () => {
    const made = await anAssignment();
    const { organizationId } = made.partner;
    const [topUp] = await service.dataSource.query(
      "SELECT id FROM ledger_transfer WHERE organization_id = $1 AND kind = 'top_up'",
      [organizationId],
    );
    const wallets = service.app.get(WalletsService, { strict: false });
    await wallets.reverseTopUp(finance!, { organizationId, transactionId: topUp.id, reason: 'Bounced' });
    const owes = () =>
      service.dataSource.query(`SELECT balance_cents, owed_cents FROM ledger_account WHERE id = 'wallet:' || $1`, [
        organizationId,
      ]);
    expect(await owes()).toEqual([{ balance_cents: 0, owed_cents: 15_000 }]);
    expect(await replace(made)).toMatchObject({ refundedCents: 15_000, chargedCents: 15_000 });
    expect(await owes()).toEqual([{ balance_cents: 0, owed_cents: 15_000 }]);
    await undo(operator!, made, made.fresh.id);
    expect(await owes()).toEqual([{ balance_cents: 0, owed_cents: 0 }]);
  });

  it('leaves a lease that had ended as it ended, and its place is filled once', async () => {
    const made = await anAssignment({ count: 1 });
    const leases = service.app.get(LeasesService, { strict: false });
    await leases.disconnect(finance!, { leaseId: made.leaseId, reason: 'gone', refund: false });
    const ended = await leaseOf(made.leaseId);
    expect(ended).toMatchObject({ endedAt: assignedAt, endReason: 'removed_by_layers' });
    setClock(service, new Date('2027-01-31T10:05:00Z'));
    await service.dataSource.query("UPDATE social_account SET handle = 'renamed.since' WHERE id = $1", [
      made.account.id,
    ]);
    await replaceTakenBack(made);
    expect(await leaseOf(made.leaseId)).toEqual(ended);
    const seen = async () => {
      const path = `/v1/leased-accounts/requests/${made.request.requestId}`;
      return (await call(service, 'GET', path, { key: made.partner.apiKey })).body;
    };
    expect(await seen()).toMatchObject({ assignedCount: 1, assignedSocialAccountIds: [made.fresh.id] });
    const another = await anAccount(service);
    expect((await outcomes([replace(made, made.account.id, another.id)])).refused).toEqual(['not_allowed_now']);

    await undo(operator!, made, made.fresh.id);
    expect(await seen()).toMatchObject({ assignedCount: 0, assignedSocialAccountIds: [] });
    expect((await outcomes([replace(made, made.account.id, another.id)])).refused).toEqual(['not_allowed_now']);
    await replaceTakenBack(made, made.fresh.id, another.id);
    expect(await seen()).toMatchObject({ assignedCount: 1, assignedSocialAccountIds: [another.id] });
    expect(await balanceOf(service, made.partner.organizationId)).toBe(85_000);
    await expectCleanBooks(service);
  });

  it('takes both accounts in the order that everybody takes them in', async () => {
    const made = await aRequestThatFits(service);
    const [lower, , higher] = made.accounts.map(({ id }) => id).sort();
    await fulfilment.assign(operator!, { leaseRequestId: made.request.id, socialAccountId: lower! });
    const byOrder = { ...made, account: { id: lower!, handle: '' }, fresh: { id: higher!, handle: '' } };
    let replacing: ReturnType<typeof replace>;
    await service.dataSource.transaction(async (em) => {
      await em.query('SELECT id FROM social_account WHERE id = $1 FOR UPDATE', [lower]);
      replacing = replace(byOrder);
      await untilSomebodyWaits(service);
      await em.query('SELECT id FROM social_account WHERE id = $1 FOR UPDATE NOWAIT', [higher]);
    });
    expect(await replacing!).toMatchObject({ refundedCents: 15_000, chargedCents: 15_000 });
  });
});
