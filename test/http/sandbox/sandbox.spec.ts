import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSequencer } from '../../../src/events/event-sequencer.js';
import { SandboxWorker } from '../../../src/sandbox/sandbox-worker.js';
import { MoneyFreeze } from '../../../src/wallets/money-freeze.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, expectEnvelope, faultPaths } from '../../support/calls.js';
import { expectCleanBooks } from '../../support/ledger.js';
import { aPartner, atOnce, theSystem, topUp, type TestPartner } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';

const DAY_MS = 86_400_000;
let service: TestApp;
let partner: TestPartner;

beforeAll(async () => {
  service = await startTestApp();
  partner = await aPartner(service, { name: 'Brew Media' });
});
afterAll(() => service.close());

const newSandbox = async () => aSandbox(service, await aPartner(service));
const get = (sandbox: TestPartner, path: string) => call(service, 'GET', path, { key: sandbox.apiKey });
const post = (sandbox: Pick<TestPartner, 'apiKey'>, path: string, body: object, headers: Record<string, string> = {}) =>
  call(service, 'POST', path, { key: sandbox.apiKey, body, headers });
const move = (sandbox: Pick<TestPartner, 'apiKey'>, to: Date | string, headers = {}) =>
  post(sandbox, '/v1/sandbox/clock', { to: typeof to === 'string' ? to : to.toISOString() }, headers);
const answer = () => service.app.get(SandboxWorker, { strict: false }).run();
const submit = async (sandbox: TestPartner, vertical: string, count: number): Promise<string> => {
  const path = `/v1/projects/${sandbox.projectId}/leased-accounts/request`;
  const { body } = await post(sandbox, path, { projectId: sandbox.projectId, count, niche: { vertical } });
  return body.requestId;
};
const read = async (sandbox: TestPartner, requestId: string) =>
  (await get(sandbox, `/v1/leased-accounts/requests/${requestId}`)).body;
const leases = async (sandbox: TestPartner, status = 'assigned') =>
  (await get(sandbox, `/v1/leased-accounts?status=${status}`)).body.items;
const daysAfter = (time: string, days: number) => new Date(Date.parse(time) + days * DAY_MS);

async function eventsOf(sandbox: TestPartner): Promise<{ type: string; createdAt: string }[]> {
  await service.app.get(EventSequencer, { strict: false }).sequenceAll();
  return (await get(sandbox, '/v1/events?limit=500')).body.items;
}

describe('POST /v1/sandbox/top-up', () => {
  const refill = (sandbox: Pick<TestPartner, 'apiKey'>, amountCents: number, headers = {}) =>
    post(sandbox, '/v1/sandbox/top-up', { amountCents }, headers);

  it('is a transfer of the ledger with its audit row, once for its Idempotency-Key', async () => {
    const sandbox = await newSandbox();
    const key = { 'idempotency-key': randomUUID() };
    const first = await refill(sandbox, 25_000, key);
    expect([first.status, first.body]).toEqual([
      200,
      { transactionId: expect.stringMatching(/^txn_/), amountCents: 25_000, balanceAfterCents: 1_025_000 },
    ]);
    const again = await refill(sandbox, 25_000, key);
    expect([again.headers['idempotent-replayed'], again.text]).toEqual(['true', first.text]);
    expectEnvelope(await refill(sandbox, 25_001, key), 409, 'CONFLICT');
    const [newest] = (await get(sandbox, '/v1/wallet/transactions')).body.items;
    expect(newest).toMatchObject({ id: first.body.transactionId, kind: 'top_up', amountCents: 25_000 });
    const [event] = (await get(sandbox, '/v1/audit-log?eventType=wallet.topped_up')).body.items;
    expect(event).toMatchObject({
      actor: 'system',
      requestId: first.headers['x-request-id'],
      data: { amountCents: 25_000, transactionId: first.body.transactionId },
    });
    await expectCleanBooks(service);
  });

  it('is made once by calls with one Idempotency-Key at the same moment, and once by each of the others', async () => {
    const sandbox = await newSandbox();
    const key = { 'idempotency-key': randomUUID() };
    const same = await atOnce(6, () => refill(sandbox, 25_000, key));
    expect(same.map(({ status, text }) => [status, text])).toEqual(Array(6).fill([200, same[0]!.text]));
    const others = await atOnce(6, () => refill(sandbox, 1_000));
    expect(others.map(({ body }) => body.balanceAfterCents).sort()).toEqual(
      Array.from({ length: 6 }, (_, n) => 1_026_000 + n * 1_000),
    );
    const { items } = (await get(sandbox, '/v1/wallet/transactions?kind=top_up')).body;
    const amounts = items.map(({ amountCents }: { amountCents: number }) => amountCents);
    expect(amounts.filter((cents: number) => cents === 25_000)).toHaveLength(1);
    expect(amounts.filter((cents: number) => cents === 1_000)).toHaveLength(6);
    await expectCleanBooks(service);
  });

  it('takes from 1 to 10,000,000 cents, from test keys alone', async () => {
    const sandbox = await newSandbox();
    for (const amountCents of [0, -1, 10_000_001, 1.5]) {
      const refused = await refill(sandbox, amountCents);
      expectEnvelope(refused, 422, 'VALIDATION');
      expect(faultPaths(refused)).toEqual(['amountCents']);
    }
    expect((await refill(sandbox, 10_000_000)).body.balanceAfterCents).toBe(11_000_000);
    const live = await refill(partner, 1);
    expectEnvelope(live, 403, 'FORBIDDEN_SCOPE');
    expect(live.body.error.details).toEqual({ requiredScope: 'sandbox' });
  });

  it('lets a wallet that ran dry go on: what is past due is paid, and requests are taken again', async () => {
    const sandbox = await newSandbox();
    await submit(sandbox, 'coffee', 50);
    await answer();
    const [{ nextRenewalAt }] = await leases(sandbox);
    await move(sandbox, nextRenewalAt);
    const pastDue = async () =>
      (await get(sandbox, '/v1/leased-accounts?limit=200')).body.items.filter(
        ({ pastDueSince }: { pastDueSince?: string }) => pastDueSince,
      ).length;
    expect(await pastDue()).toBe(34);
    await refill(sandbox, 34 * 15_000 + 15_000);
    await answer();
    expect(await pastDue()).toBe(0);
    const requestId = await submit(sandbox, 'coffee', 1);
    await answer();
    expect(await read(sandbox, requestId)).toMatchObject({ status: 'assigned', closedBy: 'staff' });
    await expectCleanBooks(service);
  });
});

