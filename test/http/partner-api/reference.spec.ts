import { newId } from '../../../src/core/ids.js';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { CallRecorder } from '../../../src/calls/call-recorder.js';
import { EventSequencer } from '../../../src/events/event-sequencer.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, type Reply } from '../../support/calls.js';
import { aKey, anAccount, aPartner, aRequest, theSystem, type TestPartner } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';

interface Operation {
  operationId: string;
  summary: string;
  description: string;
  parameters?: { name: string; in: string; required: boolean; description?: string; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, Answer>;
  security: object[];
}
interface Answer {
  description: string;
  headers: Record<string, { required?: boolean; schema: object }>;
  content: Record<string, { schema: object; examples?: Record<string, { value: object }> }>;
}
interface ErrorExample {
  error: { message: string; details: { fields?: { path: string }[] } };
}
interface Reference {
  info: { description: string };
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  servers: object[];
  components: {
    schemas: Record<string, object>;
    securitySchemes: Record<string, object>;
    responses: Record<string, Answer>;
  };
}

const PROJECT = '/v1/projects/{projectId}/leased-accounts';
const everyRoute = [
  `POST ${PROJECT}/request`,
  `GET ${PROJECT}/requests`,
  `GET ${PROJECT}/requests/{requestId}`,
  `POST ${PROJECT}/requests/{requestId}/notes`,
  `POST ${PROJECT}/requests/{requestId}/cancel`,
  `GET ${PROJECT}`,
  'GET /v1/leased-accounts',
  'GET /v1/leased-accounts/requests',
  'GET /v1/leased-accounts/requests/{requestId}',
  'POST /v1/leased-accounts/requests/{requestId}/notes',
  'POST /v1/leased-accounts/requests/{requestId}/cancel',
  'DELETE /v1/leased-accounts/{socialAccountId}',
  'GET /v1/projects',
  'GET /v1/whoami',
  'GET /v1/wallet',
  'GET /v1/wallet/transactions',
  'GET /v1/audit-log',
  'GET /v1/calls',
  'GET /v1/events',
  'POST /v1/webhook-endpoints',
  'GET /v1/webhook-endpoints',
  'GET /v1/webhook-endpoints/{endpointId}',
  'PATCH /v1/webhook-endpoints/{endpointId}',
  'DELETE /v1/webhook-endpoints/{endpointId}',
  'POST /v1/webhook-endpoints/{endpointId}/rotate-secret',
  'POST /v1/webhook-endpoints/{endpointId}/test',
  'GET /v1/webhook-endpoints/{endpointId}/deliveries',
  'POST /v1/webhook-endpoints/{endpointId}/replay',
  'POST /v1/webhook-deliveries/{deliveryId}/replay',
  'POST /v1/api-keys/{apiKeyId}/rotate',
  'POST /v1/api-keys/{apiKeyId}/kill',
  'POST /v1/sandbox/clock',
];
const scopeless = everyRoute.filter((route) => !/leased-accounts|api-keys/.test(route));
const scopeOf = (route: string) => (route.includes('api-keys') ? 'keys:write' : 'leased:write');
const scopelessLists = scopeless.filter((route) => route.startsWith('GET') && !route.includes('{'));

let service: TestApp;
let reference: Reference;
let ajv: Ajv2020;
beforeAll(async () => {
  service = await startTestApp();
  reference = (await call(service, 'GET', '/docs/openapi.json')).body;
  ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as { default: (ajv: Ajv2020) => void }).default(ajv);
  ajv.addSchema(reference as unknown as AnySchema, 'reference');
});
afterAll(() => service.close());

const operation = (route: string): Operation => {
  const [method, path] = route.split(' ');
  return reference.paths[path!]![method!.toLowerCase()]!;
};

/** Fails unless the answer is one that the reference tells of for that route: status, headers, body. */
function expectToConform(route: string, reply: Reply): void {
  const told = operation(route).responses[reply.status];
  if (!told) throw new Error(`${route} is not told to answer ${reply.status}: ${reply.text}`);
  const [method, path] = route.split(' ');
  expectToBe(told, ['paths', path!, method!.toLowerCase(), 'responses', String(reply.status)], reply);
}

