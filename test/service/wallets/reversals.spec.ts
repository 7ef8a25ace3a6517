import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { aLessee, leaseState, renewAt } from '../renewals/leases.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { balanceOf, everything, expectCleanBooks, outcomes } from '../../support/ledger.js';
import { aPartner, aRequestThatFits, aStaffMember, atOnce } from '../../support/makers.js';

let service: TestApp;
let wallets: WalletsService;
let fulfilment: FulfillmentService;
let finance: StaffCaller;
let operator: StaffCaller;
let numbered = 0;

beforeAll(async () => {
  service = await startTestApp();
  wallets = service.app.get(WalletsService, { strict: false });
  fulfilment = service.app.get(FulfillmentService, { strict: false });
  finance = await aStaffMember(service, 'finance');
  operator = await aStaffMember(service, 'operator');
});
afterAll(() => service.close());

const reason = 'The bank took it back';

async function topUp(organizationId: string, amountCents: number): Promise<string> {
  const reference = `bouncing ${(numbered += 1)}`;
  return (await wallets.topUp(finance, { organizationId, amountCents, reference })).transactionId;
}

/** The legs of a reversal and the lines that settle, as `from → to: cents`. */
async function reversalsOf(organizationId: string): Promise<string[]> {
  const found: { line: string }[] = await service.dataSource.query(
    `SELECT format('%s → %s: %s', split_part(debit_account_id, ':', 1), split_part(credit_account_id, ':', 1), amount_cents) AS line
       FROM ledger_transfer WHERE organization_id = $1 AND kind = 'top_up_reversal' ORDER BY booked_at, id`,
    [organizationId],
  );
  return found.map(({ line }) => line);
}

/** A partner whose first month was paid from a top-up of 20,000 that comes back now: 5,000 are there, 15,000 are owed. */
async function aPartnerThatOwes() {
  const made = await aRequestThatFits(service, { walletCents: 0, count: 3 });
  const { organizationId } = made.partner;
  const transactionId = await topUp(organizationId, 20_000);
  await fulfilment.assign(operator, { leaseRequestId: made.request.id, socialAccountId: made.account.id });
  const receipt = await wallets.reverseTopUp(finance, { organizationId, transactionId, reason });
  return { ...made, organizationId, transactionId, receipt };
}

