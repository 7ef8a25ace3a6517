import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrganizationsService } from '../../../src/partners/organizations.service.js';
import { ApprovalsService } from '../../../src/wallets/approvals.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { everything, expectCleanBooks } from '../../support/ledger.js';
import { aPartner, aStaffMember, theSystem } from '../../support/makers.js';

let service: TestApp;
let wallets: WalletsService;
beforeAll(async () => {
  service = await startTestApp();
  wallets = service.app.get(WalletsService, { strict: false });
});
afterAll(async () => {
  await expectCleanBooks(service);
  await service.close();
});

let numbered = 0;
const reference = () => `unusual ${(numbered += 1)}`;
const refusal = { code: 'CONFLICT', details: { reason: 'unusual_amount' } };

describe('an amount that looks like a slip of a key', () => {
  it.each([
    ['ten times the largest so far', 50_000, 500_000, true],
    ['less than ten times', 50_000, 499_999, false],
    ['over $100,000', 5_000_000, 10_000_001, true],
    ['$100,000', 5_000_000, 10_000_000, false],
    ['the first one', 0, 10_000_000, false],
    ['the first one, over $100,000', 0, 10_000_001, true],
  ])('is booked only when it is given twice: %s', async (_, largestCents, amountCents, isUnusual) => {
    const { organizationId } = await aPartner(service, { walletCents: largestCents });
    const topUp = { organizationId, amountCents, reference: reference() };
    if (isUnusual) {
      const before = await everything(service);
      await expect(wallets.topUp(theSystem(), topUp)).rejects.toMatchObject(refusal);
      const typo = { ...topUp, confirmedCents: amountCents - 1 };
      await expect(wallets.topUp(theSystem(), typo)).rejects.toMatchObject({ code: 'VALIDATION' });
      expect(await everything(service)).toBe(before);
      await wallets.topUp(theSystem(), { ...topUp, confirmedCents: amountCents });
    }
    // Without the confirmation too, once it is booked.
    const { replayed, balanceCents } = await wallets.topUp(theSystem(), topUp);
    expect({ replayed, balanceCents }).toEqual({ replayed: isUnusual, balanceCents: largestCents + amountCents });
  });

  it('is told in figures and in words', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 90_000 });
    await expect(
      wallets.topUp(theSystem(), { organizationId, amountCents: 1_000_000_000_000, reference: reference() }),
    ).rejects.toThrow(
      '$10,000,000,000.00 (10 billion dollars) is unusual: the largest amount of this partner so far is $900.00. Nothing was booked; repeat the amount to confirm it.',
    );
  });

  it('is confirmed with its sign where it takes from the wallet, before it waits for a second person', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 5_000 });
    const wallet = { organizationId, reason: 'Correction' };
    const add = { ...wallet, amountCents: 60_000, reference: reference() };
    await expect(wallets.adjust(theSystem(), add)).rejects.toMatchObject(refusal);
    await wallets.adjust(theSystem(), { ...add, confirmedCents: 60_000 });
    await wallets.topUp(theSystem(), { organizationId, amountCents: 500_000, reference: reference() });
    await wallets.topUp(theSystem(), {
      organizationId,
      amountCents: 11_000_000,
      confirmedCents: 11_000_000,
      reference: reference(),
    });

    const take = { ...wallet, amountCents: -10_500_000, reference: reference() };
    await expect(wallets.adjust(theSystem(), take)).rejects.toMatchObject(refusal);
    const positive = { ...take, confirmedCents: 10_500_000 };
    await expect(wallets.adjust(theSystem(), positive)).rejects.toMatchObject({ code: 'VALIDATION' });
    expect(await wallets.adjust(theSystem(), { ...take, confirmedCents: -10_500_000 })).toMatchObject({
      transactionId: null,
      proposalId: expect.any(String),
    });

    const payout = { organizationId, amountCents: 10_400_000, reference: reference() };
    await expect(wallets.payOut(theSystem(), payout)).rejects.toMatchObject(refusal);
    const { proposalId } = await wallets.payOut(theSystem(), { ...payout, confirmedCents: 10_400_000 });
    const second = await aStaffMember(service, 'finance');
    const approvals = service.app.get(ApprovalsService, { strict: false });
    const approved = await approvals.approve(second, { organizationId, proposalId: proposalId! });
    expect(approved).toMatchObject({ replayed: false, balanceCents: 1_165_000 });
  });

  it('is no opening balance of a partner either', async () => {
    const organizations = service.app.get(OrganizationsService, { strict: false });
    const partner = { name: 'Ten Zeros Ltd', projects: ['One'], walletCents: 1_000_000_000_000 };
    await expect(organizations.create(theSystem(), partner)).rejects.toMatchObject(refusal);
    const created = await organizations.create(theSystem(), { ...partner, confirmedCents: 1_000_000_000_000 });
    expect(await wallets.show(created.organizationId)).toMatchObject({ balanceCents: 1_000_000_000_000 });
  });
});
