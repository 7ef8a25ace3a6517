import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { AccountPoolService } from '../../../src/account-pool/account-pool.service.js';
import { AccountsImport } from '../../../src/account-pool/import/accounts-import.service.js';
import { VerticalsService } from '../../../src/account-pool/verticals.service.js';
import { Transactions } from '../../../src/core/transactions.js';
import { BlockerRelease } from '../../../src/queue/blocker-release.service.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import type { BlockerKind } from '../../../src/lease-requests/lease-request-status.js';
import { RenewalsService } from '../../../src/renewals/renewals.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { balanceOf, requestState, setClock, untilSomebodyWaits } from '../../support/ledger.js';
import { call, eventually } from '../../support/calls.js';
import {
  aFileOf,
  anAccount,
  aPartner,
  aRequest,
  aRequestThatFits,
  aStaffMember,
  theSystem,
  type TestPartner,
  type TestRequest,
} from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';

const friday = new Date('2027-01-08T12:00:00Z');

describe('blockers', () => {
  let service: TestApp;
  let review: ReviewService;
  let operator: StaffCaller;
  beforeAll(async () => {
    service = await startTestApp({ holidays: ['2027-01-06'] });
    review = service.app.get(ReviewService, { strict: false });
    operator = await aStaffMember(service, 'operator');
    setClock(service, friday);
  });
  afterAll(() => service.close());

  const block = (request: TestRequest, blocker: BlockerKind, lookAgainOn?: string) =>
    review.note(operator, { leaseRequestId: request.id, body: 'waiting', visibility: 'partner', blocker, lookAgainOn });
  const quiet = () => service.app.get(Transactions, { strict: false }).idle();
  const state = async ({ id }: TestRequest) => {
    const [row] = await service.dataSource.query(
      'SELECT blocker, woke_because AS woke, due_at AS "dueAt", paused_at AS "pausedAt", paused_ms AS "pausedMs" FROM lease_request WHERE id = $1',
      [id],
    );
    return row as { blocker: string | null; woke: string | null; dueAt: Date; pausedAt: Date | null; pausedMs: number };
  };

  async function submitted(partner: TestPartner, vertical = 'coffee'): Promise<TestRequest> {
    const answer = await call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
      key: partner.apiKey,
      body: { projectId: partner.projectId, count: 2, niche: { vertical } },
    });
    return { id: answer.body.requestId, requestId: answer.body.requestId };
  }

  it('makes a request due 48 working hours after it came', async () => {
    const request = await submitted(await aPartner(service));
    expect((await state(request)).dueAt.toISOString()).toBe('2027-01-12T12:00:00.000Z');
  });

  it('stops the clock while the partner has to answer, and leaves the rest when it runs again', async () => {
    const request = await submitted(await aPartner(service));
    setClock(service, new Date('2027-01-08T18:00:00Z'));
    await block(request, 'needs_clarification');
    setClock(service, new Date('2027-01-13T09:00:00Z'));
    await review.clearBlocker(operator, { leaseRequestId: request.id });
    setClock(service, friday);
    // 42 of 48 hours were left: Wednesday 09:00 and 42 working hours.
    expect(await state(request)).toMatchObject({
      dueAt: new Date('2027-01-15T03:00:00Z'),
      pausedAt: null,
      pausedMs: 111 * 3_600_000,
    });
  });

  it('does not stop the clock for what is ours to solve', async () => {
    const request = await submitted(await aPartner(service));
    await block(request, 'no_inventory');
    expect(await state(request)).toMatchObject({ pausedAt: null, dueAt: new Date('2027-01-12T12:00:00Z') });
  });

  it('wakes wallet_short on a top-up that covers one assignment, not before', async () => {
    const partner = await aPartner(service, { walletCents: 0 });
    const request = await aRequest(service, partner);
    await block(request, 'wallet_short');
    const wallets = service.app.get(WalletsService, { strict: false });
    const finance = await aStaffMember(service, 'finance');
    const topUp = (amountCents: number) =>
      wallets.topUp(finance, { organizationId: partner.organizationId, amountCents, reference: `wake ${amountCents}` });
    await topUp(14_000);
    await quiet();
    expect(await state(request)).toMatchObject({ blocker: 'wallet_short', woke: null });
    await topUp(1_000);
    await quiet();
    expect(await state(request)).toMatchObject({ blocker: null, woke: 'top_up' });
  });

  it('wakes wallet_short on a refund', async () => {
    const { partner, request, account } = await aRequestThatFits(service, { walletCents: 15_000 });
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    const other = await aRequest(service, partner);
    await block(other, 'wallet_short');
    await fulfilment.undoAssign(operator, {
      leaseRequestId: request.id,
      socialAccountId: account.id,
      reason: 'wrong one',
    });
    await quiet();
    expect(await state(other)).toMatchObject({ blocker: null, woke: 'refund' });
  });

  it('wakes wallet_short on an adjustment, and says that it was one', async () => {
    const partner = await aPartner(service, { walletCents: 0 });
    const request = await aRequest(service, partner);
    await block(request, 'wallet_short');
    const wallets = service.app.get(WalletsService, { strict: false });
    const { organizationId } = partner;
    await wallets.adjust(await aStaffMember(service, 'finance'), {
      organizationId,
      amountCents: 15_000,
      reason: 'gift',
    });
    await quiet();
    expect(await state(request)).toMatchObject({ blocker: null, woke: 'adjustment' });
  });

  it('wakes no_inventory when an account that fits becomes available, by a synonym too', async () => {
    const partner = await aPartner(service);
    const request = await submitted(partner, 'vinyl');
    const bySynonym = await submitted(partner, 'Record  Collecting');
    await block(request, 'no_inventory');
    await block(bySynonym, 'no_inventory');
    const pool = service.app.get(AccountPoolService, { strict: false });
    const account = { handle: 'wax', followers: 5, verticals: ['vinyl'], language: 'en', countries: ['US'] };
    await pool.create(operator, { ...account, status: 'warming' });
    await quiet();
    expect((await state(request)).blocker).toBe('no_inventory');
    await pool.create(operator, { ...account, handle: 'wax2' });
    await quiet();
    expect(await state(request)).toMatchObject({ blocker: null, woke: 'account_available' });
    expect((await state(bySynonym)).blocker).toBe('no_inventory');
    const verticals = service.app.get(VerticalsService, { strict: false });
    await verticals.map(operator, { synonym: 'record collecting', vertical: 'Vinyl' });
    await quiet();
    expect(await state(bySynonym)).toMatchObject({ blocker: null, woke: 'account_available' });
  });

  it('wakes no_inventory when several accounts come back together, from a partner who could not pay', async () => {
    const partner = await aPartner(service, { walletCents: 30_000 });
    const request = await aRequest(service, partner, { count: 2, vertical: 'curling' });
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    const renewals = service.app.get(RenewalsService, { strict: false });
    setClock(service, friday);
    for (let n = 0; n < 2; n += 1) {
      const { id } = await anAccount(service, { verticals: ['curling'] });
      await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: id });
    }
    const waiting = await aRequest(service, await aPartner(service), { vertical: 'curling' });
    await block(waiting, 'no_inventory');
    const days = Array.from({ length: 8 }, (_, day) => new Date(Date.parse('2027-02-08T12:00:00Z') + day * 86_400_000));
    for (const day of days) {
      setClock(service, day);
      await renewals.run(theSystem());
    }
    await quiet();
    expect(await balanceOf(service, partner.organizationId)).toBe(0);
    expect(await state(waiting)).toMatchObject({ blocker: null, woke: 'account_available' });
    setClock(service, friday);
  });

  it('wakes whatever came while it was being blocked, to the last of them', async () => {
    setClock(service, friday);
    const finance = await aStaffMember(service, 'finance');
    const wallets = service.app.get(WalletsService, { strict: false });
    const pool = service.app.get(AccountPoolService, { strict: false });
    for (let round = 0; round < 20; round += 1) {
      const partner = await aPartner(service, { walletCents: 0 });
      const [poor, bare] = [
        await aRequest(service, partner),
        await aRequest(service, partner, { vertical: `rare ${round}` }),
      ];
      const { organizationId } = partner;
      const account = { followers: 5, verticals: [`rare ${round}`], language: 'en', countries: ['US'] };
      await Promise.all([
        block(poor, 'wallet_short'),
        wallets.topUp(finance, { organizationId, amountCents: 15_000, reference: `race ${round}` }),
        block(bare, 'no_inventory'),
        pool.create(operator, { ...account, handle: `rare.${round}` }),
      ]);
      await quiet();
      expect([round, await state(poor)]).toMatchObject([round, { blocker: null, woke: 'top_up' }]);
      expect([round, await state(bare)]).toMatchObject([round, { blocker: null, woke: 'account_available' }]);
    }
  });

  it('wakes what was blocked while an import was writing the accounts it wants', async () => {
    setClock(service, friday);
    const request = await aRequest(service, await aPartner(service), { vertical: 'imported' });
    const imports = service.app.get(AccountsImport, { strict: false });
    const held = await anAccount(service, { handle: 'held.up', verticals: ['tea'] });
    const holding = service.dataSource.createQueryRunner();
    await holding.startTransaction();
    await holding.query('SELECT FROM social_account WHERE id = $1 FOR UPDATE', [held.id]);
    const importing = imports.import(operator, aFileOf('imported.one,5,imported,en,US,', 'held.up,7,tea,en,US,'));
    await untilSomebodyWaits(service);
    setClock(service, new Date(friday.getTime() + 5_000));
    await block(request, 'no_inventory');
    await holding.commitTransaction();
    await holding.release();
    await importing;
    await quiet();
    setClock(service, friday);
    expect(await state(request)).toMatchObject({ blocker: null, woke: 'account_available' });
  });

  it('wakes the others where one cannot be looked at, and says refund where that was missed', async () => {
    setClock(service, friday);
    const { partner, request, account } = await aRequestThatFits(service, { walletCents: 15_000 });
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    await fulfilment.undoAssign(operator, {
      leaseRequestId: request.id,
      socialAccountId: account.id,
      reason: 'wrong one',
    });
    await quiet();
    const [broken, other] = [await aRequest(service, partner), await aRequest(service, partner)];
    const dayCame = await aRequest(service, partner);
    setClock(service, new Date(friday.getTime() + 1_000));
    for (const one of [broken, other]) await block(one, 'wallet_short');
    await block(dayCame, 'policy', '2027-01-08');
    // The refund came after all, untold; and of two of the requests nothing can be written.
    await service.dataSource.query(
      "UPDATE lease_request SET blocker_since = blocker_since - interval '1 minute' WHERE blocker = 'wallet_short'",
    );
    await service.dataSource.query(`
      CREATE FUNCTION is_broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$;
      CREATE TRIGGER is_broken BEFORE UPDATE ON lease_request FOR EACH ROW
        WHEN (OLD.id IN ('${broken.id}', '${dayCame.id}')) EXECUTE FUNCTION is_broken()`);
    try {
      await service.app.get(BlockerRelease, { strict: false }).sweep();
      await quiet();
      expect(await state(broken)).toMatchObject({ blocker: 'wallet_short' });
      expect(await state(other)).toMatchObject({ blocker: null, woke: 'refund' });
    } finally {
      await service.dataSource.query('DROP FUNCTION is_broken CASCADE');
      setClock(service, friday);
    }
  });

  it("wakes needs_clarification with the partner's reply itself", async () => {
    const partner = await aPartner(service);
    const request = await submitted(partner);
    await block(request, 'needs_clarification');
    const path = `/v1/leased-accounts/requests/${request.requestId}/notes`;
    const answer = await call(service, 'POST', path, { key: partner.apiKey, body: { body: 'Adults only.' } });
    expect(answer.status).toBe(201);
    expect(await state(request)).toMatchObject({ blocker: null, woke: 'partner_reply', pausedAt: null });
  });

  it('takes no day to look again that is over', async () => {
    const request = await submitted(await aPartner(service));
    await expect(block(request, 'policy', '2027-01-07')).rejects.toThrow('lookAgainOn: must not be in the past');
    expect((await state(request)).blocker).toBeNull();
    await block(request, 'policy', '2027-01-08');
  });

  it('wakes any blocker on its day', async () => {
    const request = await submitted(await aPartner(service));
    await block(request, 'policy', '2027-01-11');
    const waker = service.app.get(BlockerRelease, { strict: false });
    await waker.sweep();
    expect((await state(request)).blocker).toBe('policy');
    setClock(service, new Date('2027-01-11T00:00:00Z'));
    await waker.sweep();
    setClock(service, friday);
    expect(await state(request)).toMatchObject({ blocker: null, woke: 'day' });
  });

  it('leaves the requests of sandboxes alone, which have a clock of their own', async () => {
    const request = await aRequest(service, await aSandbox(service, await aPartner(service)));
    await review.note(theSystem(), { leaseRequestId: request.id, body: 'x', visibility: 'partner', blocker: 'policy' });
    await service.dataSource.query(
      "UPDATE lease_request SET due_at = NULL, look_again_on = '2027-01-08' WHERE id = $1",
      [request.id],
    );
    await service.app.get(BlockerRelease, { strict: false }).sweep();
    expect(await state(request)).toMatchObject({ blocker: 'policy', dueAt: null });
  });

  it('lets a request sleep on that was blocked again, for longer, while the sweep waited for it', async () => {
    const request = await submitted(await aPartner(service));
    await block(request, 'policy', '2027-01-11');
    setClock(service, new Date('2027-01-11T00:00:00Z'));
    const waker = service.app.get(BlockerRelease, { strict: false });
    const colleague = service.dataSource.createQueryRunner();
    await colleague.startTransaction();
    await colleague.query("UPDATE lease_request SET look_again_on = '2027-01-20' WHERE id = $1", [request.id]);
    const [{ pid }] = await colleague.query('SELECT pg_backend_pid() AS pid');
    const sweep = waker.sweep();
    await eventually(async () => {
      const text = 'SELECT 1 AS waits FROM pg_stat_activity WHERE $1::int = ANY (pg_blocking_pids(pid))';
      return (await service.dataSource.query(text, [pid])).length > 0 || null;
    });
    await colleague.commitTransaction();
    await colleague.release();
    await sweep;
    setClock(service, friday);
    expect(await state(request)).toMatchObject({ blocker: 'policy', woke: null });
  });

  it('completes what a version before has written, which knew no due times and left clocks standing', async () => {
    const partner = await aPartner(service);
    const [blocked, cleared, standing] = [await submitted(partner), await submitted(partner), await submitted(partner)];
    for (const request of [blocked, cleared]) await block(request, 'needs_clarification');
    const ids = [blocked.id, cleared.id];
    await service.dataSource.query(
      'UPDATE lease_request SET due_at = NULL, vertical_key = NULL, paused_at = NULL WHERE id = ANY ($1)',
      [ids],
    );
    await service.dataSource.query('UPDATE lease_request SET paused_at = $2 WHERE id = $1', [standing.id, friday]);
    const hour = 3_600_000;
    setClock(service, new Date(friday.getTime() + hour));
    await review.clearBlocker(operator, { leaseRequestId: cleared.id });
    const atOneLater = { dueAt: new Date('2027-01-12T13:00:00Z'), pausedAt: null, pausedMs: hour };
    expect(await state(cleared)).toMatchObject({ ...atOneLater, blocker: null });
    await service.app.get(BlockerRelease, { strict: false }).sweep();
    setClock(service, friday);
    expect(await state(blocked)).toMatchObject({
      blocker: 'needs_clarification',
      dueAt: new Date('2027-01-12T12:00:00Z'),
      pausedAt: friday,
      pausedMs: 0,
    });
    expect(await state(standing)).toMatchObject(atOneLater);
    const keys = await service.dataSource.query('SELECT vertical_key AS key FROM lease_request WHERE id = ANY ($1)', [
      ids,
    ]);
    expect(keys).toEqual([{ key: 'coffee' }, { key: 'coffee' }]);
  });

  it('makes good in the sweep what a crash left undone, and leaves alone what staff knew when they set it', async () => {
    const partner = await aPartner(service, { walletCents: 15_000 });
    const request = await aRequest(service, partner);
    setClock(service, new Date(friday.getTime() + 1_000));
    await block(request, 'wallet_short');
    const waker = service.app.get(BlockerRelease, { strict: false });
    await waker.sweep();
    expect(await state(request)).toMatchObject({ blocker: 'wallet_short', woke: null });
    // A credit that nobody was told of: the process died between its commit and the waking.
    await service.dataSource.query(
      "UPDATE lease_request SET blocker_since = blocker_since - interval '1 minute' WHERE id = $1",
      [request.id],
    );
    await waker.sweep();
    setClock(service, friday);
    expect(await state(request)).toMatchObject({ blocker: null, woke: 'top_up' });
  });

  it('lets a partner cancel an open request, once', async () => {
    const { partner, request, account } = await aRequestThatFits(service);
    await service.app
      .get(FulfillmentService, { strict: false })
      .assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    const cancel = () =>
      call(service, 'POST', `/v1/leased-accounts/requests/${request.requestId}/cancel`, {
        key: partner.apiKey,
        body: {},
      });
    const answer = await cancel();
    expect(answer.body).toMatchObject({
      status: 'partial',
      closedBy: 'partner',
      outcomeReason: 'cancelled',
      assignedCount: 1,
    });
    expect((await cancel()).status).toBe(409);
    expect(await requestState(service, request.id)).toMatchObject({ status: 'partial' });
  });
});