describe('A test key', () => {
  it('is told its sandbox, whose it is, and the play money', async () => {
    const sandbox = await aSandbox(service, partner);
    expect((await get(sandbox, '/v1/whoami')).body).toMatchObject({
      organizationId: sandbox.organizationId,
      parentOrganizationId: partner.organizationId,
      organizationName: 'Brew Media (sandbox)',
      rateLimitTier: 'standard',
      creditBalance: 1_000_000,
    });
    expect((await call(service, 'GET', '/v1/whoami', { key: partner.apiKey })).body.parentOrganizationId).toBeNull();
  });

  it('reaches nothing of its partner, nor the partner’s key anything of it', async () => {
    const sandbox = await newSandbox();
    const path = `/v1/projects/${partner.projectId}/leased-accounts/request`;
    const body = { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } };
    expectEnvelope(await post(sandbox, path, body), 404, 'NOT_FOUND');
    const requestId = await submit(sandbox, 'coffee', 1);
    const foreign = await call(service, 'GET', `/v1/leased-accounts/requests/${requestId}`, { key: partner.apiKey });
    expectEnvelope(foreign, 404, 'NOT_FOUND');
    const asLive = sandbox.apiKey.replace('lp_test_', 'lp_live_');
    expectEnvelope(await call(service, 'GET', '/v1/whoami', { key: asLive }), 401, 'UNAUTHENTICATED');
  });

  it('is blocked until its partner replies, and gets all accounts then', async () => {
    const sandbox = await newSandbox();
    const requestId = await submit(sandbox, 'sandbox-blocked', 2);
    await answer();
    expect(await read(sandbox, requestId)).toMatchObject({
      status: 'requested',
      blocker: { kind: 'needs_clarification' },
      note: expect.stringContaining('Reply with a note'),
    });
    await post(sandbox, `/v1/leased-accounts/requests/${requestId}/notes`, { body: 'Adults.' });
    await answer();
    expect(await read(sandbox, requestId)).toMatchObject({ status: 'assigned', blocker: null, assignedCount: 2 });
  });

  it('finds its wallet exhausted', async () => {
    const sandbox = await newSandbox();
    await submit(sandbox, 'coffee', 50);
    const second = await submit(sandbox, 'coffee', 50);
    await answer();
    expect(await read(sandbox, second)).toMatchObject({
      status: 'partial',
      assignedCount: 16,
      outcomeReason: 'wallet_short',
    });
    const path = `/v1/projects/${sandbox.projectId}/leased-accounts/request`;
    const refused = await post(sandbox, path, {
      projectId: sandbox.projectId,
      count: 1,
      niche: { vertical: 'coffee' },
    });
    expectEnvelope(refused, 402, 'BILLING_EXHAUSTED');
  });
});

