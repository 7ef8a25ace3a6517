import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AddressGuard } from '../../../src/webhooks/address-guard.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, expectEnvelope, faultPaths } from '../../support/calls.js';
import { aKey, aPartner, atOnce, type TestPartner } from '../../support/makers.js';

const PATH = '/v1/webhook-endpoints';
const url = 'https://hooks.partner.example/layers';
const typical = { url, events: ['lease_request.assigned'] };

let service: TestApp;
let partner: TestPartner;
beforeAll(async () => {
  service = await startTestApp({ webhookAllowLocal: false });
  service.app.get(AddressGuard, { strict: false }).resolve = async () => ['8.8.8.8'];
});
afterAll(() => service.close());
beforeEach(async () => {
  partner = await aPartner(service, { tier: 'internal' });
});

const send = (method: string, path: string, options: Parameters<typeof call>[3] = {}) =>
  call(service, method, path, { key: partner.apiKey, ...options });
const create = (body: object = {}, options: object = {}) =>
  send('POST', PATH, { body: { ...typical, ...body }, ...options });
const audited = (id: string) =>
  service.dataSource.query('SELECT type, data FROM audit_event WHERE object_id = $1 ORDER BY id', [id]);

describe('A webhook endpoint', () => {
  it('is created with a secret that is shown once, by a key without scopes', async () => {
    const { apiKey } = await aKey(service, partner.organizationId, { scopes: [] });
    const wishes = { description: 'Production', projectId: partner.projectId, metadata: { team: 'a' }, scope: 'own' };
    const created = await create(wishes, { key: apiKey });
    expect(created.status).toBe(201);
    const { id } = created.body.endpoint;
    expect(created.body).toEqual({
      endpoint: {
        id: expect.stringMatching(/^whe_[0-9a-f-]{36}$/),
        organizationId: partner.organizationId,
        projectId: partner.projectId,
        url,
        description: 'Production',
        status: 'active',
        events: ['lease_request.assigned'],
        metadata: { team: 'a' },
        scope: 'own',
        apiVersion: 'v1',
        createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
        updatedAt: created.body.endpoint.createdAt,
        lastSuccessAt: null,
        lastFailureAt: null,
        consecutiveFailureCount: 0,
      },
      signingSecret: expect.stringMatching(/^whsec_[\w-]{43}$/),
    });
    expect((await send('GET', `${PATH}/${id}`)).body).toEqual(created.body.endpoint);
    const listed = await send('GET', PATH);
    expect(listed.body).toEqual({ items: [created.body.endpoint], nextCursor: null });
    const [row] = await service.dataSource.query('SELECT * FROM webhook_endpoint WHERE id = $1', [id]);
    expect(JSON.stringify([listed.text, row, await audited(id)])).not.toContain(created.body.signingSecret);
    expect(row.sealed_secret.toString('latin1')).not.toContain(created.body.signingSecret);
    expect(await audited(id)).toEqual([{ type: 'webhook_endpoint.created', data: { endpointId: id } }]);
  });

  it.each([
    [{ url: undefined }, ['url']],
    [{ url: 'http://hooks.partner.example' }, ['url']],
    [{ url: `https://x.example/${'a'.repeat(2_048)}` }, ['url']],
    [{ url: 'https://user:secret@x.example' }, ['url']],
    [{ url: 'https://10.0.0.1' }, ['url']],
    [{ url: 'https://0xA9FEA9FE/latest' }, ['url']],
    [{ url: 'http://localhost:4000' }, ['url']],
    [{ url: 'https://[::1]' }, ['url']],
    [{ url: 'https://x.example:22' }, ['url']],
    [{ url: null }, ['url']],
    [{ events: undefined }, ['events']],
    [{ events: [] }, ['events']],
    [{ events: 'test.ping' }, ['events']],
    [{ events: ['lease_request.assigned', 'lease_request.opened'] }, ['events[1]']],
    [{ events: ['*', 5, null] }, ['events[0]', 'events[1]', 'events[2]']],
    [{ events: Array(51).fill('test.ping') }, ['events']],
    [{ description: 'x'.repeat(501) }, ['description']],
    [{ projectId: 'x' }, ['projectId']],
    [{ metadata: { a: 1 } }, ['metadata.a']],
    [{ scope: 'all' }, ['scope']],
    [{ status: 'paused' }, ['status']],
    [{ url: 'x', events: ['y'], colour: 'red' }, ['colour', 'events[0]', 'url']],
  ])('is refused with every fault: %j', async (body, paths) => {
    const refused = await create(body);
    expectEnvelope(refused, 422, 'VALIDATION');
    expect(faultPaths(refused).sort()).toEqual(paths);
  });

  it('wants up to 50 types of events; one that is named twice counts once', async () => {
    const types = Array.from({ length: 50 }, (_, n) => (n % 2 ? 'test.ping' : 'wallet.low_balance'));
    const created = await create({ events: types });
    expect([created.status, created.body.endpoint?.events]).toEqual([201, ['wallet.low_balance', 'test.ping']]);
  });

  it('is refused where its name is private, and taken where it does not resolve yet', async () => {
    const guard = service.app.get(AddressGuard, { strict: false });
    const { resolve } = guard;
    guard.resolve = async () => ['8.8.8.8', '192.168.0.1'];
    const refused = await create();
    expectEnvelope(refused, 422, 'VALIDATION');
    expect(faultPaths(refused)).toEqual(['url']);
    guard.resolve = () => Promise.reject(new Error('ENOTFOUND'));
    expect((await create()).status).toBe(201);
    guard.resolve = resolve;
  });

  it('is of the own organization and its projects alone', async () => {
    const refused = await create({ scope: 'all_children' });
    expectEnvelope(refused, 403, 'FORBIDDEN_SCOPE');
    expect(refused.body.error.details).toEqual({ requiredScope: 'org:admin' });
    const stranger = await aPartner(service);
    expectEnvelope(await create({ projectId: stranger.projectId }), 404, 'NOT_FOUND');
    const { body } = await create();
    const path = `${PATH}/${body.endpoint.id}`;
    const delivery = `/v1/webhook-deliveries/del_01HXZR7K8M2P4RSTVW56789ABC/replay`;
    const range = { since: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' };
    const calls: [string, string, object?][] = [
      ...[
        ['GET', path],
        ['DELETE', path],
        ['GET', `${path}/deliveries`],
        ['POST', delivery],
      ].map((each): [string, string] => [each[0]!, each[1]!]),
      ['PATCH', path, { description: 'x' }],
      ['POST', `${path}/rotate-secret`],
      ['POST', `${path}/test`],
      ['POST', `${path}/replay`, range],
    ];
    for (const [method, at, sent] of calls) {
      expectEnvelope(await call(service, method, at, { key: stranger.apiKey, body: sent }), 404, 'NOT_FOUND');
    }
    expect((await call(service, 'GET', PATH, { key: stranger.apiKey })).body.items).toEqual([]);
    expectEnvelope(await send('GET', `${PATH}/x`), 422, 'VALIDATION');
  });

  it('is changed field by field, at least one', async () => {
    const { body } = await create({ description: 'a', metadata: { a: 'b' } });
    const path = `${PATH}/${body.endpoint.id}`;
    const nothing = await send('PATCH', path, { body: {} });
    expectEnvelope(nothing, 422, 'VALIDATION');
    expect(faultPaths(nothing)).toEqual(['body']);
    for (const wrong of [
      { status: 'auto_paused' },
      { projectId: partner.projectId },
      { url: 'http://x.example' },
      { events: [] },
    ]) {
      expectEnvelope(await send('PATCH', path, { body: wrong }), 422, 'VALIDATION');
    }
    await service.dataSource.query('UPDATE webhook_endpoint SET consecutive_failure_count = 7 WHERE id = $1', [
      body.endpoint.id,
    ]);
    const described = await send('PATCH', path, { body: { description: 'b' } });
    expect(described.body).toEqual({
      ...body.endpoint,
      description: 'b',
      consecutiveFailureCount: 7,
      updatedAt: expect.any(String),
    });
    const wishes = { url: 'https://other.example', events: ['test.ping'], metadata: {}, status: 'paused' };
    expect((await send('PATCH', path, { body: wishes })).body).toMatchObject({ ...wishes, description: 'b' });
    const active = await send('PATCH', path, { body: { status: 'active' } });
    expect(active.body).toMatchObject({ ...wishes, status: 'active', consecutiveFailureCount: 0 });
    const types = (await audited(body.endpoint.id)).map(({ type }: { type: string }) => type);
    expect(types).toEqual(['webhook_endpoint.created', ...Array(3).fill('webhook_endpoint.updated')]);
  });

  it('is deleted once, for good', async () => {
    const { body } = await create();
    const path = `${PATH}/${body.endpoint.id}`;
    expect((await send('DELETE', path)).body).toEqual({ id: body.endpoint.id, deleted: true });
    for (const method of ['GET', 'DELETE']) expectEnvelope(await send(method, path), 404, 'NOT_FOUND');
    expectEnvelope(await send('PATCH', path, { body: { status: 'active' } }), 404, 'NOT_FOUND');
    expectEnvelope(await send('POST', `${path}/rotate-secret`), 404, 'NOT_FOUND');
    expect((await send('GET', PATH)).body.items).toEqual([]);
    expect((await audited(body.endpoint.id)).at(-1)).toMatchObject({ type: 'webhook_endpoint.deleted' });
  });

  it('is one of 50 at most, however many are created at once', async () => {
    await service.dataSource.query(
      `INSERT INTO webhook_endpoint (id, organization_id, url, events, sealed_secret, created_at, updated_at)
       SELECT 'whe_' || gen_random_uuid(), $1, 'https://x.example', '{test.ping}', 'x', now() - n * interval '1 minute', now() FROM generate_series(1, 47) n`,
      [partner.organizationId],
    );
    const replies = await atOnce(6, () => create());
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409]);
    const refused = replies.find(({ status }) => status === 409)!;
    expect(refused.body.error.details).toEqual({ reason: 'limit_reached' });

    const walked: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await send('GET', `${PATH}?limit=20${cursor && `&cursor=${cursor}`}`);
      walked.push(...body.items.map(({ createdAt }: { createdAt: string }) => createdAt));
      cursor = body.nextCursor;
    }
    expect(walked).toHaveLength(50);
    expect(walked).toEqual([...walked].sort().reverse());
  });
});

