import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { Transactions } from '../../../src/core/transactions.js';
import { ApprovalsService } from '../../../src/wallets/approvals.service.js';
import { ManualTransactions } from '../../../src/wallets/manual-transactions.js';
import { StatementService } from '../../../src/wallets/statement.service.js';
import { WalletsService, type TransactionReceipt } from '../../../src/wallets/wallets.service.js';
import { aLessee } from '../renewals/leases.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  balanceOf,
  everything,
  expectCleanBooks,
  outcomes,
  setClock,
  transfersOf,
  untilSomebodyWaits,
} from '../../support/ledger.js';
import { aPartner, aStaffMember, atOnce, topUp } from '../../support/makers.js';

const LIMIT = 100_000;
let service: TestApp;
let wallets: WalletsService;
let proposals: ApprovalsService;
let author: StaffCaller;
let second: StaffCaller;

beforeAll(async () => {
  service = await startTestApp({ dualControlCents: LIMIT });
  wallets = service.app.get(WalletsService, { strict: false });
  proposals = service.app.get(ApprovalsService, { strict: false });
  author = await aStaffMember(service, 'finance');
  second = await aStaffMember(service, 'finance');
});
afterAll(() => service.close());

async function aRichPartner(): Promise<string> {
  return (await aPartner(service, { walletCents: 500_000 })).organizationId;
}

async function aWaitingPayout(amountCents = LIMIT + 1): Promise<{ organizationId: string; proposalId: string }> {
  const organizationId = await aRichPartner();
  const receipt = await wallets.payOut(author, { organizationId, amountCents, reference: `out of ${organizationId}` });
  return { organizationId, proposalId: receipt.proposalId! };
}

describe('before it is approved', () => {
  const pending = async (organizationId: string) => (await proposals.listPending(second, organizationId))[0]!;

  it('an adjustment shows its sign, its reason, its author, and the wallet before and after', async () => {
    const organizationId = await aRichPartner();
    await wallets.adjust(author, { organizationId, amountCents: -150_000, reason: 'booked twice' });
    expect(await pending(organizationId)).toMatchObject({
      kind: 'adjustment',
      amountCents: -150_000,
      reason: 'booked twice',
      proposedBy: author.name,
      wallet: { balanceCents: 500_000, owedCents: 0 },
      walletAfter: { balanceCents: 350_000, owedCents: 0 },
      hasRenewalsDue: false,
    });
  });

  it('a credit shows what of it settles what is owed, and that renewals are due', async () => {
    const { partner } = await aLessee(service, 0, new Date(Date.now() - 40 * 86_400_000).toISOString());
    const { organizationId } = partner;
    const [{ id: transactionId }] = await service.dataSource.query(
      `SELECT id FROM ledger_transfer WHERE organization_id = $1 AND kind = 'top_up'`,
      [organizationId],
    );
    setClock(service, new Date());
    await wallets.reverseTopUp(author, { organizationId, transactionId, reason: 'no funds' });
    await wallets.adjust(author, { organizationId, amountCents: 140_000, reason: 'goodwill' });
    expect(await pending(organizationId)).toMatchObject({
      wallet: { balanceCents: 0, owedCents: 15_000 },
      walletAfter: { balanceCents: 125_000, owedCents: 0 },
      hasRenewalsDue: true,
    });
  });

  it('a reversal shows what will be owed', async () => {
    const organizationId = await aRichPartner();
    await wallets.adjust(author, { organizationId, amountCents: -100_000, reason: 'fee' });
    const [{ id: transactionId }] = await service.dataSource.query(
      `SELECT id FROM ledger_transfer WHERE organization_id = $1 AND kind = 'top_up'`,
      [organizationId],
    );
    await wallets.reverseTopUp(author, { organizationId, transactionId, reason: 'no funds' });
    expect(await pending(organizationId)).toMatchObject({
      amountCents: -500_000,
      reversesId: transactionId,
      wallet: { balanceCents: 400_000, owedCents: 0 },
      walletAfter: { balanceCents: 0, owedCents: 100_000 },
    });
  });

  it('what the wallet does not hold any more shows no wallet after it', async () => {
    const { organizationId } = await aWaitingPayout(450_000);
    await wallets.adjust(author, { organizationId, amountCents: -100_000, reason: 'fee' });
    expect(await pending(organizationId)).toMatchObject({ wallet: { balanceCents: 400_000 }, walletAfter: null });
  });
});