describe('POST /v1/sandbox/clock', () => {
  it('renews each month at its instant, and every time of the sandbox follows', async () => {
    const sandbox = await newSandbox();
    await submit(sandbox, 'coffee', 2);
    await answer();
    const [lease] = await leases(sandbox);
    const to = daysAfter(lease.nextRenewalAt, 1);
    const moved = await move(sandbox, to);
    expect([moved.status, moved.body]).toEqual([200, { now: to.toISOString() }]);

    const [renewed] = await leases(sandbox);
    expect(Date.parse(renewed.nextRenewalAt)).toBeGreaterThan(to.getTime());
    const { items } = (await get(sandbox, '/v1/wallet/transactions?kind=lease_renewal')).body;
    expect(items.map((one: { createdAt: string }) => one.createdAt)).toEqual([
      lease.nextRenewalAt,
      lease.nextRenewalAt,
    ]);
    const events = (await eventsOf(sandbox)).filter(({ type }) => type === 'leased_account.renewed');
    expect(events.map(({ createdAt }) => createdAt)).toEqual([lease.nextRenewalAt, lease.nextRenewalAt]);

    const after = await submit(sandbox, 'coffee', 1);
    await answer();
    const { submittedAt, assignedAt } = await read(sandbox, after);
    for (const time of [submittedAt, assignedAt]) {
      expect(Date.parse(time)).toBeGreaterThanOrEqual(to.getTime());
      expect(Date.parse(time)).toBeLessThan(to.getTime() + DAY_MS);
    }
    expect((await get(sandbox, '/v1/leased-accounts/requests')).body.asOf > to.toISOString()).toBe(true);
    await expectCleanBooks(service);
  });

  it('makes leases past due, tries them daily, and disconnects them after the grace', async () => {
    const sandbox = await newSandbox();
    await submit(sandbox, 'coffee', 50);
    await answer();
    const [lease] = await leases(sandbox);
    await move(sandbox, lease.nextRenewalAt);
    const pastDue = (await leases(sandbox)).filter((one: { pastDueSince?: string }) => one.pastDueSince);
    expect(pastDue).toHaveLength(34);
    expect(pastDue[0]).toMatchObject({
      nextRenewalAt: lease.nextRenewalAt,
      pastDueSince: lease.nextRenewalAt,
      disconnectsAt: daysAfter(lease.nextRenewalAt, 7).toISOString(),
    });
    await move(sandbox, daysAfter(lease.nextRenewalAt, 6));
    expect(await leases(sandbox, 'disconnected')).toEqual([]);
    await move(sandbox, daysAfter(lease.nextRenewalAt, 8));
    const gone = await leases(sandbox, 'disconnected');
    expect(gone).toHaveLength(34);
    expect(gone[0]).toMatchObject({
      disconnectedReason: 'billing_exhausted',
      disconnectedAt: daysAfter(lease.nextRenewalAt, 7).toISOString(),
    });
    const types = (await eventsOf(sandbox)).map(({ type }) => type);
    expect(types.filter((type) => type === 'leased_account.disconnected')).toHaveLength(34);
    expect(types.filter((type) => type === 'leased_account.renewal_failed')).toHaveLength(34 * 7);
    expect(types).toContain('wallet.low_balance');
    await expectCleanBooks(service);
  });

  it('recovers what is past due as soon as staff top up the play money', async () => {
    const sandbox = await newSandbox();
    await submit(sandbox, 'coffee', 50);
    await answer();
    const [lease] = await leases(sandbox);
    await move(sandbox, lease.nextRenewalAt);
    await topUp(service, sandbox.organizationId, 1_000_000);
    await answer();
    expect((await leases(sandbox)).filter((one: { pastDueSince?: string }) => one.pastDueSince)).toEqual([]);
    const [top] = (await get(sandbox, '/v1/wallet/transactions?kind=top_up')).body.items;
    expect(top.createdAt >= lease.nextRenewalAt).toBe(true);
    await expectCleanBooks(service);
  });

  it('gives the answers to slow requests on the way', async () => {
    const sandbox = await newSandbox();
    const requestId = await submit(sandbox, 'sandbox-slow', 3);
    await answer();
    expect(await read(sandbox, requestId)).toMatchObject({ status: 'requested', assignedCount: 0 });
    const { submittedAt } = await read(sandbox, requestId);
    await move(sandbox, new Date(Date.parse(submittedAt) + 3_600_000));
    expect(await read(sandbox, requestId)).toMatchObject({
      status: 'assigned',
      assignedAt: new Date(Date.parse(submittedAt) + 60_000).toISOString(),
    });
    const times = (await leases(sandbox)).map(
      (one: { assignedAt: string }) => Date.parse(one.assignedAt) - Date.parse(submittedAt),
    );
    expect(times).toEqual([60_000, 40_000, 20_000]);
  });

  it('walks over more than a year in calls of at most 400 days', async () => {
    const sandbox = await newSandbox();
    await submit(sandbox, 'coffee', 2);
    await answer();
    const [lease] = await leases(sandbox);
    await move(sandbox, daysAfter(lease.assignedAt, 399));
    const { items } = (await get(sandbox, '/v1/wallet/transactions?kind=lease_renewal&limit=100')).body;
    expect(items).toHaveLength(26);
    await move(sandbox, daysAfter(lease.assignedAt, 798));
    expect((await get(sandbox, '/v1/wallet')).body.balanceCents).toBe(1_000_000 - 2 * 27 * 15_000);
    await expectCleanBooks(service);
  });

  it('only moves forward, at most 400 days, to a time in UTC', async () => {
    const sandbox = await newSandbox();
    const back = await move(sandbox, new Date(Date.now() - 60_000));
    expectEnvelope(back, 409, 'CONFLICT');
    expect(back.body.error.details).toMatchObject({ reason: 'not_allowed_now', now: expect.any(String) });
    const far = await move(sandbox, new Date(Date.now() + 401 * DAY_MS));
    expectEnvelope(far, 422, 'VALIDATION');
    expect(faultPaths(far)).toEqual(['to']);
    for (const to of ['tomorrow', '2027-01-01T00:00:00+01:00', '2027-01-01', '']) {
      expectEnvelope(await move(sandbox, to), 422, 'VALIDATION');
    }
    for (const body of [{}, { to: null }, { to: 5 }, { to: '2027-01-01T00:00:00Z', by: 1 }]) {
      expectEnvelope(await post(sandbox, '/v1/sandbox/clock', body), 422, 'VALIDATION');
    }
    const [{ ahead }] = await service.dataSource.query(
      'SELECT clock_ahead_ms AS ahead FROM organization WHERE id = $1',
      [sandbox.organizationId],
    );
    expect(ahead).toBe(0);
  });

  it('is refused to a live key, before anything else of the route', async () => {
    const refused = await post(partner, '/v1/sandbox/clock', { nonsense: true });
    expectEnvelope(refused, 403, 'FORBIDDEN_SCOPE');
    expect(refused.body.error.details).toEqual({ requiredScope: 'sandbox' });
  });

  it('answers a repeated call as before, and another with the same key with a conflict', async () => {
    const sandbox = await newSandbox();
    const to = new Date(Date.now() + 10 * DAY_MS);
    const headers = { 'idempotency-key': randomUUID() };
    const first = await move(sandbox, to, headers);
    const again = await move(sandbox, to, headers);
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([200, first.text, 'true']);
    expectEnvelope(await move(sandbox, daysAfter(to.toISOString(), 1), headers), 409, 'CONFLICT');
  });

  it('moves once, whoever moves it at the same moment', async () => {
    const sandbox = await newSandbox();
    await submit(sandbox, 'coffee', 3);
    await answer();
    const [lease] = await leases(sandbox);
    const headers = { 'idempotency-key': randomUUID() };
    const to = daysAfter(lease.nextRenewalAt, 40);
    const same = await atOnce(4, () => move(sandbox, to, headers));
    expect(same.map(({ status, text }) => [status, text])).toEqual(Array(4).fill([200, same[0]!.text]));
    const others = await atOnce(4, () => move(sandbox, daysAfter(to.toISOString(), 20)));
    expect(others.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const { items } = (await get(sandbox, '/v1/wallet/transactions?kind=lease_renewal')).body;
    expect(items).toHaveLength(9);
    await expectCleanBooks(service);
  });

  it('stops where money is frozen, and goes on from there afterwards', async () => {
    const sandbox = await newSandbox();
    await submit(sandbox, 'coffee', 1);
    await answer();
    const [lease] = await leases(sandbox);
    const freeze = service.app.get(MoneyFreeze, { strict: false });
    const to = daysAfter(lease.nextRenewalAt, 40);
    await freeze.freeze(theSystem(), { reason: 'a test' });
    const refused = await move(sandbox, to);
    await freeze.thaw(theSystem());
    expectEnvelope(refused, 409, 'CONFLICT');
    expect(refused.body.error.details).toMatchObject({ reason: 'money_frozen' });
    expect((await get(sandbox, '/v1/wallet/transactions?kind=lease_renewal')).body.items).toEqual([]);
    expect((await move(sandbox, to)).body).toEqual({ now: to.toISOString() });
    expect((await get(sandbox, '/v1/wallet/transactions?kind=lease_renewal')).body.items).toHaveLength(2);
    await expectCleanBooks(service);
  });

  it('waits for a call that has the sandbox', async () => {
    const sandbox = await newSandbox();
    await service.dataSource.query("INSERT INTO sandbox_claim VALUES ($1, 'of another', now() + interval '1 hour')", [
      sandbox.organizationId,
    ]);
    const waiting = move(sandbox, new Date(Date.now() + DAY_MS));
    await service.dataSource.query('DELETE FROM sandbox_claim');
    expect((await waiting).status).toBe(200);
  });
});