describe('An answer with a secret', () => {
  const stored = async (key: string) => {
    const [record] = await service.dataSource.query(
      'SELECT body, sealed_body FROM idempotency_record WHERE organization_id = $1 AND key = $2',
      [partner.organizationId, key],
    );
    return record;
  };

  it('is replayed byte for byte, and is stored encrypted', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await create({}, { headers });
    const again = await create({}, { headers });
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([201, first.text, 'true']);
    const record = await stored(headers['idempotency-key']);
    expect(record.body).toBeNull();
    expect(record.sealed_body.toString('latin1')).not.toContain('whsec_');
    expect((await send('GET', PATH)).body.items).toHaveLength(1);

    const rotation = { headers: { 'idempotency-key': randomUUID() } };
    const path = `${PATH}/${first.body.endpoint.id}/rotate-secret`;
    const [rotated, replayed] = [await send('POST', path, rotation), await send('POST', path, rotation)];
    expect([replayed.status, replayed.text]).toEqual([200, rotated.text]);
    expect((await stored(rotation.headers['idempotency-key'])).body).toBeNull();
    expectEnvelope(await create({ description: 'x' }, { headers }), 409, 'CONFLICT');
  });

  it('is created once by ten calls at once with one key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const replies = await atOnce(10, () => create({}, { headers }));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await send('GET', PATH)).body.items).toHaveLength(1);
  });

  it('is stored as it is where it holds none', async () => {
    const { body } = await create();
    const headers = { 'idempotency-key': randomUUID() };
    const changed = await send('PATCH', `${PATH}/${body.endpoint.id}`, { headers, body: { description: 'x' } });
    const record = await stored(headers['idempotency-key']);
    expect([record.body, record.sealed_body]).toEqual([changed.text, null]);
  });
});
