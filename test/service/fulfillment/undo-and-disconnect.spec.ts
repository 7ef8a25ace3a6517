import type { LeaseRequestId } from '../../../src/core/ids.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { Transactions } from '../../../src/core/transactions.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
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
  transfersOf,
} from '../../support/ledger.js';
import { aRequestThatFits, aStaffMember, callerOf } from '../../support/makers.js';

const noon = new Date('2027-03-10T12:00:00.000Z');
const later = (minutes: number) => new Date(noon.getTime() + minutes * 60_000);

describe('taking a lease back', () => {
  let service: TestApp;
  let fulfilment: FulfillmentService;
  let leases: LeasesService;
  let operator: StaffCaller;
  beforeAll(async () => {
    service = await startTestApp();
    fulfilment = service.app.get(FulfillmentService, { strict: false });
    leases = service.app.get(LeasesService, { strict: false });
    operator = await aStaffMember(service, 'operator');
  });
  afterAll(() => service.close());
  beforeEach(() => setClock(service, noon));

  async function anAssignment(wishes: { count?: number } = {}) {
    const made = await aRequestThatFits(service, wishes);
    const { leaseId } = await fulfilment.assign(operator, {
      leaseRequestId: made.request.id,
      socialAccountId: made.account.id,
    });
    return { ...made, leaseId };
  }

  const undo = (who: StaffCaller, leaseRequestId: LeaseRequestId, socialAccountId: string) =>
    fulfilment.undoAssign(who, { leaseRequestId, socialAccountId, reason: 'picked the wrong one' });

  const release = ({ partner, account }: Awaited<ReturnType<typeof anAssignment>>) =>
    service.app
      .get(Transactions, { strict: false })
      .run((em) => leases.release(em, callerOf(partner), { socialAccountId: account.id }));

  it('undoes an own assignment: refund, account back, one more wanted again', async () => {
    const { partner, request, account } = await anAssignment();
    await undo(operator, request.id, account.id);
    expect(await balanceOf(service, partner.organizationId)).toBe(100_000);
    expect(await transfersOf(service, partner.organizationId, 'refund')).toBe(1);
    expect(await accountStatus(service, account.id)).toBe('available');
    expect(await requestState(service, request.id)).toMatchObject({
      status: 'requested',
      assignedCount: 0,
      version: 3,
    });
    await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    expect(await balanceOf(service, partner.organizationId)).toBe(85_000);
  });

  it('keeps a final status when an assignment of it is undone', async () => {
    const { request, account } = await anAssignment({ count: 1 });
    await undo(operator, request.id, account.id);
    expect(await requestState(service, request.id)).toMatchObject({ status: 'assigned', assignedCount: 0 });
  });

  it('gives an operator 15 minutes for an own assignment and finance 24 hours for any', async () => {
    const colleague = await aStaffMember(service, 'operator');
    const finance = await aStaffMember(service, 'finance');
    const { request, account } = await anAssignment();
    const before = await everything(service);
    expect((await outcomes([undo(colleague, request.id, account.id)])).refused).toEqual(['FORBIDDEN_ROLE']);
    setClock(service, later(15 + 1 / 60));
    expect((await outcomes([undo(operator, request.id, account.id)])).refused).toEqual(['FORBIDDEN_ROLE']);
    setClock(service, later(24 * 60 + 1));
    expect((await outcomes([undo(finance, request.id, account.id)])).refused).toEqual(['FORBIDDEN_ROLE']);
    expect(await everything(service)).toBe(before);
    setClock(service, later(24 * 60));
    await undo(finance, request.id, account.id);
    expect(await requestState(service, request.id)).toMatchObject({ assignedCount: 0 });
  });

  it('refunds once when twenty undo the same assignment at the same moment', async () => {
    const { partner, request, account } = await anAssignment();
    const { done, refused } = await outcomes(Array.from({ length: 20 }, () => undo(operator, request.id, account.id)));
    expect(done).toHaveLength(1);
    expect(refused).toEqual(Array(19).fill('not_allowed_now'));
    expect(await balanceOf(service, partner.organizationId)).toBe(100_000);
  });

  it('does not undo what the partner released, nor what was never assigned', async () => {
    const assignment = await anAssignment();
    await release(assignment);
    const { request, account, accounts } = assignment;
    expect((await outcomes([undo(operator, request.id, account.id)])).refused).toEqual(['not_allowed_now']);
    expect((await outcomes([undo(operator, request.id, accounts[1]!.id)])).refused).toEqual(['NOT_FOUND']);
    expect(await requestState(service, request.id)).toMatchObject({ assignedCount: 1 });
  });

  it('releases without a refund, once, and frees the account', async () => {
    const assignment = await anAssignment();
    const { done, refused } = await outcomes(Array.from({ length: 10 }, () => release(assignment)));
    expect(done).toHaveLength(1);
    expect(refused).toEqual(Array(9).fill('NOT_FOUND'));
    expect(await accountStatus(service, assignment.account.id)).toBe('available');
    expect(await balanceOf(service, assignment.partner.organizationId)).toBe(85_000);
  });

  it.each([
    [true, 100_000],
    [false, 85_000],
  ])('disconnects a lost account, refund: %s', async (refund, balance) => {
    const { partner, account, leaseId } = await anAssignment();
    const finance = await aStaffMember(service, 'finance');
    const receipt = await leases.disconnect(finance, { leaseId, reason: 'banned', refund });
    expect(receipt.refundedCents).toBe(balance - 85_000);
    expect(await balanceOf(service, partner.organizationId)).toBe(balance);
    expect(await accountStatus(service, account.id)).toBe('quarantined');
    const again = await outcomes([leases.disconnect(finance, { leaseId, reason: 'banned', refund })]);
    expect(again.refused).toEqual(['not_allowed_now']);
  });

  it('does not let an operator disconnect', async () => {
    const { leaseId } = await anAssignment();
    const { refused } = await outcomes([leases.disconnect(operator, { leaseId, reason: 'banned', refund: true })]);
    expect(refused).toEqual(['FORBIDDEN_ROLE']);
  });

  it('races undo, disconnect and release of one lease: one wins, the books stay clean', async () => {
    const finance = await aStaffMember(service, 'finance');
    for (let round = 0; round < 40; round += 1) {
      const assignment = await anAssignment();
      const { done } = await outcomes<unknown>([
        undo(operator, assignment.request.id, assignment.account.id),
        leases.disconnect(finance, { leaseId: assignment.leaseId, reason: 'banned', refund: true }),
        release(assignment),
      ]);
      expect(done).toHaveLength(1);
    }
    await expectCleanBooks(service);
  });

  it('races an assignment with closing, rejecting and undoing, hundreds of times', async () => {
    const review = service.app.get(ReviewService, { strict: false });
    for (let round = 0; round < 60; round += 1) {
      const { request, accounts, account } = await anAssignment({ count: 3 });
      const assignOf = (n: number) =>
        fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: accounts[n]!.id });
      await outcomes<unknown>([
        assignOf(1),
        review.closePartial(operator, { leaseRequestId: request.id, note: 'That is all we have.' }),
        undo(operator, request.id, account.id),
        assignOf(2),
        review.reject(operator, { leaseRequestId: request.id, note: 'Not this time.' }),
      ]);
    }
    await expectCleanBooks(service);
  });
});
