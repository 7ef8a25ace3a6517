import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallRecorder } from '../../../src/calls/call-recorder.js';
import { newId } from '../../../src/core/ids.js';
import { WhoamiService } from '../../../src/partners/whoami.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, eventually, expectEnvelope, faultPaths, type Reply } from '../../support/calls.js';
import { aKey, aPartner, atOnce, type TestKey, type TestPartner } from '../../support/makers.js';

interface Item {
  requestId: string;
  at: string;
  route: string;
}

let service: TestApp;
let recorder: CallRecorder;
beforeAll(async () => {
  service = await startTestApp();
  recorder = service.app.get(CallRecorder, { strict: false });
});
afterAll(() => service.close());

const get = ({ apiKey }: Pick<TestKey, 'apiKey'>, query = ''): Promise<Reply> =>
  call(service, 'GET', `/v1/calls${query}`, { key: apiKey });
const idOf = (reply: Reply) => reply.headers['x-request-id'] as string;
const stored = (id: string) =>
  eventually(async () => {
    await recorder.flush();
    return (await service.dataSource.query('SELECT * FROM api_call WHERE id = $1', [id]))[0];
  });

/** Calls that the partner made at given times. */
async function callsAt(
  { organizationId, apiKeyId }: TestPartner,
  times: string[],
  columns: { apiKeyId?: string; status?: number; code?: string } = {},
): Promise<string[]> {
  const ids = times.map(() => newId('req'));
  const { status = 200, code = null } = columns;
  for (const [index, at] of times.entries()) {
    await service.dataSource.query(
      `INSERT INTO api_call (id, called_at, organization_id, api_key_id, method, route, status, code, duration_ms, address)
       VALUES ($1, $2, $3, $4, 'GET', '/v1/whoami', $5, $6, 3, '192.0.2.1')`,
      [ids[index], at, organizationId, columns.apiKeyId ?? apiKeyId, status, code],
    );
  }
  return ids;
}

