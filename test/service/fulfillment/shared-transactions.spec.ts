import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LeaseRequestId } from '../../../src/core/ids.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { balanceOf, expectCleanBooks, outcomes } from '../../support/ledger.js';
import { aPartner, aRequest, aRequestThatFits, anAccount, atOnce, theSystem } from '../../support/makers.js';

let service: TestApp;
let twin: TestApp;
beforeAll(async () => {
  service = await startTestApp();
  twin = await startTestApp({}, service.settings.databaseUrl!);
});
afterAll(async () => {
  await twin.close();
  await expectCleanBooks(service);
  await service.close();
});

const assign = (leaseRequestId: LeaseRequestId, socialAccountId: string, by = service) =>
  by.app.get(FulfillmentService, { strict: false }).assign(theSystem(), { leaseRequestId, socialAccountId });

const count = async (from: string, ...values: unknown[]): Promise<number> => {
  const [row] = await service.dataSource.query(`SELECT count(*)::int AS n FROM ${from}`, values);
  return row.n;
};

/** How many transactions made these leases. */
const transactionsOf = async (socialAccountIds: string[]) => {
  const rows: { xmin: string }[] = await service.dataSource.query(
    'SELECT DISTINCT xmin::text FROM lease WHERE social_account_id = ANY ($1)',
    [socialAccountIds],
  );
  return rows.length;
};

/** Requests for one account each, of one partner, with an account for each. */
async function requestsOfOneWallet(size: number, walletCents: number) {
  const partner = await aPartner(service, { walletCents });
  const pairs = [];
  for (let n = 0; n < size; n += 1) {
    pairs.push({ request: await aRequest(service, partner, { count: 1 }), account: await anAccount(service) });
  }
  return { partner, pairs };
}

describe('Assignments of one moment', () => {
  it('on one wallet share transactions, and each has its charge, its audit entry and its events', async () => {
    const { partner, pairs } = await requestsOfOneWallet(16, 1_000_000);
    const receipts = await Promise.all(pairs.map(({ request, account }) => assign(request.id, account.id)));
    expect(receipts.map(({ socialAccountId }) => socialAccountId)).toEqual(pairs.map(({ account }) => account.id));
    const balances = receipts.map(({ balanceAfterCents }) => balanceAfterCents);
    expect(balances.toSorted((a, b) => b - a)).toEqual(
      Array.from({ length: 16 }, (_, n) => 1_000_000 - 15_000 * (n + 1)),
    );
    expect(await transactionsOf(pairs.map(({ account }) => account.id))).toBe(2);
    const { organizationId } = partner;
    expect(await count("ledger_transfer WHERE organization_id = $1 AND kind = 'lease_charge'", organizationId)).toBe(
      16,
    );
    for (const type of ['leased_account.assigned', 'lease_request.assigned']) {
      expect(await count('audit_event WHERE organization_id = $1 AND type = $2', organizationId, type)).toBe(16);
      expect(await count('event WHERE organization_id = $1 AND type = $2', organizationId, type)).toBe(16);
    }
  });

  it('on one wallet in two processes take all that it has and no more', async () => {
    const { partner, pairs } = await requestsOfOneWallet(14, 150_000);
    const { done, refused } = await outcomes(
      pairs.map(({ request, account }, n) => assign(request.id, account.id, n % 2 === 0 ? service : twin)),
    );
    expect([done.length, refused]).toEqual([10, Array(4).fill('BILLING_EXHAUSTED')]);
    expect(await balanceOf(service, partner.organizationId)).toBe(0);
    expect(await count("lease WHERE organization_id = $1 AND status = 'active'", partner.organizationId)).toBe(10);
    expect(await count('lease_request WHERE organization_id = $1 AND assigned_count > 0', partner.organizationId)).toBe(
      10,
    );
  });

  it('of one account for many requests, and of many accounts for one request, never share one', async () => {
    const { pairs } = await requestsOfOneWallet(6, 300_000);
    const { account } = pairs[0]!;
    const raced = await outcomes(pairs.map(({ request }) => assign(request.id, account.id)));
    expect([raced.done.length, raced.refused.length]).toEqual([1, 5]);
    const wide = await aRequestThatFits(service, { count: 5, walletCents: 75_000 });
    const versions = await Promise.all(wide.accounts.map(({ id }) => assign(wide.request.id, id)));
    expect(versions).toHaveLength(5);
    expect(await transactionsOf(wide.accounts.map(({ id }) => id))).toBe(5);
  });

  it('are made though one of them is refused', async () => {
    const { pairs } = await requestsOfOneWallet(4, 300_000);
    const taken = await anAccount(service, { status: 'quarantined' });
    const { done, refused } = await outcomes([
      ...pairs.slice(1).map(({ request, account }) => assign(request.id, account.id)),
      assign(pairs[0]!.request.id, taken.id),
    ]);
    expect([done.length, refused]).toEqual([3, ['account_taken']]);
    expect(await transactionsOf(pairs.map(({ account }) => account.id))).toBe(1);
  });
});

describe('Releases of one moment', () => {
  const release = (key: string, socialAccountId: string, idempotencyKey: string) =>
    call(service, 'DELETE', `/v1/leased-accounts/${socialAccountId}`, {
      key,
      headers: { 'Idempotency-Key': idempotencyKey },
    });

  it('share transactions, and one that is refused leaves its Idempotency-Key free', async () => {
    const { partner, pairs } = await requestsOfOneWallet(4, 300_000);
    await Promise.all(pairs.map(({ request, account }) => assign(request.id, account.id)));
    const key = randomUUID();
    const unknown = `sa_${randomUUID()}`;
    const answers = await Promise.all([
      ...pairs.slice(1).map(({ account }) => release(partner.apiKey, account.id, randomUUID())),
      release(partner.apiKey, unknown, key),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404]);
    const again = await release(partner.apiKey, pairs[0]!.account.id, key);
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, undefined]);
    const replayed = await release(partner.apiKey, pairs[0]!.account.id, key);
    expect([replayed.status, replayed.headers['idempotent-replayed']]).toEqual([200, 'true']);
    expect(
      await count(
        "audit_event WHERE organization_id = $1 AND type = 'leased_account.released'",
        partner.organizationId,
      ),
    ).toBe(4);
  });

  it('with one key are one release, whichever process they reach', async () => {
    const { partner, pairs } = await requestsOfOneWallet(3, 300_000);
    await Promise.all(pairs.map(({ request, account }) => assign(request.id, account.id)));
    const keys = pairs.map(() => randomUUID());
    const answers = await atOnce(24, (n) => release(partner.apiKey, pairs[n % 3]!.account.id, keys[n % 3]!));
    expect(answers.map(({ status }) => status)).toEqual(Array(24).fill(200));
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(3);
    expect(
      await count(
        "audit_event WHERE organization_id = $1 AND type = 'leased_account.released'",
        partner.organizationId,
      ),
    ).toBe(3);
  });
});