describe('a top-up that bounces', () => {
  it('comes back in one leg while the wallet holds it', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 1_000 });
    const transactionId = await topUp(organizationId, 4_000);
    const receipt = await wallets.reverseTopUp(finance, { organizationId, transactionId, reason });
    expect(receipt).toMatchObject({ proposalId: null, balanceCents: 1_000, owedCents: 0, replayed: false });
    expect(await reversalsOf(organizationId)).toEqual(['wallet → funding: 4000']);
    await expectCleanBooks(service);
  });

  it('takes what the wallet holds and books the rest as owed, in one transaction with its event', async () => {
    const { organizationId, receipt, transactionId } = await aPartnerThatOwes();
    expect(receipt).toMatchObject({ balanceCents: 0, owedCents: 15_000 });
    expect(await reversalsOf(organizationId)).toEqual(['wallet → funding: 5000', 'owed → funding: 15000']);
    const written = await service.dataSource.query(
      `SELECT xmin::text AS tx FROM ledger_transfer WHERE reverses_id = $1
        UNION SELECT xmin::text FROM audit_event WHERE organization_id = $2 AND type = 'wallet.reversed'
        UNION SELECT xmin::text FROM ledger_account WHERE id = 'wallet:' || $2`,
      [transactionId, organizationId],
    );
    expect(written).toHaveLength(1);
    const [event] = await service.dataSource.query(
      `SELECT data, internal FROM audit_event WHERE organization_id = $1 AND type = 'wallet.reversed'`,
      [organizationId],
    );
    expect(event.data).toEqual({ amountCents: -20_000, transactionId: receipt.transactionId });
    expect(event.internal).toMatchObject({
      reason,
      reversesId: transactionId,
      before: { balanceCents: 5_000, owedCents: 0 },
      after: { balanceCents: 0, owedCents: 15_000 },
    });
    await expectCleanBooks(service);
  });

  it('is owed as a whole by an empty wallet, in one leg that no statement shows', async () => {
    const { partner, request, account } = await aRequestThatFits(service, { walletCents: 0 });
    const { organizationId } = partner;
    const transactionId = await topUp(organizationId, 15_000);
    await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    await wallets.reverseTopUp(finance, { organizationId, transactionId, reason });
    expect(await reversalsOf(organizationId)).toEqual(['owed → funding: 15000']);
    expect(await wallets.show(organizationId)).toMatchObject({ balanceCents: 0, owedCents: 15_000, covers: 0 });
    await expectCleanBooks(service);
  });

  it('comes back once, however often and however many at once', async () => {
    const { partner, request, account } = await aRequestThatFits(service, { walletCents: 0 });
    const { organizationId } = partner;
    const transactionId = await topUp(organizationId, 20_000);
    await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    const receipts = await atOnce(12, () => wallets.reverseTopUp(finance, { organizationId, transactionId, reason }));
    expect(receipts.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(receipts.map((receipt) => receipt.transactionId)).size).toBe(1);
    expect(await wallets.show(organizationId)).toMatchObject({ balanceCents: 0, owedCents: 15_000 });
    await expectCleanBooks(service);
  });

  it('races assignments without a wallet below nothing or a charge while something is owed', async () => {
    const { partner, request, accounts } = await aRequestThatFits(service, { walletCents: 0, count: 6 });
    const { organizationId } = partner;
    const transactionId = await topUp(organizationId, 60_000);
    const assigns = accounts.map(({ id }) =>
      fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: id }).then(() => 'assigned'),
    );
    const reversal = wallets.reverseTopUp(finance, { organizationId, transactionId, reason }).then(() => 'reversed');
    const { done, refused } = await outcomes([...assigns, reversal]);
    expect(done).toContain('reversed');
    const assignedCount = done.filter((what) => what === 'assigned').length;
    expect(refused).toEqual(Array(6 - assignedCount).fill('BILLING_EXHAUSTED'));
    expect(await wallets.show(organizationId)).toMatchObject({ balanceCents: 0, owedCents: assignedCount * 15_000 });
    await expectCleanBooks(service);
  });

  it('races top-ups, assignments and itself, and every cent is where it belongs', async () => {
    const { partner, request, accounts } = await aRequestThatFits(service, { walletCents: 0, count: 4 });
    const { organizationId } = partner;
    const transactionId = await topUp(organizationId, 40_000);
    const reverse = () =>
      wallets.reverseTopUp(finance, { organizationId, transactionId, reason }).then(() => 'reversed');
    const { done, refused } = await outcomes([
      ...accounts.map(({ id }) =>
        fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: id }).then(() => 'assigned'),
      ),
      ...[11_000, 12_000, 13_000].map((cents) => topUp(organizationId, cents).then(() => 'topped up')),
      reverse(),
      reverse(),
    ]);
    const count = (what: string) => done.filter((one) => one === what).length;
    expect([count('reversed'), count('topped up')]).toEqual([2, 3]);
    expect(refused).toEqual(Array(4 - count('assigned')).fill('BILLING_EXHAUSTED'));
    const { balanceCents, owedCents } = await wallets.show(organizationId);
    expect(balanceCents - owedCents).toBe(36_000 - count('assigned') * 15_000);
    expect(Math.min(balanceCents, owedCents)).toBe(0);
    await expectCleanBooks(service);
  });

  it('is a top-up of that organisation, and nothing else', async () => {
    const one = await aPartner(service, { walletCents: 0 });
    const other = await aPartner(service, { walletCents: 0 });
    const transactionId = await topUp(one.organizationId, 100);
    const { transactionId: adjustment } = await wallets.adjust(finance, {
      organizationId: one.organizationId,
      amountCents: 5,
      reason: 'gift',
    });
    const before = await everything(service);
    const { refused } = await outcomes([
      wallets.reverseTopUp(finance, { organizationId: other.organizationId, transactionId, reason }),
      wallets.reverseTopUp(finance, { organizationId: one.organizationId, transactionId: adjustment!, reason }),
      wallets.reverseTopUp(finance, { organizationId: one.organizationId, transactionId: 'txn_none', reason }),
    ]);
    expect(refused).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    expect(await everything(service)).toBe(before);
  });
});