describe('once it is approved', () => {
  const linesOf = async (organizationId: string) =>
    (await service.app.get(StatementService, { strict: false }).page(organizationId)).lines.map(
      ({ kind, bookedBy, proposedBy }) => ({ kind, bookedBy, proposedBy }),
    );

  it('both people stand in the statement', async () => {
    const { organizationId, proposalId } = await aWaitingPayout();
    await proposals.approve(second, { organizationId, proposalId });
    await wallets.adjust(author, { organizationId, amountCents: 1, reason: 'r' });
    expect(await linesOf(organizationId)).toEqual([
      { kind: 'adjustment', bookedBy: author.name, proposedBy: null },
      { kind: 'payout', bookedBy: second.name, proposedBy: author.name },
      expect.objectContaining({ kind: 'top_up', proposedBy: null }),
    ]);
  });

  it('both people stand beside each of the two transfers of a reversal', async () => {
    const organizationId = await aRichPartner();
    await wallets.adjust(author, { organizationId, amountCents: -100_000, reason: 'fee' });
    const [{ id: transactionId }] = await service.dataSource.query(
      `SELECT id FROM ledger_transfer WHERE organization_id = $1 AND kind = 'top_up'`,
      [organizationId],
    );
    const { proposalId } = await wallets.reverseTopUp(author, { organizationId, transactionId, reason: 'no funds' });
    await proposals.approve(second, { organizationId, proposalId: proposalId! });
    const listed = await service.dataSource.query(
      `SELECT kind, booked_by AS "bookedBy", proposed_by AS "proposedBy" FROM panel_ledger_transfer
        WHERE organization_id = $1 ORDER BY kind, id`,
      [organizationId],
    );
    const both = { kind: 'top_up_reversal', bookedBy: second.name, proposedBy: author.name };
    expect(listed).toEqual([
      { kind: 'adjustment', bookedBy: author.name, proposedBy: null },
      expect.objectContaining({ kind: 'top_up', proposedBy: null }),
      both,
      both,
    ]);
    expect((await linesOf(organizationId))[0]).toEqual(both);
  });
});

