import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, expectEnvelope, faultPaths, type Reply } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';

let service: TestApp;
let partner: TestPartner;
beforeAll(async () => {
  service = await startTestApp();
  partner = await aPartner(service, { tier: 'internal' });
});
afterAll(() => service.close());

const submit = (more: object, headers: Record<string, string> = {}): Promise<Reply> =>
  call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
    key: partner.apiKey,
    body: { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' }, ...more },
    headers,
  });
const get = (path: string) => call(service, 'GET', path, { key: partner.apiKey });
const find = async (query: string) => (await get(`/v1/leased-accounts/requests?${query}`)) as Reply;
const idsOf = ({ body }: Reply): string[] => body.items.map(({ requestId }: { requestId: string }) => requestId);

describe('the metadata of a request', () => {
  it('is given back by the request and the lists, as it was sent', async () => {
    const metadata = { campaign: 'spring', 'a b': '', ключ: '😀'.repeat(500), ['k'.repeat(40)]: '"\\', toString: 'x' };
    const { requestId } = (await submit({ metadata })).body;
    for (const path of [
      `/v1/leased-accounts/requests/${requestId}`,
      `/v1/projects/${partner.projectId}/leased-accounts/requests/${requestId}`,
    ]) {
      expect((await get(path)).body.metadata).toEqual(metadata);
    }
    expect((await find('limit=1')).body.items[0].metadata).toEqual(metadata);
    const proto = JSON.parse('{"__proto__":"x"}') as object;
    const other = (await submit({ metadata: proto })).body.requestId;
    expect((await get(`/v1/leased-accounts/requests/${other}`)).text).toContain('"metadata":{"__proto__":"x"}');
  });

  it('may be empty or left out', async () => {
    const empty = (await submit({ metadata: {} })).body.requestId;
    expect((await get(`/v1/leased-accounts/requests/${empty}`)).body.metadata).toEqual({});
    const none = (await submit({})).body.requestId;
    expect((await get(`/v1/leased-accounts/requests/${none}`)).body.metadata).toBeNull();
  });

  it('belongs to what an Idempotency-Key and a requestId stand for', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    expect((await submit({ metadata: { a: '1', b: '2' } }, headers)).status).toBe(202);
    expect((await submit({ metadata: { b: '2', a: '1' } }, headers)).headers['idempotent-replayed']).toBe('true');
    expect((await submit({ metadata: { a: '1' } }, headers)).status).toBe(409);
  });

  it('is refused with every fault of it', async () => {
    const tooMany = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'x']));
    const cases: [metadata: unknown, paths: string[]][] = [
      [null, ['metadata']],
      ['x', ['metadata']],
      [5, ['metadata']],
      [[], ['metadata']],
      [tooMany, ['metadata']],
      [{ a: 5, b: null, c: 'x', d: {}, e: ['x'] }, ['metadata.a', 'metadata.b', 'metadata.d', 'metadata.e']],
      [{ '': 'x', ['k'.repeat(41)]: 'x' }, ['metadata.', `metadata.${'k'.repeat(41)}`]],
      [{ a: '\0', b: '\ud800', 'c\0': 'x' }, ['metadata.a', 'metadata.b', 'metadata.c\ufffd']],
      [{ a: 'x'.repeat(501), b: '😀'.repeat(501) }, ['metadata.a', 'metadata.b']],
    ];
    for (const [metadata, paths] of cases) {
      const reply = await submit({ metadata });
      expectEnvelope(reply, 422, 'VALIDATION');
      expect(faultPaths(reply)).toEqual(paths);
    }
  });
});

describe('a list by metadata', () => {
  it('holds the requests with that pair, page by page, and no others', async () => {
    const ours: string[] = [];
    for (const metadata of [{ run: '7', x: 'a' }, { run: '7' }, { run: '70' }, { other: '7' }, { run: '7', y: 'b' }]) {
      ours.push((await submit({ metadata })).body.requestId);
    }
    const expected = [ours[4], ours[1], ours[0]];
    expect(idsOf(await find('metadata[run]=7'))).toEqual(expected);
    expect(idsOf(await find('metadata%5Brun%5D=7&status=requested'))).toEqual(expected);
    const first = await find('metadata[run]=7&limit=2');
    const second = await find(`metadata[run]=7&limit=2&cursor=${first.body.nextCursor}`);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(expected);
    expectEnvelope(await find(`metadata[run]=70&limit=2&cursor=${first.body.nextCursor}`), 422, 'VALIDATION');
    const ofProject = await get(`/v1/projects/${partner.projectId}/leased-accounts/requests?metadata[run]=70`);
    expect(idsOf(ofProject)).toEqual([ours[2]]);
    expect(idsOf(await find('metadata[run]='))).toEqual([]);
    expect(idsOf(await find('metadata[toString]=y'))).toEqual([]);
    const stranger = await aPartner(service);
    const elsewhere = await call(service, 'GET', '/v1/leased-accounts/requests?metadata[run]=7', {
      key: stranger.apiKey,
    });
    expect(elsewhere.body.items).toEqual([]);
  });

  it('is asked for by one pair alone', async () => {
    const cases: [query: string, paths: string[]][] = [
      ['metadata=x', ['query.metadata']],
      ['metadata[a]=1&metadata[b]=2', ['query.metadata']],
      ['metadata[a]=1&metadata[a]=2', ['query.metadata[a]']],
      ['metadata[]=1', ['query.metadata[]']],
      ['metadata[a][b]=1', ['query.metadata']],
      [`metadata[a]=${'x'.repeat(501)}`, ['query.metadata[a]']],
      [`metadata[${'k'.repeat(41)}]=1`, [`query.metadata[${'k'.repeat(41)}]`]],
      ['metadata[a]=%00', ['query.metadata[a]']],
      ['metadata[a=1', ['query.metadata[a']],
      ['metadate[a]=1&limit=0', ['query.metadate[a]', 'query.limit']],
    ];
    for (const [query, paths] of cases) {
      const reply = await find(query);
      expectEnvelope(reply, 422, 'VALIDATION');
      expect([query, faultPaths(reply)]).toEqual([query, paths]);
    }
    expect(faultPaths(await get('/v1/leased-accounts?metadata[a]=1'))).toEqual(['query.metadata[a]']);
  });
});