describe('while something is owed', () => {
  it('an assignment counts as wallet short, and names what it takes', async () => {
    const { request, accounts } = await aPartnerThatOwes();
    const assign = fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: accounts[1]!.id });
    await expect(assign).rejects.toMatchObject({
      code: 'BILLING_EXHAUSTED',
      details: { balanceCents: 0, requiredCents: 30_000 },
    });
  });

  it('nothing is paid out and nothing taken by hand', async () => {
    const { organizationId } = await aPartnerThatOwes();
    const { refused } = await outcomes([
      wallets.payOut(finance, { organizationId, amountCents: 1, reference: `out ${(numbered += 1)}` }),
      wallets.adjust(finance, { organizationId, amountCents: -1, reason: 'fee' }),
    ]);
    expect(refused).toEqual(['BILLING_EXHAUSTED', 'BILLING_EXHAUSTED']);
  });

  it('the next top-up settles it first; the rest is free to use', async () => {
    const { organizationId, request, accounts } = await aPartnerThatOwes();
    const input = { organizationId, amountCents: 33_000, reference: `again ${(numbered += 1)}` };
    const first = await wallets.topUp(finance, input);
    expect(first).toMatchObject({ balanceCents: 18_000, owedCents: 0, replayed: false });
    expect(await wallets.topUp(finance, input)).toEqual({ ...first, settledCents: 0, replayed: true });
    expect(await reversalsOf(organizationId)).toEqual([
      'wallet → funding: 5000',
      'owed → funding: 15000',
      'wallet → owed: 15000',
    ]);
    await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: accounts[1]!.id });
    expect(await balanceOf(service, organizationId)).toBe(3_000);
    await expectCleanBooks(service);
  });

  it('a top-up that is too small settles a part, and the wallet stays empty', async () => {
    const { organizationId } = await aPartnerThatOwes();
    await topUp(organizationId, 4_000);
    expect(await wallets.show(organizationId)).toMatchObject({ balanceCents: 0, owedCents: 11_000, covers: 0 });
    await topUp(organizationId, 12_000);
    expect(await wallets.show(organizationId)).toMatchObject({ balanceCents: 1_000, owedCents: 0 });
    await expectCleanBooks(service);
  });

  it('an undone assignment settles too, so that no wallet holds money while it owes', async () => {
    const { organizationId, request, account } = await aPartnerThatOwes();
    await fulfilment.undoAssign(operator, {
      leaseRequestId: request.id,
      socialAccountId: account.id,
      reason: 'wrong one',
    });
    expect(await wallets.show(organizationId)).toMatchObject({ balanceCents: 0, owedCents: 0 });
    await expectCleanBooks(service);
  });

  it('a renewal is past due, and paid from what the settling top-up leaves', async () => {
    const { partner, leaseIds } = await aLessee(service, 0, '2027-01-10T08:00:00Z');
    const { organizationId } = partner;
    const transactionId = await topUp(organizationId, 15_000);
    await wallets.adjust(finance, { organizationId, amountCents: -5_000, reason: 'fee' });
    await wallets.reverseTopUp(finance, { organizationId, transactionId, reason });
    await renewAt(service, '2027-02-10T08:00:00Z');
    expect(await leaseState(service, leaseIds[0]!)).toMatchObject({ status: 'past_due' });
    await topUp(organizationId, 19_999);
    await renewAt(service, '2027-02-10T09:00:00Z');
    expect(await leaseState(service, leaseIds[0]!)).toMatchObject({ status: 'past_due' });
    await topUp(organizationId, 1);
    await renewAt(service, '2027-02-10T10:00:00Z');
    expect(await leaseState(service, leaseIds[0]!)).toMatchObject({ status: 'active' });
    expect(await wallets.show(organizationId)).toMatchObject({ balanceCents: 0, owedCents: 0 });
    await expectCleanBooks(service);
  });

  it('a top-up that had settled something may bounce as well', async () => {
    const { organizationId } = await aPartnerThatOwes();
    const second = await topUp(organizationId, 16_000);
    await wallets.reverseTopUp(finance, { organizationId, transactionId: second, reason });
    expect(await wallets.show(organizationId)).toMatchObject({ balanceCents: 0, owedCents: 15_000 });
    await expectCleanBooks(service);
  });
});

describe('a payout', () => {
  it('goes out once for its reference, and never more than there is', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 10_000 });
    const payOut = (amountCents: number, reference: string) =>
      wallets.payOut(finance, { organizationId, amountCents, reference });
    const receipts = await atOnce(8, () => payOut(6_000, 'wire out 1'));
    expect(receipts.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await balanceOf(service, organizationId)).toBe(4_000);
    const { refused } = await outcomes([payOut(6_001, 'wire out 1'), payOut(4_001, 'wire out 2')]);
    expect(refused).toEqual(['reference_reused', 'BILLING_EXHAUSTED']);
    await expectCleanBooks(service);
  });

  it('needs the reference of the payment', async () => {
    const { organizationId } = await aPartner(service);
    const before = await everything(service);
    const { refused } = await outcomes([
      wallets.payOut(finance, { organizationId, amountCents: 5 } as never),
      wallets.payOut(finance, { organizationId, amountCents: 5, reference: ' ' }),
      wallets.payOut(finance, { organizationId, amountCents: -5, reference: 'x' }),
    ]);
    expect(refused).toEqual(['VALIDATION', 'VALIDATION', 'VALIDATION']);
    expect(await everything(service)).toBe(before);
  });
});

describe('the database itself refuses', () => {
  it.each([
    [
      'a second leg that takes more than the top-up brought',
      `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reverses_id, booked_by, booked_at)
       SELECT 'txn_more', 'top_up_reversal', 'owed:' || organization_id, 'funding', 1, organization_id, id, 'x', now()
         FROM ledger_transfer WHERE id = $1`,
    ],
    [
      'a reversal of another partner’s top-up',
      `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reverses_id, booked_by, booked_at)
       SELECT 'txn_other', 'top_up_reversal', account.id, 'funding', 1, account.organization_id, $1, 'x', now()
         FROM ledger_account account WHERE account.kind = 'owed'
          AND account.organization_id <> (SELECT organization_id FROM ledger_transfer WHERE id = $1) LIMIT 1`,
    ],
    [
      'a payout without a reference',
      `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, booked_by, wallet_seq,
                                    wallet_balance_after, booked_at)
       SELECT 'txn_out', 'payout', 'wallet:' || organization_id, 'funding', 1, organization_id, 'x', 77, 0, now()
         FROM ledger_transfer WHERE id = $1`,
    ],
  ])('%s', async (_what, statement) => {
    const { organizationId } = await aPartner(service, { walletCents: 0 });
    const transactionId = await topUp(organizationId, 100);
    await wallets.reverseTopUp(finance, { organizationId, transactionId, reason });
    await expect(service.dataSource.query(statement, [transactionId])).rejects.toThrow(/violates/);
  });
});
