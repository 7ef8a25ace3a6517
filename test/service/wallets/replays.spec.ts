import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { ReplacementService } from '../../../src/fulfillment/replacement.service.js';
import { ApprovalsService } from '../../../src/wallets/approvals.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { aLessee, renewAt } from '../renewals/leases.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { balanceOf, everything, expectCleanBooks, outcomes } from '../../support/ledger.js';
import { anAccount, aPartner, aRequestThatFits, aStaffMember, topUp } from '../../support/makers.js';

let database: TestDatabase;
/** Renews nothing by itself. */
let service: TestApp;
/** Pays due renewals as soon as money comes in. */
let working: TestApp;
let wallets: WalletsService;
let finance: StaffCaller;
let operator: StaffCaller;
let numbered = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startTestApp({ dualControlCents: 1_000_000 }, database.url);
  working = await startTestApp({ dualControlCents: 1_000_000, workers: true }, database.url);
  // The tick of each second would race the payments that the tests look at.
  const scheduler = working.app.get(SchedulerRegistry, { strict: false });
  for (const name of scheduler.getIntervals()) scheduler.deleteInterval(name);
  wallets = service.app.get(WalletsService, { strict: false });
  finance = await aStaffMember(service, 'finance');
  operator = await aStaffMember(service, 'operator');
});
afterAll(async () => {
  await working.close();
  await service.close();
  await database.drop();
});

const of = <Service>(type: new (...args: never[]) => Service) => service.app.get(type, { strict: false });
const newReference = () => `payment ${(numbered += 1)}`;

async function spend(organizationId: string, cents: number): Promise<void> {
  await wallets.adjust(finance, { organizationId, amountCents: -cents, reason: 'fee' });
}

describe('a payment that came back', () => {
  it('is refused under its old reference, and booked under one of its own', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 0 });
    const payment = { organizationId, amountCents: 4_000, reference: newReference() };
    const { transactionId } = await wallets.topUp(finance, payment);
    await wallets.reverseTopUp(finance, { organizationId, transactionId, reason: 'no funds' });
    const before = await everything(service);
    await expect(wallets.topUp(finance, payment)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'reference_reversed' },
      message: expect.stringMatching(
        new RegExp(`^The payment ${payment.reference} was reversed on \\d{4}-\\d\\d-\\d\\d\\. Use a new reference`),
      ),
    });
    expect(await everything(service)).toBe(before);
    await wallets.topUp(finance, { ...payment, reference: newReference() });
    expect(await balanceOf(service, organizationId)).toBe(4_000);
    await expectCleanBooks(service);
  });

  it('is refused as well where it is owed as a whole', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 0 });
    const payment = { organizationId, amountCents: 4_000, reference: newReference() };
    const { transactionId } = await wallets.topUp(finance, payment);
    await spend(organizationId, 4_000);
    await wallets.reverseTopUp(finance, { organizationId, transactionId, reason: 'no funds' });
    expect((await outcomes([wallets.topUp(finance, payment)])).refused).toEqual(['reference_reversed']);
    expect((await outcomes([wallets.topUp(finance, { ...payment, amountCents: 1 })])).refused).toEqual([
      'reference_reused',
    ]);
  });
});

describe('a repeated call', () => {
  it.each([
    [
      'a top-up',
      (organizationId: string) =>
        wallets.topUp(finance, { organizationId, amountCents: 300, reference: organizationId }),
    ],
    [
      'an adjustment',
      (organizationId: string) =>
        wallets.adjust(finance, { organizationId, amountCents: -300, reason: 'fee', reference: organizationId }),
    ],
    [
      'a payout',
      (organizationId: string) =>
        wallets.payOut(finance, { organizationId, amountCents: 300, reference: organizationId }),
    ],
    [
      'a reversal',
      async (organizationId: string) => {
        const [first] = await service.dataSource.query(
          `SELECT id FROM ledger_transfer WHERE organization_id = $1 AND kind = 'top_up' ORDER BY wallet_seq LIMIT 1`,
          [organizationId],
        );
        return wallets.reverseTopUp(finance, { organizationId, transactionId: first.id, reason: 'no funds' });
      },
    ],
  ])('of %s tells the wallet as it is, not as it was', async (_what, move) => {
    const { organizationId } = await aPartner(service, { walletCents: 1_000 });
    await topUp(service, organizationId, 9_000);
    const first = await move(organizationId);
    await spend(organizationId, 450);
    expect(await move(organizationId)).toMatchObject({
      transactionId: first.transactionId,
      balanceCents: first.balanceCents - 450,
      replayed: true,
    });
  });

  it('of an approval does so too', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 3_000_000 });
    const { proposalId } = await wallets.payOut(finance, {
      organizationId,
      amountCents: 1_000_001,
      reference: newReference(),
    });
    const second = await aStaffMember(service, 'finance');
    const approve = () => of(ApprovalsService).approve(second, { organizationId, proposalId: proposalId! });
    const { balanceCents } = await approve();
    await spend(organizationId, 450);
    expect(await approve()).toMatchObject({ balanceCents: balanceCents - 450, replayed: true });
  });

  it('of a replacement says that nothing was charged', async () => {
    const { request, account } = await aRequestThatFits(service);
    const other = await anAccount(service);
    const socialAccountId = account.id;
    await of(FulfillmentService).assign(operator, { leaseRequestId: request.id, socialAccountId });
    const replace = () =>
      of(ReplacementService).replace(operator, {
        leaseRequestId: request.id,
        socialAccountId,
        newSocialAccountId: other.id,
        oldAccountTo: 'quarantine',
        reason: 'banned',
      });
    expect(await replace()).toMatchObject({ chargedCents: 15_000, replayed: false });
    expect(await replace()).toMatchObject({ chargedCents: 0, refundedCents: 0, replayed: true });
  });
});

