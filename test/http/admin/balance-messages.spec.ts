import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { anAccount, aPartner, aRequest, theSystem, topUp } from '../../support/makers.js';
import { signedIn, type Person } from './panel.js';

let service: TestApp;
let admin: Person;

beforeAll(async () => {
  service = await startTestApp();
  admin = await signedIn(service, 'admin');
});
afterAll(() => service.close());

const wallets = () => service.app.get(WalletsService, { strict: false });

async function say(resource: string, id: string, action: string, body: object): Promise<string> {
  return (await admin.act(resource, id, action, body)).notice!.message;
}

/** A partner with two leases; what paid for them has come back. */
async function aPartnerThatOwes() {
  const partner = await aPartner(service, { walletCents: 0 });
  const { organizationId } = partner;
  const payment = { amountCents: 30_000, reference: `ACH ${organizationId}` };
  const { transactionId } = await wallets().topUp(theSystem(), { organizationId, ...payment });
  const request = await aRequest(service, partner);
  const accounts = [await anAccount(service), await anAccount(service), await anAccount(service)];
  const leaseIds: string[] = [];
  for (const { id: socialAccountId } of accounts.slice(0, 2)) {
    const assigned = { leaseRequestId: request.id, socialAccountId };
    leaseIds.push(
      (await service.app.get(FulfillmentService, { strict: false }).assign(admin.caller, assigned)).leaseId,
    );
  }
  await wallets().reverseTopUp(theSystem(), { organizationId, transactionId, reason: 'no funds' });
  return { organizationId, payment, request, accounts, leaseIds };
}

describe('What the panel says of a wallet', () => {
  it('is where the money went: a refund that settles what is owed', async () => {
    const { request, accounts, leaseIds } = await aPartnerThatOwes();
    const socialAccountId = accounts[0]!.id;
    expect(await say('lease-requests', request.id, 'undoAssign', { socialAccountId, reason: 'wrong one' })).toBe(
      'Undone; the account is back in the pool: $150.00 refunded, $150.00 settled the amount owed, the wallet holds $0.00 and owes $150.00.',
    );
    expect(await say('leases', leaseIds[1]!, 'disconnect', { reason: 'banned', refund: true })).toBe(
      'Disconnected; the account is in quarantine: $150.00 refunded, $150.00 settled the amount owed, the wallet holds $0.00.',
    );
  });

  it('is what it is now, where the call was made before', async () => {
    const { organizationId, payment, request, accounts } = await aPartnerThatOwes();
    expect(await say('wallets', organizationId, 'topUp', payment)).toMatch(
      /^The payment ACH org_\S+ was reversed on .* Use a new reference/,
    );
    const again = { ...payment, reference: `ACH again ${organizationId}` };
    expect(await say('wallets', organizationId, 'topUp', again)).toBe(
      'Topped up: $300.00 settled the amount owed, the wallet holds $0.00.',
    );
    await topUp(service, organizationId, 4_500);
    expect(await say('wallets', organizationId, 'topUp', again)).toBe(
      'This top-up is already booked, nothing new was booked: the wallet holds $45.00.',
    );
    const assigned = { socialAccountId: accounts[0]!.id };
    expect(await say('lease-requests', request.id, 'assign', assigned)).toBe(
      'This account is already assigned to this request; nothing was charged, the wallet holds $45.00.',
    );
    const replacement = {
      ...assigned,
      newSocialAccountId: accounts[2]!.id,
      oldAccountTo: 'quarantine',
      reason: 'banned',
    };
    expect(await say('lease-requests', request.id, 'replace', replacement)).toMatch(/^Replaced: \$150\.00 refunded/);
    expect(await say('lease-requests', request.id, 'replace', replacement)).toBe(
      'It has already been replaced by this account; nothing was charged.',
    );
  });

  it('stays closed where the last assignment of a request is undone, and the message says so', async () => {
    const request = await aRequest(service, await aPartner(service, { walletCents: 15_000 }), { count: 1 });
    const { id: socialAccountId } = await anAccount(service);
    await say('lease-requests', request.id, 'assign', { socialAccountId });
    expect(await say('lease-requests', request.id, 'undoAssign', { socialAccountId })).toBe(
      'Undone; the account is back in the pool: $150.00 refunded, the wallet holds $150.00. The request stays closed; use Replace… in its history to give another account.',
    );
  });

  it('is what waits, where it waits already', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 900_000 });
    const payout = { amountCents: 100_001, reference: `out ${organizationId}` };
    const [first, second] = [
      await say('wallets', organizationId, 'payout', payout),
      await say('wallets', organizationId, 'payout', payout),
    ];
    expect([first, second]).toEqual([
      '−$1,000.01 is waiting for approval by a second finance person; nothing is booked yet.',
      '−$1,000.01 is already waiting for approval by a second finance person; nothing is booked yet.',
    ]);
  });
});
