import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, type Reply } from '../../support/calls.js';
import { aPartner, aRequestThatFits, type TestPartner } from '../../support/makers.js';
import { readRoundTrips } from '../../support/round-trips.js';
import { signedIn, type Person } from './panel.js';

let service: TestApp;
let partner: TestPartner;
let operator: Person;
beforeAll(async () => {
  service = await startTestApp();
  partner = await aPartner(service, { walletCents: 10_000_000, tier: 'partner' });
  operator = await signedIn(service, 'operator');
  // A key notes its use once a minute, and the session of a sign-in is stored again.
  await call(service, 'GET', '/v1/whoami', { key: partner.apiKey });
  await operator.get('/pages/queue');
});
afterAll(() => service.close());

const submit = (key: string = randomUUID(), requestId?: string): Promise<Reply> =>
  call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
    key: partner.apiKey,
    headers: { 'idempotency-key': key },
    body: { projectId: partner.projectId, count: 5, niche: { vertical: 'coffee' }, requestId },
  });
const get = (path: string) => call(service, 'GET', path, { key: partner.apiKey });

/** How many, and the statements where it fails. */
async function expectRoundTrips(atMost: number, status: number, work: () => Promise<{ status: number; text: string }>) {
  let answer = { status: 0, text: '' };
  const trips = await readRoundTrips(service, async () => (answer = await work()));
  expect([answer.status, answer.text]).toEqual([status, answer.text]);
  expect({ count: trips.length <= atMost ? atMost : trips.length, trips }).toEqual({ count: atMost, trips });
}

describe('Round trips to PostgreSQL', () => {
  it('are two for a request that is accepted', async () => {
    await expectRoundTrips(2, 202, () => submit());
    await expectRoundTrips(2, 202, () => submit(randomUUID(), `order-${randomUUID()}`));
  });

  it('are two for its replay', async () => {
    const key = randomUUID();
    await submit(key);
    await expectRoundTrips(2, 202, () => submit(key));
  });

  it('are two for a poll, of a project or not', async () => {
    const { requestId } = (await submit()).body;
    await expectRoundTrips(2, 200, () => get(`/v1/leased-accounts/requests/${requestId}`));
    await expectRoundTrips(2, 200, () =>
      get(`/v1/projects/${partner.projectId}/leased-accounts/requests/${requestId}`),
    );
  });

  it('are two for a list, of a project or not', async () => {
    await expectRoundTrips(2, 200, () => get('/v1/leased-accounts'));
    await expectRoundTrips(2, 200, () => get(`/v1/projects/${partner.projectId}/leased-accounts`));
    await expectRoundTrips(2, 200, () => get('/v1/leased-accounts/requests'));
    await expectRoundTrips(2, 200, () => get(`/v1/projects/${partner.projectId}/leased-accounts/requests`));
  });

  it('are three for an assignment through the panel, with session and answer; the first of a partner reads its leases too', async () => {
    const { request, accounts } = await aRequestThatFits(service, { count: 3 });
    for (const [n, { id: socialAccountId }] of accounts.entries()) {
      await expectRoundTrips(n === 0 ? 4 : 3, 200, () =>
        operator.act('lease-requests', request.id, 'assign', { socialAccountId }),
      );
    }
  });

  it('are three for a release', async () => {
    const made = await aRequestThatFits(service, { count: 2 });
    for (const { id: socialAccountId } of made.accounts.slice(0, 2)) {
      await operator.act('lease-requests', made.request.id, 'assign', { socialAccountId });
      await expectRoundTrips(3, 200, () =>
        call(service, 'DELETE', `/v1/leased-accounts/${socialAccountId}`, {
          key: made.partner.apiKey,
          headers: { 'idempotency-key': randomUUID() },
        }),
      );
    }
  });
});