/** @param told what the reference has at `place` */
function expectToBe(told: Answer, place: string[], reply: Reply): void {
  const pointer = [...place, 'content', 'application/json', 'schema']
    .map((name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  const validate = ajv.getSchema(`reference#/${pointer}`)!;
  if (!validate(reply.body)) throw new Error(`${place.join(' ')}: ${ajv.errorsText(validate.errors)} in ${reply.text}`);
  for (const [name, { required, schema }] of Object.entries(told.headers)) {
    const value = reply.headers[name.toLowerCase()];
    if (value === undefined) expect([name, required ?? false]).toEqual([name, false]);
    else
      expect([
        name,
        ajv.validate(schema, 'type' in schema && schema.type === 'integer' ? Number(value) : value),
      ]).toEqual([name, true]);
  }
  const ours = Object.keys(reply.headers).filter((name) => /^(x-|retry|idempotent|allow)/.test(name));
  const known = Object.keys(told.headers).map((name) => name.toLowerCase());
  expect(ours.filter((name) => !known.includes(name))).toEqual([]);
}

/** Objects of the reference say all their fields: nothing that is not told may be in an answer. */
function closed(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as Record<string, unknown>;
  if (schema.type === 'object' && schema.properties && schema.additionalProperties === undefined)
    schema.additionalProperties = false;
  Object.values(schema).forEach(closed);
}

describe('the reference', () => {
  it('says that a body takes no fields but its own, at any depth', () => {
    const { $ref } = operation(`POST ${PROJECT}/request`).requestBody!.content['application/json']!.schema as {
      $ref: string;
    };
    const takes = (body: object) => ajv.validate(`reference${$ref}`, body);
    const body = { projectId: `prj_${randomUUID()}`, count: 1, niche: { vertical: 'coffee' } };
    expect(takes(body)).toBe(true);
    expect(takes({ ...body, colour: 'red' })).toBe(false);
    expect(takes({ ...body, niche: { ...body.niche, colour: 'red' } })).toBe(false);
  });

  it('is OpenAPI 3.1 and tells of every route, and of no other', () => {
    expect(reference.openapi).toBe('3.1.0');
    const routes = Object.entries(reference.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual([...everyRoute].sort());
    expect(JSON.stringify(reference)).not.toContain('"nullable"');
    expect(reference.servers).toEqual([{ url: '/', description: 'This service' }]);
    expect(JSON.stringify(reference.components.securitySchemes)).not.toContain('JWT');
  });

  it('gives every route a name of its own that a generated client can have', () => {
    const names = everyRoute.map((route) => operation(route).operationId);
    expect(names[0]).toBe('requestLeasedAccounts');
    for (const name of names) expect(name).toMatch(/^[a-z][A-Za-z]{3,30}$/);
    expect(new Set(names).size).toBe(names.length);
  });

  it('says that the windows of limits are fixed', () => {
    expect(reference.info.description).toContain('fixed window');
  });

  it.each(everyRoute)(
    'has examples of this route, and none that everybody who tries it out would send: %s',
    (route) => {
      const { parameters = [], requestBody, responses } = operation(route);
      for (const { name, required, schema } of parameters) {
        if (!required)
          expect([name, schema]).toEqual([name, expect.not.objectContaining({ example: expect.anything() })]);
      }
      const exampleOf = (status: number, code: string) =>
        responses[status]?.content['application/json']?.examples?.[code]?.value as ErrorExample | undefined;
      const method = route.split(' ')[0]!;
      const endpointClass = method === 'GET' ? 'read-light' : 'write-light';
      expect(exampleOf(429, 'RATE_LIMITED')!.error.details).toEqual({ endpointClass, limit: 'minute' });
      const requiredScope = scopeless.includes(route) ? 'org:admin' : scopeOf(route);
      expect(exampleOf(403, 'FORBIDDEN_SCOPE')!.error.details).toEqual({ requiredScope });
      const missing = exampleOf(404, 'NOT_FOUND')?.error.message;
      if (route.includes('{requestId}')) expect(missing).toBe('This lease request was not found.');
      else if (route.includes('{socialAccountId}')) expect(missing).toBe('This leased account was not found.');
      else if (route.includes('{endpointId}')) expect(missing).toBe('This webhook endpoint was not found.');
      else if (route.includes('{deliveryId}')) expect(missing).toBe('This webhook delivery was not found.');
      else if (route.includes('{apiKeyId}')) expect(missing).toBe('This API key was not found.');
      else if (route === 'POST /v1/webhook-endpoints') expect(missing).toBe('This project was not found.');
      else if (route.includes('{projectId}')) expect(missing).toBe('This project was not found.');
      else expect(missing).toBeUndefined();
      const [{ path }] = exampleOf(422, 'VALIDATION')!.error.details.fields as [{ path: string }];
      const [place, name] = path.split('.');
      if (place === 'query' && name !== 'verbose') expect(parameters.map((one) => one.name)).toContain(name);
      expect(place === 'query' || place === 'path').toBe(requestBody === undefined);
    },
  );

  it.each(everyRoute)('tells fields, limits, headers, security and errors with examples: %s', (route) => {
    const { summary, parameters = [], responses, security } = operation(route);
    expect(summary).toEqual(expect.any(String));
    expect(security).toEqual([{ 'partner-key': [] }]);
    for (const parameter of parameters)
      expect(parameter).toMatchObject({ description: expect.any(String), schema: { type: expect.any(String) } });
    const params = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(params);
    expect(parameters.some((one) => one.in === 'header' && one.name === 'X-Layers-Organization')).toBe(true);
    const isMutation = !route.startsWith('GET');
    expect(parameters.some(({ name }) => name === 'Idempotency-Key')).toBe(isMutation);

    const statuses = ['401', '413', '422', '429', '500', '503'];
    if (!scopeless.includes(route)) statuses.push('403');
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(statuses));
    for (const [status, answer] of Object.entries(responses)) {
      expect(answer.headers).toHaveProperty('X-Request-Id');
      if (status !== '401' && status !== '413') expect(answer.headers).toHaveProperty('X-RateLimit-Remaining');
      if (status === '429' || status === '503') expect(answer.headers).toHaveProperty('Retry-After');
      if (Number(status) < 400) continue;
      const { examples = {}, schema } = answer.content['application/json']!;
      expect(Object.keys(examples).length).toBeGreaterThan(0);
      for (const { value } of Object.values(examples)) {
        const name = (schema as { $ref: string }).$ref.split('/').at(-1)!;
        expect(ajv.validate(`reference#/components/schemas/${name}`, value)).toBe(true);
      }
    }
  });

  it('tells the limits of a submission', () => {
    expect(reference.components.schemas.SubmitLeaseRequestBody).toMatchObject({
      required: ['projectId', 'count', 'niche'],
      properties: {
        count: { type: 'integer', minimum: 1, maximum: 50 },
        target: { type: 'string', maxLength: 2000 },
        note: { type: 'string', maxLength: 2000 },
        requestId: { type: 'string', pattern: expect.any(String) },
      },
    });
    expect(reference.components.schemas.Niche).toMatchObject({
      required: ['vertical'],
      properties: {
        vertical: { minLength: 1, pattern: expect.any(String) },
        audience: { maxLength: 500 },
        language: { type: 'string' },
        geo: { type: 'array', maxItems: 50, uniqueItems: true, items: { type: 'string' } },
      },
    });
  });

  it('is a page that loads nothing from elsewhere', async () => {
    const page = await call(service, 'GET', '/docs');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    expect(loaded.length).toBeGreaterThan(3);
    for (const address of loaded) {
      expect(address).toMatch(/^\.\//);
      const file = await call(service, 'GET', new URL(address, 'http://x/docs').pathname);
      expect([address, file.status]).toEqual([address, 200]);
      expect(file.headers['x-request-id']).toBeDefined();
    }
    expect(page.text).not.toMatch(/<script(?![^>]*src)[^>]*>[^<]*\S/);
  });
});

describe('real answers', () => {
  let partner: TestPartner;
  let sandbox: TestPartner;
  beforeAll(async () => {
    closed(reference.components.schemas);
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
    expectToConform(submit, submitted);
    expectToConform(submit, await send(submit, {}, { body: full, headers }));

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
        expectToConform(route, reply);
      }
    }
    const lists = everyRoute.filter((route) => /^GET.*(leased-accounts|requests)$/.test(route));
    expect(lists).toHaveLength(4);
    for (const route of lists) {
      const reply = await send(route);
      expect(reply.body.items.length).toBeGreaterThan(0);
      expectToConform(route, reply);
    }
    await service.dataSource.query(
      `UPDATE lease SET status = 'past_due', past_due_since = now(), retry_at = now() WHERE organization_id = $1`,
      [partner.organizationId],
    );
    expectToConform('GET /v1/leased-accounts', await send('GET /v1/leased-accounts'));
    await review.closePartial(theSystem(), { leaseRequestId: request.id, note: 'Done.' });
    expectToConform('GET /v1/leased-accounts/requests', await send('GET /v1/leased-accounts/requests'));

    const release = 'DELETE /v1/leased-accounts/{socialAccountId}';
    const released = await send(release, { socialAccountId: account.id });
    expect(released.status).toBe(200);
    expectToConform(release, released);
    const gone = await call(service, 'GET', '/v1/leased-accounts?status=disconnected', { key: partner.apiKey });
    expect(gone.body.items).toHaveLength(1);
    expectToConform('GET /v1/leased-accounts', gone);
    await service.app.get(EventSequencer, { strict: false }).sequenceAll();
    await service.app.get(CallRecorder, { strict: false }).flush();
    for (const route of scopelessLists) expectToConform(route, await send(route));
    expect((await send('GET /v1/calls')).body.items.length).toBeGreaterThan(3);
    expect((await send('GET /v1/events')).body.items.length).toBeGreaterThan(3);
    const own = await aKey(service, partner.organizationId, { tier: 'internal' });
    expectToConform('GET /v1/whoami', await send('GET /v1/whoami', {}, { key: own.apiKey }));
    expectToConform('GET /v1/whoami', await send('GET /v1/whoami', {}, { key: sandbox.apiKey }));
    const move = 'POST /v1/sandbox/clock';
    expectToConform(move, await send(move, {}, { body: bodyOf(move) }));
  });

  it('to a method that a path does not have are the shared response, which no operation is said to have', async () => {
    const told = reference.components.responses.MethodNotAllowed!;
    expect(reference.info.description).toContain('components.responses.MethodNotAllowed');
    for (const route of everyRoute) {
      expect(operation(route).responses).not.toHaveProperty('405');
      const reply = await send(`PUT ${route.split(' ')[1]}`, {}, { body: {} });
      expect(reply.status).toBe(405);
      expectToBe(told, ['components', 'responses', 'MethodNotAllowed'], reply);
    }
  });

  it('of webhooks are as the reference tells', async () => {
    const created = await send('POST /v1/webhook-endpoints', {}, { body: bodyOf('POST /v1/webhook-endpoints') });
    expect(created.status).toBe(201);
    expectToConform('POST /v1/webhook-endpoints', created);
    const endpointId = created.body.endpoint.id as string;
    const tested = await send('POST /v1/webhook-endpoints/{endpointId}/test', { endpointId });
    const ids = { endpointId, deliveryId: tested.body.deliveryId as string };
    const isDelete = (route: string) => Number(route.startsWith('DELETE'));
    const routes = everyRoute.filter((route) => /\{(endpointId|deliveryId)\}/.test(route));
    for (const route of routes.sort((a, b) => isDelete(a) - isDelete(b))) {
      const reply = await send(route, ids, { body: bodyOf(route) });
      expect([route, reply.status]).toEqual([route, 200]);
      expectToConform(route, reply);
    }
  });

  it('of keys are as the reference tells', async () => {
    const { apiKeyId } = await aKey(service, partner.organizationId);
    for (const route of everyRoute.filter((each) => each.includes('{apiKeyId}'))) {
      const reply = await send(route, { apiKeyId });
      expect([route, reply.status]).toEqual([route, 200]);
      expectToConform(route, reply);
    }
    const rotate = everyRoute.find((route) => route.endsWith('/rotate'))!;
    const refused = await send(rotate, { apiKeyId });
    expect(refused.body.error.details).toEqual({ reason: 'key_killed' });
    expectToConform(rotate, refused);
  });

  it.each(everyRoute)('of refusal are as the reference tells: %s', async (route) => {
    const sql = (text: string, values: unknown[]) => service.dataSource.query(text, values);
    const mutates = !route.startsWith('GET');
    const body = bodyOf(route);
    const conforms = async (status: number, reply: Promise<Reply>) => {
      const { status: actual } = await reply;
      expect([route, actual]).toEqual([route, status]);
      expectToConform(route, await reply);
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
      await sql('INSERT INTO idempotency_record (organization_id, key, fingerprint, body) VALUES ($1, $2, $3, $4)', [
        owner.organizationId,
        headers['idempotency-key'],
        Buffer.from('x'),
        '{}',
      ]);
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
