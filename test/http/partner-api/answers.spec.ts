import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallRecorder } from '../../../src/calls/call-recorder.js';
import { newId } from '../../../src/core/ids.js';
import { EventSequencer } from '../../../src/events/event-sequencer.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, type Reply } from '../../support/calls.js';
import { aKey, anAccount, aPartner, aRequest, theSystem, type TestPartner } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';
import { ApiReference, everyRoute, PROJECT, scopeless, scopelessLists } from './api-reference.js';

let service: TestApp;
let reference: ApiReference;
beforeAll(async () => {
  service = await startTestApp();
  reference = await ApiReference.read(service);
});
afterAll(() => service.close());

describe('real answers', () => {
  let partner: TestPartner;
  let sandbox: TestPartner;
  beforeAll(async () => {
    reference.closeSchemas();
    partner = await aPartner(service, { scopes });
    sandbox = await aSandbox(service, partner);
  });
  const scopes = ['leased:write', 'keys:write'];

  interface Ids {
    requestId?: string;
    socialAccountId?: string;
    endpointId?: string;
    deliveryId?: string;
    apiKeyId?: string;
  }
  const at = (path: string, ids: Ids = {}) =>
    path
      .replace('{endpointId}', ids.endpointId ?? 'whe_6b1f0c53-8f0e-4f0c-9d0a-3d5f6f1f7a11')
      .replace('{deliveryId}', ids.deliveryId ?? 'del_01HXZR7K8M2P4RSTVW56789ABC')
      .replace('{apiKeyId}', ids.apiKeyId ?? 'key_6b1f0c53-8f0e-4f0c-9d0a-3d5f6f1f7a11')
      .replace('{projectId}', partner.projectId)
      .replace('{requestId}', ids.requestId ?? 'nothing')
      .replace('{socialAccountId}', ids.socialAccountId ?? 'sa_6b1f0c53-8f0e-4f0c-9d0a-3d5f6f1f7a11');
  const send = (route: string, ids = {}, options: Parameters<typeof call>[3] = {}) =>
    call(service, route.split(' ')[0]!, at(route.split(' ')[1]!, ids), { key: ownerOf(route).apiKey, ...options });
  /** Whose key the route takes. */
  const ownerOf = (route: string) => (route.includes('/sandbox/') ? sandbox : partner);
  const bodyOf = (route: string) => {
    if (route.endsWith('/notes')) return { body: 'Adults only.' };
    if (route.endsWith('/cancel')) return {};
    if (route.endsWith('/replay') && route.includes('endpoint')) return aRange;
    if (/webhook-endpoints$/.test(route)) return { url: 'https://hooks.partner.example/x', events: ['test.ping'] };
    if (route.endsWith('/clock')) return { to: new Date(Date.now() + (daysAhead += 1) * 86_400_000).toISOString() };
    if (route.endsWith('/top-up')) return { amountCents: 1_000_000 };
    if (route.startsWith('PATCH')) return { description: 'x' };
    if (route.includes('api-keys')) return {};
    return route.startsWith('POST') && !route.includes('webhook') ? aBody() : undefined;
  };
  let daysAhead = 0;
  const aRange = { since: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' };
  const aBody = () => ({ projectId: partner.projectId, count: 2, niche: { vertical: 'coffee' } });

  it('of success are as the reference tells', async () => {
    const submit = `POST ${PROJECT}/request`;
    const headers = { 'idempotency-key': randomUUID() };
    const full = {
      ...aBody(),
      niche: { vertical: 'x', audience: 'y', language: 'en', geo: ['US'] },
      target: 't',
      note: 'n',
    };
    const submitted = await send(submit, {}, { body: full, headers });
    reference.expectToConform(submit, submitted);
    reference.expectToConform(submit, await send(submit, {}, { body: full, headers }));

    const request = await aRequest(service, partner, { count: 2 });
    const account = await anAccount(service);
    await service.app
      .get(FulfillmentService, { strict: false })
      .assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
    const review = service.app.get(ReviewService, { strict: false });
    const staff = { kind: 'staff' as const, staffId: 'stf_x', name: 'x', role: 'admin' as const, callId: newId('req') };
    await review.note(staff, { leaseRequestId: request.id, body: 'Wait.', visibility: 'partner', blocker: 'policy' });
    for (const requestId of [submitted.body.requestId, request.requestId]) {
      for (const route of everyRoute.filter((each) => each.endsWith('{requestId}'))) {
        const reply = await send(route, { requestId });
        expect(reply.status).toBe(200);
        reference.expectToConform(route, reply);
      }
    }
    const lists = everyRoute.filter((route) => /^GET.*(leased-accounts|requests)$/.test(route));
    expect(lists).toHaveLength(4);
    for (const route of lists) {
      const reply = await send(route);
      expect(reply.body.items.length).toBeGreaterThan(0);
      reference.expectToConform(route, reply);
    }
    await service.dataSource.query(
      `UPDATE lease SET status = 'past_due', past_due_since = now(), retry_at = now() WHERE organization_id = $1`,
      [partner.organizationId],
    );
    reference.expectToConform('GET /v1/leased-accounts', await send('GET /v1/leased-accounts'));
    await review.closePartial(theSystem(), { leaseRequestId: request.id, note: 'Done.' });
    reference.expectToConform('GET /v1/leased-accounts/requests', await send('GET /v1/leased-accounts/requests'));

    const release = 'DELETE /v1/leased-accounts/{socialAccountId}';
    const released = await send(release, { socialAccountId: account.id });
    expect(released.status).toBe(200);
    reference.expectToConform(release, released);
    const gone = await call(service, 'GET', '/v1/leased-accounts?status=disconnected', { key: partner.apiKey });
    expect(gone.body.items).toHaveLength(1);
    reference.expectToConform('GET /v1/leased-accounts', gone);
    await service.app.get(EventSequencer, { strict: false }).sequenceAll();
    await service.app.get(CallRecorder, { strict: false }).flush();
    for (const route of scopelessLists) reference.expectToConform(route, await send(route));
    expect((await send('GET /v1/calls')).body.items.length).toBeGreaterThan(3);
    expect((await send('GET /v1/events')).body.items.length).toBeGreaterThan(3);
    const own = await aKey(service, partner.organizationId, { tier: 'internal' });
    reference.expectToConform('GET /v1/whoami', await send('GET /v1/whoami', {}, { key: own.apiKey }));
    reference.expectToConform('GET /v1/whoami', await send('GET /v1/whoami', {}, { key: sandbox.apiKey }));
    const move = 'POST /v1/sandbox/clock';
    reference.expectToConform(move, await send(move, {}, { body: bodyOf(move) }));
    const topUp = 'POST /v1/sandbox/top-up';
    reference.expectToConform(topUp, await send(topUp, {}, { body: bodyOf(topUp) }));
  });

  it('to a method that a path does not have are the shared response, which no operation is said to have', async () => {
    const told = reference.document.components.responses.MethodNotAllowed!;
    expect(reference.document.info.description).toContain('components.responses.MethodNotAllowed');
    for (const route of everyRoute) {
      expect(reference.operation(route).responses).not.toHaveProperty('405');
      const reply = await send(`PUT ${route.split(' ')[1]}`, {}, { body: {} });
      expect(reply.status).toBe(405);
      reference.expectToBe(told, ['components', 'responses', 'MethodNotAllowed'], reply);
    }
  });

  it('of webhooks are as the reference tells', async () => {
    const created = await send('POST /v1/webhook-endpoints', {}, { body: bodyOf('POST /v1/webhook-endpoints') });
    expect(created.status).toBe(201);
    reference.expectToConform('POST /v1/webhook-endpoints', created);
    const endpointId = created.body.endpoint.id as string;
    const tested = await send('POST /v1/webhook-endpoints/{endpointId}/test', { endpointId });
    const ids = { endpointId, deliveryId: tested.body.deliveryId as string };
    const isDelete = (route: string) => Number(route.startsWith('DELETE'));
    const routes = everyRoute.filter((route) => /\{(endpointId|deliveryId)\}/.test(route));
    for (const route of routes.sort((a, b) => isDelete(a) - isDelete(b))) {
      const reply = await send(route, ids, { body: bodyOf(route) });
      expect([route, reply.status]).toEqual([route, 200]);
      reference.expectToConform(route, reply);
    }
  });

  it('of keys are as the reference tells', async () => {
    const { apiKeyId } = await aKey(service, partner.organizationId);
    for (const route of everyRoute.filter((each) => each.includes('{apiKeyId}'))) {
      const reply = await send(route, { apiKeyId });
      expect([route, reply.status]).toEqual([route, 200]);
      reference.expectToConform(route, reply);
    }
    const rotate = everyRoute.find((route) => route.endsWith('/rotate'))!;
    const refused = await send(rotate, { apiKeyId });
    expect(refused.body.error.details).toEqual({ reason: 'key_killed' });
    reference.expectToConform(rotate, refused);
  });

  it.each(everyRoute)('of refusal are as the reference tells: %s', async (route) => {
    const sql = (text: string, values: unknown[]) => service.dataSource.query(text, values);
    const mutates = !route.startsWith('GET');
    const body = bodyOf(route);
    const conforms = async (status: number, reply: Promise<Reply>) => {
      const { status: actual } = await reply;
      expect([route, actual]).toEqual([route, status]);
      reference.expectToConform(route, await reply);
    };
    const owner = ownerOf(route);
    const key = await aKey(service, owner.organizationId, { scopes, env: owner === sandbox ? 'test' : 'live' });
    await conforms(401, send(route, {}, { key: 'x', body }));
    await conforms(413, send(route, {}, { raw: `"${'x'.repeat(70_000)}"` }));
    await conforms(422, send(route, {}, { body: [] }));
    const elsewhere = send(route, {}, { body, headers: { 'x-layers-organization': newId('org') } });
    await conforms(403, elsewhere);
    expect((await elsewhere).body.error.details).toEqual({ requiredScope: 'org:admin' });
    if (owner === sandbox) await conforms(403, send(route, {}, { key: partner.apiKey, body }));
    if (!scopeless.includes(route)) {
      const bare = await aKey(service, partner.organizationId, { scopes: [] });
      await conforms(403, send(route, {}, { key: bare.apiKey, body }));
    }
    if (/\{(requestId|socialAccountId|endpointId|deliveryId|apiKeyId)\}/.test(route))
      await conforms(404, send(route, {}, { body }));
    if (route.includes('{projectId}')) {
      const stranger = await aPartner(service);
      await conforms(404, send(route, {}, { key: stranger.apiKey, body }));
    }
    if (mutates) {
      const headers = { 'idempotency-key': randomUUID() };
      await sql(
        'INSERT INTO idempotency_record (organization_id, key, fingerprint, status, body) VALUES ($1, $2, $3, 200, $4)',
        [owner.organizationId, headers['idempotency-key'], Buffer.from('x'), '{}'],
      );
      await conforms(409, send(route, {}, { body, headers }));
    }
    if (route === `POST ${PROJECT}/request`) {
      const poor = await aPartner(service, { walletCents: 0 });
      const path = `/v1/projects/${poor.projectId}/leased-accounts/request`;
      await conforms(
        402,
        call(service, 'POST', path, { key: poor.apiKey, body: { ...aBody(), projectId: poor.projectId } }),
      );
    }
    await send(route, {}, { key: key.apiKey, body });
    await sql(
      `UPDATE rate_bucket SET minute_taken = 1000, minute_ends_at = date_trunc('minute', now()) + interval '2 minutes' WHERE api_key_id = $1`,
      [key.apiKeyId],
    );
    await conforms(429, send(route, {}, { key: key.apiKey, body }));
    await sql(`UPDATE api_key SET killed_at = now(), killed_by = 'x' WHERE id = $1`, [key.apiKeyId]);
    await conforms(503, send(route, {}, { key: key.apiKey, body }));
  });
});
