import { newId } from '../../../src/core/ids.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toPanelError } from '../../../src/admin/http/error-messages.js';
import { Transactions } from '../../../src/core/transactions.js';
import { explainUnavailable } from '../../../src/fulfillment/account-unavailable.js';
import { lockRequest } from '../../../src/lease-requests/request-lock.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  accountStatus,
  balanceOf,
  everything,
  expectCleanBooks,
  liveLeasesOf,
  outcomes,
  requestState,
  setClock,
  transfersOf,
  untilSomebodyWaits,
} from '../../support/ledger.js';
import { aPartner, aRequest, aRequestThatFits, aStaffMember, anAccount, atOnce } from '../../support/makers.js';
import { aSandboxAccount } from '../../support/sandboxes.js';

describe('assigning an account', () => {
  let service: TestApp;
  let fulfilment: FulfillmentService;
  beforeAll(async () => {
    service = await startTestApp();
    fulfilment = service.app.get(FulfillmentService, { strict: false });
  });
  afterAll(() => service.close());

  it('charges the first month, takes the account and counts up, all on the trail', async () => {
    const { partner, request, account } = await aRequestThatFits(service, { walletCents: 100_000 });
    const operator = await aStaffMember(service, 'operator');
    const at = new Date('2027-01-31T10:20:30.456Z');
    setClock(service, at);

    const receipt = await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });

    expect(receipt).toMatchObject({
      priceCents: 15_000,
      balanceAfterCents: 85_000,
      nextRenewalAt: new Date('2027-02-28T10:20:30.456Z'),
      alreadyAssigned: false,
    });
    expect(await balanceOf(service, partner.organizationId)).toBe(85_000);
    expect(await accountStatus(service, account.id)).toBe('assigned');
    expect(await requestState(service, request.id)).toMatchObject({
      status: 'requested',
      assignedCount: 1,
      version: 2,
    });
    const [event] = await service.dataSource.query(
      "SELECT actor_id, request_id, data, internal FROM audit_event WHERE type = 'leased_account.assigned' AND lease_request_id = $1",
      [request.id],
    );
    expect(event).toMatchObject({
      actor_id: operator.staffId,
      request_id: operator.callId,
      data: { socialAccountId: account.id, priceCents: 15_000 },
      internal: { before: { status: 'available' }, after: { status: 'assigned' } },
    });
  });

  it('closes the request with the last account', async () => {
    const { request, accounts } = await aRequestThatFits(service, { count: 2 });
    const operator = await aStaffMember(service, 'operator');
    for (const account of accounts) {
      await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    }
    expect(await requestState(service, request.id)).toMatchObject({ status: 'assigned', assignedCount: 2 });
    const late = fulfilment.assign(operator, {
      leaseRequestId: request.id,
      socialAccountId: (await anAccount(service)).id,
    });
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'request_closed' } });
  });

  it('answers a repeated assignment with the first one, whatever the version or status since, and charges nothing', async () => {
    const { partner, request, account } = await aRequestThatFits(service, { count: 1 });
    const operator = await aStaffMember(service, 'operator');
    const first = await fulfilment.assign(operator, {
      leaseRequestId: request.id,
      socialAccountId: account.id,
      version: 1,
    });
    const again = await fulfilment.assign(operator, {
      leaseRequestId: request.id,
      socialAccountId: account.id,
      version: 1,
    });
    expect(again).toMatchObject({ leaseId: first.leaseId, alreadyAssigned: true });
    expect(await transfersOf(service, partner.organizationId, 'lease_charge')).toBe(1);
  });

  it("uses the organisation's own price, and refuses a price that the staff member did not see", async () => {
    const { partner, request, accounts } = await aRequestThatFits(service, { priceCents: 12_000, walletCents: 50_000 });
    const operator = await aStaffMember(service, 'operator');
    const before = await everything(service);
    const refused = fulfilment.assign(operator, {
      leaseRequestId: request.id,
      socialAccountId: accounts[0]!.id,
      expectedPriceCents: 15_000,
    });
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/\$120\.00.*\$150\.00/),
      details: { reason: 'price_changed', priceCents: 12_000, expectedPriceCents: 15_000 },
    });
    expect(await everything(service)).toBe(before);
    await fulfilment.assign(operator, {
      leaseRequestId: request.id,
      socialAccountId: accounts[0]!.id,
      expectedPriceCents: 12_000,
    });
    expect(await balanceOf(service, partner.organizationId)).toBe(38_000);
  });

  it.each([
    ['a wallet one cent short', { walletCents: 14_999 }, {}, 'BILLING_EXHAUSTED'],
    ['an account that is not available', {}, { status: 'quarantined' }, 'account_taken'],
  ])('refuses %s and changes nothing', async (_what, partnerWishes, accountWishes, reason) => {
    const partner = await aPartner(service, partnerWishes);
    const request = await aRequest(service, partner);
    const account = await anAccount(service, accountWishes);
    const operator = await aStaffMember(service, 'operator');
    const before = await everything(service);
    const { refused } = await outcomes([
      fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id }),
    ]);
    expect(refused).toEqual([reason]);
    expect(await everything(service)).toBe(before);
  });

  it('refuses a stale version, a suspended partner, an unknown account and an unknown request', async () => {
    const { partner, request, account } = await aRequestThatFits(service);
    const operator = await aStaffMember(service, 'operator');
    const good = { leaseRequestId: request.id, socialAccountId: account.id };
    const { refused } = await outcomes([
      fulfilment.assign(operator, { ...good, version: 7 }),
      fulfilment.assign(operator, { ...good, socialAccountId: 'sa_none' }),
      fulfilment.assign(operator, { ...good, leaseRequestId: newId('lreq') }),
    ]);
    expect(refused).toEqual(['stale', 'NOT_FOUND', 'NOT_FOUND']);
    await service.dataSource.query('UPDATE organization SET suspended_at = now() WHERE id = $1', [
      partner.organizationId,
    ]);
    expect((await outcomes([fulfilment.assign(operator, good)])).refused).toEqual(['suspended']);
    expect(await liveLeasesOf(service, account.id)).toBe(0);
  });

  it('charges nothing once a suspension is committed, however long the assignment waited', async () => {
    const { partner, request, account } = await aRequestThatFits(service);
    const operator = await aStaffMember(service, 'operator');
    const holder = service.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT id FROM lease_request WHERE id = $1 FOR UPDATE', [request.id]);
    const waiting = outcomes([
      fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id }),
    ]);
    await untilSomebodyWaits(service);
    await service.dataSource.query('UPDATE organization SET suspended_at = now() WHERE id = $1', [
      partner.organizationId,
    ]);
    await holder.rollbackTransaction();
    await holder.release();
    expect((await waiting).refused).toEqual(['suspended']);
    expect(await balanceOf(service, partner.organizationId)).toBe(100_000);
  });

  it('never mixes sandbox accounts with real partners', async () => {
    const { request } = await aRequestThatFits(service);
    const account = await aSandboxAccount(service);
    const operator = await aStaffMember(service, 'operator');
    const { refused } = await outcomes([
      fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id }),
    ]);
    expect(refused).toEqual(['NOT_FOUND']);
  });

  it.each(['viewer', 'finance'] as const)('is refused to a %s', async (role) => {
    const { request, account } = await aRequestThatFits(service);
    const member = await aStaffMember(service, role);
    const refused = fulfilment.assign(member, { leaseRequestId: request.id, socialAccountId: account.id });
    await expect(refused).rejects.toThrow(/role/);
    expect(await liveLeasesOf(service, account.id)).toBe(0);
  });

  it('charges once when twenty colleagues assign the same account at the same moment', async () => {
    const { partner, request, account } = await aRequestThatFits(service, { walletCents: 100_000 });
    const staff = await atOnce(20, () => aStaffMember(service, 'operator'));
    const receipts = await atOnce(20, (n) =>
      fulfilment.assign(staff[n]!, { leaseRequestId: request.id, socialAccountId: account.id }),
    );
    expect(receipts.filter((receipt) => !receipt.alreadyAssigned)).toHaveLength(1);
    expect(new Set(receipts.map((receipt) => receipt.leaseId)).size).toBe(1);
    expect(await liveLeasesOf(service, account.id)).toBe(1);
    expect(await balanceOf(service, partner.organizationId)).toBe(85_000);
  });

  it('leases an account once when twenty requests want it at the same moment', async () => {
    const account = await anAccount(service);
    const operator = await aStaffMember(service, 'operator');
    const partners = await atOnce(20, () => aPartner(service));
    const requests = await atOnce(20, (n) => aRequest(service, partners[n]!));
    const { done, refused } = await outcomes(
      requests.map((request) =>
        fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id }),
      ),
    );
    expect(done).toHaveLength(1);
    expect(refused).toEqual(Array(19).fill('account_taken'));
    expect(await liveLeasesOf(service, account.id)).toBe(1);
    const charges = await Promise.all(partners.map((p) => transfersOf(service, p.organizationId, 'lease_charge')));
    expect(charges.reduce((sum, n) => sum + n, 0)).toBe(1);
  });

  it('makes exactly three of ten concurrent assignments when the wallet is worth three', async () => {
    const { partner, request, accounts } = await aRequestThatFits(service, { walletCents: 45_000, count: 10 });
    const operator = await aStaffMember(service, 'operator');
    const { done, refused } = await outcomes(
      accounts.map((account) =>
        fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id }),
      ),
    );
    expect(done).toHaveLength(3);
    expect(refused).toEqual(Array(7).fill('BILLING_EXHAUSTED'));
    expect(await balanceOf(service, partner.organizationId)).toBe(0);
    expect(await requestState(service, request.id)).toMatchObject({ assignedCount: 3 });
  });

  it('makes exactly three of ten when they are spread over ten requests of one wallet', async () => {
    const partner = await aPartner(service, { walletCents: 45_000 });
    const operator = await aStaffMember(service, 'operator');
    const requests = await atOnce(10, () => aRequest(service, partner));
    const accounts = await atOnce(10, () => anAccount(service));
    const { done } = await outcomes(
      requests.map((request, n) =>
        fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: accounts[n]!.id }),
      ),
    );
    expect(done).toHaveLength(3);
    expect(await balanceOf(service, partner.organizationId)).toBe(0);
  });

  it('leaves clean books after all of this', () => expectCleanBooks(service));

  it('of an account that came back while it was refused is told with one piece of advice', async () => {
    const { request, account } = await aRequestThatFits(service);
    const transactions = service.app.get(Transactions, { strict: false });
    const told = await transactions.run(async (em) =>
      explainUnavailable(em, account.id, await lockRequest(em, request.id)),
    );
    expect(toPanelError(told, newId('req')).sentence).toBe(
      `The account @${account.handle} was taken, and has only just come back to the pool; nothing was charged. Choose another account.`,
    );
  });
});
