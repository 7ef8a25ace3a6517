import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { WalletApiService } from '../../../src/wallet-api/wallet-api.service.js';
import { LowBalanceService } from '../../../src/wallets/low-balance.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectCleanBooks } from '../../support/ledger.js';
import { aRequestThatFits, atOnce, callerOf, theSystem, topUp, type TestPartner } from '../../support/makers.js';
import { renewAt } from '../renewals/leases.js';

let service: TestApp;
let fulfillment: FulfillmentService;
let wallets: WalletsService;
let lowBalance: LowBalanceService;
beforeAll(async () => {
  service = await startTestApp();
  fulfillment = service.app.get(FulfillmentService, { strict: false });
  wallets = service.app.get(WalletsService, { strict: false });
  lowBalance = service.app.get(LowBalanceService, { strict: false });
});
afterAll(async () => {
  await expectCleanBooks(service);
  await service.close();
});

const told = async ({ organizationId }: TestPartner): Promise<{ data: Record<string, unknown> }[]> => {
  const rows: { body: string }[] = await service.dataSource.query(
    `SELECT body FROM event WHERE organization_id = $1 AND type = 'wallet.low_balance' ORDER BY recorded_order`,
    [organizationId],
  );
  return rows.map(({ body }) => JSON.parse(body));
};
const isLow = async ({ organizationId }: TestPartner): Promise<boolean> =>
  (await service.dataSource.query('SELECT is_low FROM panel_wallet WHERE id = $1', [organizationId]))[0].is_low;
const countTold = async (partner: TestPartner) => [(await told(partner)).length, await isLow(partner)];

async function aLessee(walletCents: number, accounts: number) {
  const made = await aRequestThatFits(service, { count: 10, walletCents });
  const assign = (n: number) =>
    fulfillment.assign(theSystem(), { leaseRequestId: made.request.id, socialAccountId: made.accounts[n]!.id });
  for (let n = 0; n < accounts; n += 1) await assign(n);
  return { ...made, assign };
}

describe('wallet.low_balance', () => {
  it('is told once when the wallet falls below a month of its leases, with the wallet as its partner reads it', async () => {
    const { partner, assign } = await aLessee(75_000, 2);
    expect(await countTold(partner)).toEqual([0, false]);
    await assign(2);
    const [event] = await told(partner);
    const wallet = await service.app.get(WalletApiService, { strict: false }).show(callerOf(partner));
    expect(event!.data).toEqual({ ...wallet, thresholdCents: 45_000 });
    expect(event!.data).toMatchObject({ balanceCents: 30_000, monthlyCommitmentCents: 45_000, openRequestsWant: 7 });
    await assign(3);
    expect(await countTold(partner)).toEqual([1, true]);
  });

  it('is told again only after the wallet was not low', async () => {
    const { partner, accounts, assign } = await aLessee(45_000, 2);
    expect(await countTold(partner)).toEqual([1, true]);
    await topUp(service, partner.organizationId, 15_000);
    expect(await countTold(partner)).toEqual([1, false]);
    await assign(2);
    expect(await countTold(partner)).toEqual([2, true]);
    const leases = service.app.get(LeasesService, { strict: false });
    const live: { id: string }[] = await service.dataSource.query(
      'SELECT id FROM lease WHERE organization_id = $1 ORDER BY assigned_at',
      [partner.organizationId],
    );
    await leases.releaseFor(theSystem(), { leaseId: live[0]!.id, reason: 'No longer needed' });
    await leases.releaseFor(theSystem(), { leaseId: live[1]!.id, reason: 'No longer needed' });
    expect(await countTold(partner)).toEqual([2, false]);
    await wallets.adjust(theSystem(), { organizationId: partner.organizationId, amountCents: -1, reason: 'A cent' });
    expect(await countTold(partner)).toEqual([3, true]);
    await fulfillment.undoAssign(theSystem(), {
      leaseRequestId: (
        await service.dataSource.query('SELECT lease_request_id AS id FROM lease WHERE id = $1', [live[2]!.id])
      )[0].id,
      socialAccountId: accounts[2]!.id,
    });
    expect(await countTold(partner)).toEqual([3, false]);
  });

  it('goes by the threshold that staff set', async () => {
    const { partner } = await aLessee(100_000, 0);
    const { organizationId } = partner;
    await lowBalance.set(theSystem(), { organizationId, lowBalanceThresholdCents: 100_001 });
    expect((await told(partner)).map(({ data }) => data.thresholdCents)).toEqual([100_001]);
    await lowBalance.set(theSystem(), { organizationId, lowBalanceThresholdCents: 100_000 });
    expect(await countTold(partner)).toEqual([1, false]);
    await wallets.payOut(theSystem(), { organizationId, amountCents: 1, reference: `cent ${organizationId}` });
    expect(await countTold(partner)).toEqual([2, true]);
  });

  it('is told once by many at the same moment, and not by what is rolled back', async () => {
    const { partner, assign } = await aLessee(165_000, 0);
    await atOnce(10, assign);
    expect(await countTold(partner)).toEqual([1, true]);
    const poor = await aLessee(15_000, 0);
    await lowBalance.set(theSystem(), { organizationId: poor.partner.organizationId, lowBalanceThresholdCents: 1 });
    await expect(Promise.all([poor.assign(0), poor.assign(1)])).rejects.toMatchObject({ code: 'BILLING_EXHAUSTED' });
    expect((await told(poor.partner)).length).toBe(1);
  });

  it('is told after the renewals that took it there', async () => {
    const { partner } = await aLessee(60_000, 2);
    expect(await countTold(partner)).toEqual([0, false]);
    await renewAt(service, new Date(Date.now() + 40 * 86_400_000).toISOString());
    expect(await countTold(partner)).toEqual([1, true]);
    expect((await told(partner))[0]!.data).toMatchObject({ balanceCents: 0, thresholdCents: 30_000 });
  });
});