describe('money that comes in while something is owed', () => {
  /** A partner whose first month was paid from a top-up of 20,000 that came back: 15,000 are owed. */
  async function aPartnerThatOwes() {
    const made = await aRequestThatFits(service, { walletCents: 0 });
    const { organizationId } = made.partner;
    const { transactionId } = await wallets.topUp(finance, {
      organizationId,
      amountCents: 20_000,
      reference: newReference(),
    });
    const assigned = { leaseRequestId: made.request.id, socialAccountId: made.account.id };
    const { leaseId } = await of(FulfillmentService).assign(operator, assigned);
    await wallets.reverseTopUp(finance, { organizationId, transactionId, reason: 'no funds' });
    return { organizationId, assigned, leaseId };
  }

  it('is said to settle it: a top-up', async () => {
    const { organizationId } = await aPartnerThatOwes();
    const receipt = await wallets.topUp(finance, { organizationId, amountCents: 33_000, reference: newReference() });
    expect(receipt).toMatchObject({ settledCents: 15_000, balanceCents: 18_000, owedCents: 0 });
  });

  it('is said to settle it: the refund of an undone assignment', async () => {
    const { assigned } = await aPartnerThatOwes();
    const receipt = await of(FulfillmentService).undoAssign(operator, { ...assigned, reason: 'wrong one' });
    const wallet = { balanceCents: 0, owedCents: 0, renewalsPaid: 0, renewalsPaidCents: 0, renewalsDue: 0 };
    expect(receipt).toMatchObject({ refundedCents: 15_000, settledCents: 15_000, wallet });
  });

  it('is said to settle it: the refund of a disconnected lease, in part', async () => {
    const { organizationId, leaseId } = await aPartnerThatOwes();
    await topUp(service, organizationId, 5_000);
    const receipt = await of(LeasesService).disconnect(finance, { leaseId, reason: 'banned', refund: true });
    expect(receipt).toMatchObject({
      refundedCents: 15_000,
      settledCents: 10_000,
      wallet: { balanceCents: 5_000, owedCents: 0 },
    });
    await expectCleanBooks(service);
  });
});

describe('money that comes in while renewals are due', () => {
  const MONTH_AND_MORE_MS = 40 * 86_400_000;

  async function aPartnerPastDue(leases: number) {
    const assignedAt = new Date(Date.now() - MONTH_AND_MORE_MS).toISOString();
    const { partner } = await aLessee(service, 0, ...Array.from({ length: leases }, () => assignedAt));
    await renewAt(service, new Date().toISOString());
    return partner;
  }

  it('is told with the renewals that it paid in the same moment', async () => {
    const { organizationId } = await aPartnerPastDue(5);
    const receipt = await working.app
      .get(WalletsService, { strict: false })
      .topUp(finance, { organizationId, amountCents: 210_000, reference: newReference() });
    expect(receipt).toMatchObject({
      balanceCents: 135_000,
      renewalsPaid: 5,
      renewalsPaidCents: 75_000,
      renewalsDue: 0,
    });
    expect(await balanceOf(service, organizationId)).toBe(135_000);
  });

  it('is told with those too that are left', async () => {
    const { organizationId } = await aPartnerPastDue(3);
    const receipt = await working.app
      .get(WalletsService, { strict: false })
      .adjust(finance, { organizationId, amountCents: 31_000, reason: 'goodwill' });
    expect(receipt).toMatchObject({ balanceCents: 1_000, renewalsPaid: 2, renewalsPaidCents: 30_000, renewalsDue: 1 });
  });

  it('is told with all that are due where this process renews nothing', async () => {
    await working.close();
    const { organizationId } = await aPartnerPastDue(2);
    const input = { organizationId, amountCents: 40_000, reference: newReference() };
    expect(await wallets.topUp(finance, input)).toMatchObject({
      balanceCents: 40_000,
      renewalsPaid: 0,
      renewalsDue: 2,
    });
    await renewAt(service, new Date().toISOString());
    expect(await wallets.topUp(finance, input)).toMatchObject({
      balanceCents: 10_000,
      renewalsPaid: 0,
      renewalsDue: 0,
      replayed: true,
    });
    await expectCleanBooks(service);
  });
});
