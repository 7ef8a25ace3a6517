import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BillingExhausted,
  Conflict,
  ForbiddenScope,
  KillSwitch,
  Layers,
  NotFound,
  Unauthenticated,
  ValidationError,
} from '../../../clients/typescript/src/index.js';
import { SandboxWorker } from '../../../src/sandbox/sandbox-worker.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aKey, aPartner, type TestPartner } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';
import { sendDue } from '../../support/webhooks.js';
import { takesAll, startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.js';
import { EventSequencer } from '../../../src/events/event-sequencer.js';
import { everyRoute } from '../partner-api/api-reference.js';

let service: TestApp;
let receiver: WebhookReceiver;
let partner: TestPartner;
let sandbox: TestPartner;
const called = new Set<string>();

beforeAll(async () => {
  service = await startTestApp();
  receiver = await startReceiver(takesAll);
  partner = await aPartner(service, { scopes: ['*'] });
  sandbox = await aSandbox(service, partner);
});
afterAll(async () => {
  await receiver.close();
  await service.close();
});

/** Notes which routes it calls. */
const clientOf = ({ apiKey }: Pick<TestPartner, 'apiKey'>): Layers => {
  const noting: typeof fetch = (url, init) => {
    const path = new URL(url as string).pathname;
    const routes = everyRoute.filter((route) => {
      const [method, pattern] = route.split(' ');
      return method === init!.method && new RegExp(`^${pattern!.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
    });
    // A placeholder fits what other routes have as a word.
    called.add(routes.sort((one, other) => one.split('{').length - other.split('{').length)[0]!);
    return fetch(url, init);
  };
  return new Layers({ apiKey, baseUrl: service.baseUrl, fetch: noting });
};
const answer = () => service.app.get(SandboxWorker, { strict: false }).run();
const sequence = () => service.app.get(EventSequencer, { strict: false }).sequenceAll();
const rejected = (promise: PromiseLike<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error as Error & Record<string, unknown>,
  );

describe('The TypeScript client', () => {
  it('does the published page’s call, and polls it', async () => {
    const layers = clientOf(sandbox);
    const call = {
      projectId: sandbox.projectId,
      count: 5,
      niche: { vertical: 'coffee', audience: 'home baristas 25–40', language: 'en', geo: ['US', 'CA', 'GB'] },
      target: 'Short-form brew tutorials; paid UGC-style creative for ads.',
    };
    const idempotencyKey = randomUUID();
    const { requestId } = await layers.leasedAccounts.request(call, { idempotencyKey });
    expect(requestId).toMatch(/^lreq_/);
    const again = await layers.leasedAccounts.request(call, { idempotencyKey }).withResponse();
    expect([again.data.requestId, again.replayed, again.response.status]).toEqual([requestId, true, 202]);
    expect(again.rateLimit).toMatchObject({ limit: 60, endpointClass: 'write-light' });
    expect(await layers.leasedAccounts.getLeaseRequest(requestId)).toMatchObject({ status: 'requested', count: 5 });
    await answer();
    const request = await layers.leasedAccounts.waitForRequest(requestId);
    expect(request).toMatchObject({ requestId, status: 'assigned', assignedCount: 5 });
  });

  it('has requests, notes, accounts and releases, of a project and of the organization', async () => {
    const { leasedAccounts } = clientOf(sandbox);
    const { projectId } = sandbox;
    const ask = (vertical: string) =>
      leasedAccounts.request({ projectId, count: 2, niche: { vertical }, metadata: { campaign: vertical } });
    const [blocked, cancelled, cancelledToo] = [
      await ask('sandbox-blocked'),
      await ask('sandbox-slow'),
      await ask('sandbox-slow'),
    ];
    await answer();
    const { requestId } = blocked;
    expect(await leasedAccounts.getRequest({ requestId, projectId })).toMatchObject({
      blocker: { kind: 'needs_clarification' },
    });
    expect(await leasedAccounts.addNote({ requestId, projectId, body: 'Adults.' })).toMatchObject({ requestId });
    expect(await leasedAccounts.addNote({ requestId, body: 'Who like espresso.' })).toMatchObject({ requestId });
    expect(
      await leasedAccounts.cancel({ requestId: cancelled.requestId, projectId, reason: 'Too slow' }),
    ).toMatchObject({
      status: 'rejected',
      outcomeReason: 'cancelled',
    });
    expect(await leasedAccounts.cancel({ requestId: cancelledToo.requestId })).toMatchObject({ closedBy: 'partner' });
    await answer();

    const walked: string[] = [];
    const metadata = { campaign: 'sandbox-slow' };
    for await (const one of leasedAccounts.listRequests({ projectId, metadata, limit: 1 })) walked.push(one.requestId);
    expect(walked).toEqual([cancelledToo.requestId, cancelled.requestId]);
    const inAll = await leasedAccounts.listRequests({ metadata, order: 'updatedAt' });
    expect(inAll.items.map((one) => one.requestId)).toEqual([cancelled.requestId, cancelledToo.requestId]);

    const accounts = [];
    for await (const account of leasedAccounts.list({ projectId, limit: 2 })) accounts.push(account);
    expect((await leasedAccounts.list()).items).toEqual(accounts);
    const { socialAccountId } = accounts.find((account) => account.requestId === requestId)!;
    const released = await leasedAccounts.release({ socialAccountId, reason: 'The campaign is over' });
    expect(released).toMatchObject({ socialAccountId, disconnectedReason: 'released_by_partner' });
    expect((await leasedAccounts.list({ status: 'disconnected' })).items).toMatchObject([{ socialAccountId }]);
    expect(await rejected(leasedAccounts.release({ socialAccountId }))).toBeInstanceOf(NotFound);
  });

  it('tells of the organization: who am I, projects, wallet, audit log, calls, events', async () => {
    const layers = clientOf(sandbox);
    await sequence();
    expect(await layers.whoami()).toMatchObject({ parentOrganizationId: partner.organizationId });
    expect((await layers.projects.list()).items.map(({ id }) => id)).toContain(sandbox.projectId);
    const wallet = await layers.wallet.get();
    const charges = [];
    for await (const one of layers.wallet.transactions({ kind: 'lease_charge', limit: 2 })) charges.push(one);
    expect(charges.length).toBeGreaterThan(2);
    expect(charges[0]!.balanceAfterCents).toBe(wallet.balanceCents);
    const [newest] = (await layers.auditLog.list({ eventType: 'leased_account.released' })).items;
    expect(newest).toMatchObject({ actor: 'partner_api', apiKeyId: sandbox.apiKeyId });
    expect((await layers.calls.list({ limit: 1 })).items).toEqual(expect.any(Array));

    const all = [];
    for await (const event of layers.events.list({ limit: 3 })) all.push(event);
    expect(all.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['lease_request.assigned', 'lease_request.updated']),
    );
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const event of layers.events.iterate({ after: all[0]!.id, signal: stop.signal })) {
      seen.push(event.id);
      if (seen.length === all.length - 1) break;
    }
    expect(seen).toEqual(all.slice(1).map(({ id }) => id));
  });

  it('refills the sandbox', async () => {
    const layers = clientOf(sandbox);
    const { balanceCents } = await layers.wallet.get();
    const { amountCents, balanceAfterCents } = await layers.sandbox.topUp({ amountCents: 500 });
    expect([amountCents, balanceAfterCents]).toEqual([500, balanceCents + 500]);
    expect(await rejected(clientOf(partner).sandbox.topUp({ amountCents: 500 }))).toMatchObject({
      requiredScope: 'sandbox',
    });
  });

  it('moves the sandbox’s clock', async () => {
    const layers = clientOf(sandbox);
    const { asOf } = await layers.leasedAccounts.listRequests({ limit: 1 });
    const to = new Date(Date.parse(asOf) + 86_400_000).toISOString();
    expect(Date.parse((await layers.sandbox.moveClock({ to })).now)).toBeGreaterThanOrEqual(Date.parse(to));
    expect(await rejected(layers.sandbox.moveClock({ to: asOf }))).toBeInstanceOf(Conflict);
    const refused = await rejected(clientOf(partner).sandbox.moveClock({ to }));
    expect(refused).toBeInstanceOf(ForbiddenScope);
    expect(refused).toMatchObject({ requiredScope: 'sandbox' });
  });

  it('has webhook endpoints and their deliveries, and verifies what arrives', async () => {
    const { webhookEndpoints, webhookDeliveries, verifyWebhook } = clientOf(partner);
    const { endpoint, signingSecret } = await webhookEndpoints.create({ url: receiver.url, events: ['test.ping'] });
    const ref = { endpointId: endpoint.id };
    expect(await webhookEndpoints.get(ref)).toEqual(endpoint);
    expect(await webhookEndpoints.update({ ...ref, description: 'Ours' })).toMatchObject({ description: 'Ours' });
    expect((await webhookEndpoints.list()).items.map(({ id }) => id)).toEqual([endpoint.id]);
    const { eventId, deliveryId } = await webhookEndpoints.test(ref);
    const rotated = await webhookEndpoints.rotateSecret(ref);
    await sendDue(service);
    const [arrived] = receiver.calls;
    for (const secret of [signingSecret, rotated.signingSecret, ['whsec_other', signingSecret]])
      expect(verifyWebhook(arrived!.text, arrived!.headers, secret)).toMatchObject({ id: eventId, type: 'test.ping' });

    expect((await webhookEndpoints.deliveries({ ...ref, status: 'delivered' })).items.map(({ id }) => id)).toEqual([
      deliveryId,
    ]);
    expect(await webhookDeliveries.replay({ deliveryId })).toMatchObject({ originalDeliveryId: deliveryId });
    const range = { since: new Date(Date.now() - 60_000).toISOString(), until: new Date().toISOString() };
    expect(await webhookEndpoints.replay({ ...ref, ...range })).toEqual({ scheduled: expect.any(Number) });
    expect(await webhookEndpoints.delete(ref)).toEqual({ id: endpoint.id, deleted: true });
  });

  it('throws what the service refuses as the class of its code', async () => {
    const poor = await aPartner(service, { walletCents: 0 });
    const { leasedAccounts } = clientOf(poor);
    const body = { projectId: poor.projectId, count: 1, niche: { vertical: 'coffee' } };
    expect(await rejected(leasedAccounts.request(body))).toMatchObject({
      ...{ name: 'BillingExhausted', status: 402, balanceCents: 0, requiredCents: 15_000 },
      requestId: expect.stringMatching(/^req_/),
    });
    expect(await rejected(leasedAccounts.request(body))).toBeInstanceOf(BillingExhausted);
    const invalid = await rejected(
      leasedAccounts.request({ ...body, count: 0, niche: { vertical: 'a', geo: ['UK'] } }),
    );
    expect(invalid).toBeInstanceOf(ValidationError);
    expect((invalid as unknown as ValidationError).fields.map(({ path }) => path).sort()).toEqual([
      'count',
      'niche.geo[0]',
    ]);
    expect(await rejected(leasedAccounts.getLeaseRequest('nowhere'))).toBeInstanceOf(NotFound);
    const unknown = { apiKey: poor.apiKey.slice(0, -2) + 'zz' };
    expect(await rejected(clientOf(unknown).whoami())).toBeInstanceOf(Unauthenticated);
  });

  it('rotates and kills keys', async () => {
    const { apiKeyId, apiKey } = await aKey(service, partner.organizationId, { scopes: ['keys:write'] });
    const layers = clientOf({ apiKey });
    const { secret } = await layers.apiKeys.rotate({ apiKeyId, graceSeconds: 60 });
    const next = layers.withOptions({ apiKey: secret });
    expect(await next.whoami()).toMatchObject({ apiKeyId });
    expect(await next.apiKeys.kill({ apiKeyId })).toMatchObject({ killed: true });
    const refused = await rejected(next.whoami());
    expect(refused).toBeInstanceOf(KillSwitch);
    expect(refused).toMatchObject({ scope: 'key', status: 503 });
  });

  it('has a method for every route of the reference', async () => {
    expect([...called].sort()).toEqual([...everyRoute].sort());
  });
});