describe('GET /v1/calls', () => {
  it('tells each call with its pattern, status, code, duration and address, and nothing that it carried', async () => {
    const partner = await aPartner(service, { walletCents: 0 });
    const bare = await aKey(service, partner.organizationId, { scopes: [] });
    const body = { projectId: partner.projectId, count: 1, niche: { vertical: 'SECRET-BODY' } };
    const path = `/v1/projects/${partner.projectId}/leased-accounts/request`;
    const poor = await call(service, 'POST', path, { key: partner.apiKey, body });
    const faulty = await call(service, 'POST', `${path}?SECRET-QUERY=1`, { key: partner.apiKey, body });
    const denied = await call(service, 'POST', path, { key: bare.apiKey, body });
    const good = await call(service, 'GET', '/v1/whoami', { key: bare.apiKey });
    await Promise.all([poor, faulty, denied, good].map((reply) => stored(idOf(reply))));
    const reply = await get(bare);
    const route = '/v1/projects/:projectId/leased-accounts/request';
    const common = { at: expect.stringMatching(/\.\d{3}Z$/), durationMs: expect.any(Number), address: '127.0.0.1' };
    const post = { ...common, method: 'POST', route };
    expect(reply.body).toEqual({
      items: [
        {
          ...common,
          requestId: idOf(good),
          method: 'GET',
          route: '/v1/whoami',
          status: 200,
          code: null,
          apiKeyId: bare.apiKeyId,
        },
        { ...post, requestId: idOf(denied), status: 403, code: 'FORBIDDEN_SCOPE', apiKeyId: bare.apiKeyId },
        { ...post, requestId: idOf(faulty), status: 422, code: 'VALIDATION', apiKeyId: partner.apiKeyId },
        { ...post, requestId: idOf(poor), status: 402, code: 'BILLING_EXHAUSTED', apiKeyId: partner.apiKeyId },
      ],
      nextCursor: null,
    });
    expect(reply.text).not.toContain(partner.projectId);
    const rows = await service.dataSource.query('SELECT api_call::text AS row FROM api_call');
    expect(JSON.stringify(rows)).not.toMatch(/SECRET|lp_live/);
  });

  it('leaves out calls without an authenticated key: whoever knows a prefix could fill the list', async () => {
    const partner = await aPartner(service);
    const forged = await call(service, 'GET', '/v1/whoami', { key: `${partner.apiKey.slice(0, -3)}AAA` });
    const good = await call(service, 'GET', '/v1/whoami', { key: partner.apiKey });
    await stored(idOf(good));
    expect([forged.status, (await get(partner)).body.items.map(({ requestId }: Item) => requestId)]).toEqual([
      401,
      [idOf(good)],
    ]);
  });

  it('tells those that are refused before their key is looked at, where it is a valid one', async () => {
    const partner = await aPartner(service);
    const path = `/v1/projects/${partner.projectId}/leased-accounts/request`;
    const xml = { 'content-type': 'application/xml' };
    const refusedEarly = async (key: string) => [
      await call(service, 'PUT', '/v1/wallet', { key }),
      await call(service, 'GET', '/v1/nope', { key }),
      await call(service, 'POST', path, { key, body: { reason: 'x'.repeat(70_000) } }),
      await call(service, 'POST', path, { key, raw: '<a/>', headers: xml }),
      await call(service, 'GET', '/v1/%E0%A4%A', { key }),
    ];
    await refusedEarly(`${partner.apiKey.slice(0, -3)}AAA`);
    await refusedEarly(partner.apiKey.replace('lp_live', 'lp_test'));
    await call(service, 'GET', '/v1/nope');
    const refused = await refusedEarly(partner.apiKey);
    await Promise.all(refused.map((reply) => stored(idOf(reply))));
    const route = '/v1/projects/:projectId/leased-accounts/request';
    const [put, nope, large, xmlBody, undecodable] = refused.map((reply) => ({
      requestId: idOf(reply),
      apiKeyId: partner.apiKeyId,
    }));
    expect((await get(partner)).body.items).toMatchObject([
      { ...undecodable, route: 'unknown', status: 422, code: 'VALIDATION' },
      { ...xmlBody, route, status: 422, code: 'VALIDATION' },
      { ...large, route, status: 413, code: 'PAYLOAD_TOO_LARGE' },
      { ...nope, route: 'unknown', status: 404, code: 'NOT_FOUND' },
      { ...put, method: 'PUT', route: '/v1/wallet', status: 405, code: 'METHOD_NOT_ALLOWED' },
    ]);
  });

  it('tells a client that left before its answer as 499, without a code', async () => {
    const partner = await aPartner(service);
    const whoamis = service.app.get(WhoamiService, { strict: false });
    const { whoami: read } = whoamis;
    let answer: (() => void) | undefined;
    whoamis.whoami = async (...args) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return read.apply(whoamis, args);
    };
    try {
      const headers = { authorization: `Bearer ${partner.apiKey}` };
      const leaving = httpRequest(`${service.baseUrl}/v1/whoami`, { headers, agent: false });
      leaving.on('error', () => undefined).end();
      await eventually(async () => answer);
      leaving.destroy();
      const items = await eventually(async () => {
        await recorder.flush();
        const { body } = await get(partner, '?status=499');
        return body.items.length > 0 ? body.items : null;
      });
      expect(items).toMatchObject([{ status: 499, code: null, route: '/v1/whoami' }]);
    } finally {
      answer?.();
      whoamis.whoami = read;
    }
  });

  it('filters by key, status, code and time, each and all together', async () => {
    const partner = await aPartner(service);
    const other = await aKey(service, partner.organizationId);
    const day = (n: number) => `2026-01-0${n}T00:00:00Z`;
    const [a1, a2] = await callsAt(partner, [day(1), day(2)]);
    const [b3] = await callsAt(partner, [day(3)], { status: 503, code: 'UNAVAILABLE' });
    const [c4] = await callsAt(partner, [day(4)], { apiKeyId: other.apiKeyId, status: 503, code: 'KILL_SWITCH' });
    const ids = async (query: string) => {
      const { body } = await get(partner, `?until=${day(9)}&${query}`);
      return body.items.map(({ requestId }: Item) => requestId) as string[];
    };
    expect(await ids('')).toEqual([c4, b3, a2, a1]);
    expect(await ids(`apiKeyId=${other.apiKeyId}`)).toEqual([c4]);
    expect(await ids('status=503')).toEqual([c4, b3]);
    expect(await ids('status=599')).toEqual([]);
    expect(await ids('code=UNAVAILABLE')).toEqual([b3]);
    expect(await ids(`since=${day(2)}`)).toEqual([c4, b3, a2]);
    expect((await get(partner, `?until=${day(2)}`)).body.items).toMatchObject([{ requestId: a2 }, { requestId: a1 }]);
    expect(await ids(`since=${day(2)}&status=503&code=UNAVAILABLE&apiKeyId=${partner.apiKeyId}`)).toEqual([b3]);
  });

  it('lists every fault of a call at once, and refuses a cursor of another list', async () => {
    const partner = await aPartner(service);
    const query =
      'apiKeyId=x&status=600&code=FORBIDDEN_ROLE&since=2026-01-01T00:00:00%2B01:00&until=x&cursor=x&limit=0&a=b';
    const reply = await get(partner, `?${query}`);
    expectEnvelope(reply, 422, 'VALIDATION');
    const names = ['apiKeyId', 'status', 'code', 'since', 'until', 'cursor', 'limit', 'a'];
    expect(faultPaths(reply).sort()).toEqual(names.map((name) => `query.${name}`).sort());
    for (const one of ['limit=201', 'status=2xx', 'status=', 'status=200.0', 'status=99', 'code=', 'limit=1&limit=1']) {
      expect([one, (await get(partner, `?${one}`)).status]).toEqual([one, 422]);
    }
    await callsAt(partner, ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z']);
    const until = '?until=2026-02-01T00:00:00Z';
    const { nextCursor } = (await get(partner, `${until}&limit=1`)).body;
    expect((await get(partner, `${until}&cursor=${nextCursor}`)).body.items).toHaveLength(1);
    expect((await get(partner, `?cursor=${nextCursor}`)).status).toBe(422);
    expect((await get(await aPartner(service), `${until}&cursor=${nextCursor}`)).status).toBe(422);
  });

  it('shows another organization nothing, whatever it filters by', async () => {
    const [owner, stranger] = [await aPartner(service), await aPartner(service)];
    await callsAt(owner, ['2026-01-01T00:00:00Z'], { status: 503, code: 'UNAVAILABLE' });
    for (const query of ['', `&apiKeyId=${owner.apiKeyId}`, '&status=503', '&code=UNAVAILABLE']) {
      const { body } = await get(stranger, `?until=2026-02-01T00:00:00Z${query}`);
      expect(body).toEqual({ items: [], nextCursor: null });
    }
  });

  it('has 50 a page unless told, and is walked without a gap or a repetition while calls are made', async () => {
    const partner = await aPartner(service, { tier: 'internal' });
    const ids = await callsAt(partner, Array<string>(60).fill('2026-01-02T00:00:00Z'));
    const until = '?until=2026-02-01T00:00:00Z';
    expect((await get(partner, until)).body.items).toHaveLength(50);
    await recorder.flush();
    let isWalking = true;
    const callers = atOnce(4, async () => {
      while (isWalking) {
        await call(service, 'GET', '/v1/whoami', { key: partner.apiKey });
        await recorder.flush();
      }
    });
    const before = (await get(partner, '?limit=200')).body.items.map(({ requestId }: Item) => requestId) as string[];
    const walked: Item[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await get(partner, `?limit=7${cursor && `&cursor=${cursor}`}`);
      walked.push(...body.items);
      cursor = body.nextCursor as string | null;
    }
    isWalking = false;
    await callers;
    const walkedIds = walked.map(({ requestId }) => requestId);
    expect(new Set(walkedIds).size).toBe(walkedIds.length);
    expect(walkedIds.filter((id) => before.includes(id))).toEqual(before);
    expect(walkedIds.slice(-60)).toEqual([...ids].sort().reverse());
  });
});