describe('over the limit', () => {
  const moves: [string, (organizationId: string, cents: number) => Promise<TransactionReceipt>, number][] = [
    [
      'a payout',
      (organizationId, amountCents) =>
        wallets.payOut(author, { organizationId, amountCents, reference: organizationId }),
      -1,
    ],
    [
      'an adjustment up',
      (organizationId, amountCents) => wallets.adjust(author, { organizationId, amountCents, reason: 'r' }),
      1,
    ],
    [
      'an adjustment down',
      (organizationId, cents) => wallets.adjust(author, { organizationId, amountCents: -cents, reason: 'r' }),
      -1,
    ],
    [
      'a reversal',
      async (organizationId, amountCents) => {
        await topUp(service, organizationId, amountCents);
        const [line] = await service.dataSource.query(
          `SELECT id FROM ledger_transfer WHERE organization_id = $1 AND kind = 'top_up' ORDER BY wallet_seq DESC LIMIT 1`,
          [organizationId],
        );
        return wallets.reverseTopUp(author, { organizationId, transactionId: line.id, reason: 'r' });
      },
      -1,
    ],
  ];

  it.each(moves)('%s waits, and is booked by the second person’s approval', async (_what, move, sign) => {
    const organizationId = await aRichPartner();
    const receipt = await move(organizationId, LIMIT + 1);
    const before = await balanceOf(service, organizationId);
    expect(receipt).toMatchObject({
      transactionId: null,
      proposalId: expect.stringMatching(/^mov_/),
      balanceCents: before,
    });

    const [waiting] = await proposals.listPending(second, organizationId);
    expect(waiting).toMatchObject({
      proposalId: receipt.proposalId,
      amountCents: sign * (LIMIT + 1),
      proposedBy: author.name,
      isOwn: false,
    });
    const proposalId = receipt.proposalId!;
    const booked = await proposals.approve(second, { organizationId, proposalId });
    expect(booked).toMatchObject({ balanceCents: before + sign * (LIMIT + 1), replayed: false });
    expect(await balanceOf(service, organizationId)).toBe(booked.balanceCents);
    expect(await proposals.approve(second, { organizationId, proposalId })).toEqual({ ...booked, replayed: true });
    expect(await proposals.listPending(second, organizationId)).toEqual([]);
    await expectCleanBooks(service);
  });

  it.each(moves)('%s of exactly the limit is booked at once', async (_what, move) => {
    const organizationId = await aRichPartner();
    expect(await move(organizationId, LIMIT)).toMatchObject({ proposalId: null, transactionId: expect.any(String) });
  });

  it('nobody decides on what is their own, whatever their role', async () => {
    const admin = await aStaffMember(service, 'admin');
    const organizationId = await aRichPartner();
    const { proposalId } = await wallets.payOut(admin, { organizationId, amountCents: LIMIT + 1, reference: 'own' });
    const input = { organizationId, proposalId: proposalId! };
    const before = await everything(service);
    const { refused } = await outcomes<unknown>([
      proposals.approve(admin, input),
      proposals.decline(admin, { ...input, reason: 'r' }),
      proposals.approve(await aStaffMember(service, 'operator'), input),
      proposals.decline(await aStaffMember(service, 'viewer'), { ...input, reason: 'r' }),
    ]);
    expect(refused).toEqual(Array(4).fill('FORBIDDEN_ROLE'));
    expect(await everything(service)).toBe(before);
    expect((await proposals.listPending(admin, organizationId))[0]).toMatchObject({ isOwn: true });
    const forced = service.dataSource.query(
      `UPDATE movement_proposal SET decision = 'declined', decided_by = proposed_by, decided_at = now(), decline_reason = 'r' WHERE id = $1`,
      [proposalId],
    );
    await expect(forced).rejects.toThrow(/movement_proposal_second_person/);
  });

  it('is booked once when many approve and others decline at the same moment', async () => {
    const { organizationId, proposalId } = await aWaitingPayout();
    const admin = await aStaffMember(service, 'admin');
    const { done } = await outcomes<unknown>(
      Array.from({ length: 12 }, (_, n) =>
        n % 3 === 2
          ? proposals.decline(admin, { organizationId, proposalId, reason: 'no' })
          : proposals.approve(n % 2 ? second : admin, { organizationId, proposalId }),
      ),
    );
    expect(done.length).toBeGreaterThan(0);
    const [{ decision }] = await service.dataSource.query('SELECT decision FROM movement_proposal WHERE id = $1', [
      proposalId,
    ]);
    const booked = await transfersOf(service, organizationId, 'payout');
    expect(booked).toBe(decision === 'approved' ? 1 : 0);
    await expectCleanBooks(service);
  });

  it('declined, nothing is booked and it cannot be approved any more; it may be proposed again', async () => {
    const { organizationId, proposalId } = await aWaitingPayout();
    await proposals.decline(second, { organizationId, proposalId, reason: 'Not our account' });
    await expect(proposals.approve(second, { organizationId, proposalId })).rejects.toMatchObject({
      details: { reason: 'not_allowed_now' },
    });
    expect(await transfersOf(service, organizationId, 'payout')).toBe(0);
    const again = await wallets.payOut(author, {
      organizationId,
      amountCents: LIMIT + 1,
      reference: `out of ${organizationId}`,
    });
    expect(again.proposalId).not.toBe(proposalId);
  });

  it('the same again waits once; another amount under its reference is refused', async () => {
    const organizationId = await aRichPartner();
    const payOut = (amountCents: number) => wallets.payOut(author, { organizationId, amountCents, reference: 'twice' });
    const receipts = await atOnce(6, () => payOut(LIMIT + 5));
    expect(new Set(receipts.map(({ proposalId }) => proposalId)).size).toBe(1);
    expect((await outcomes([payOut(LIMIT + 6)])).refused).toEqual(['reference_reused']);
  });

  it('does not begin to wait for what the wallet does not hold', async () => {
    const organizationId = await aRichPartner();
    const before = await everything(service);
    const { refused } = await outcomes([
      wallets.payOut(author, { organizationId, amountCents: 500_001, reference: 'too much' }),
      wallets.adjust(author, { organizationId, amountCents: -500_001, reason: 'too much' }),
    ]);
    expect(refused).toEqual(['BILLING_EXHAUSTED', 'BILLING_EXHAUSTED']);
    expect(await everything(service)).toBe(before);
    expect(await proposals.listPending(second, organizationId)).toEqual([]);
  });

  it('is refused when its reference comes to stand for another movement at the same moment', async () => {
    const [organizationId, other] = [await aRichPartner(), await aRichPartner()];
    const adjustment = { amountCents: LIMIT + 1, reason: 'r', reference: 'for one alone' };
    const { proposalId } = await wallets.adjust(author, { organizationId, ...adjustment });
    const movements = service.app.get(ManualTransactions, { strict: false });
    let approving: Promise<unknown>;
    await service.app.get(Transactions, { strict: false }).run(async (em) => {
      await movements.book(em, author, { kind: 'adjustment', organizationId: other, ...adjustment });
      approving = proposals.approve(second, { organizationId, proposalId: proposalId! });
      await untilSomebodyWaits(service);
    });
    expect(await outcomes([approving!])).toEqual({ done: [], refused: ['reference_reused'] });
    expect(await proposals.listPending(second, organizationId)).toHaveLength(1);
    await expectCleanBooks(service);
  });

  it('goes on waiting when the wallet does not hold it any more', async () => {
    const { organizationId, proposalId } = await aWaitingPayout(450_000);
    await wallets.adjust(author, { organizationId, amountCents: -100_000, reason: 'fee' });
    await expect(proposals.approve(second, { organizationId, proposalId })).rejects.toMatchObject({
      code: 'BILLING_EXHAUSTED',
    });
    expect(await proposals.listPending(second, organizationId)).toHaveLength(1);
    const other = await aRichPartner();
    await expect(proposals.approve(second, { organizationId: other, proposalId })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
