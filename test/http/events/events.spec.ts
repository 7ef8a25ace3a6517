import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../../src/core/ids.js';
import { Transactions } from '../../../src/core/transactions.js';
import { EventRecorder } from '../../../src/events/event-recorder.js';
import { EventSequencer } from '../../../src/events/event-sequencer.js';
import type { NewEvent } from '../../../src/events/types.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, expectEnvelope, faultPaths } from '../../support/calls.js';
import { aPartner, aRequestThatFits, atOnce, theSystem, type TestPartner } from '../../support/makers.js';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const get = (partner: Pick<TestPartner, 'apiKey'>, query: Record<string, string | number> = {}) => {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return call(service, 'GET', `/v1/events?${search}`, { key: partner.apiKey });
};
const sequence = () => service.app.get(EventSequencer, { strict: false }).sequenceAll();
const inTransaction: Transactions['run'] = (work) => service.app.get(Transactions).run(work);
const record = (partner: TestPartner, event: Partial<NewEvent> = {}) =>
  inTransaction((em) =>
    service.app.get(EventRecorder, { strict: false }).record(em, {
      type: 'lease_request.updated',
      organizationId: partner.organizationId,
      projectId: partner.projectId,
      data: {},
      ...event,
    }),
  );
/** Records so many, one after the other. */
const recordSome = async (partner: TestPartner, count: number, event: Partial<NewEvent> = {}) => {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await record(partner, event));
  await sequence();
  return ids;
};
const idsOf = (reply: Awaited<ReturnType<typeof get>>): string[] =>
  reply.body.items.map(({ id }: { id: string }) => id);

describe('GET /v1/events', () => {
  it('answers with what was recorded, byte for byte, to a key without scopes', async () => {
    const { partner, request, account } = await aRequestThatFits(service, {
      count: 1,
      walletCents: 90_000,
      scopes: [],
    });
    const fulfillment = service.app.get(FulfillmentService, { strict: false });
    await fulfillment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
    expect((await get(partner)).body).toEqual({ items: [], nextCursor: expect.any(String), hasMore: false });
    await sequence();
    const { status, text, body } = await get(partner);
    expect(status).toBe(200);
    expect(body.items.map(({ type }: { type: string }) => type)).toEqual([
      'leased_account.assigned',
      'lease_request.assigned',
    ]);
    const stored: { body: string }[] = await service.dataSource.query(
      'SELECT body FROM event WHERE organization_id = $1 ORDER BY sequence',
      [partner.organizationId],
    );
    expect(text.startsWith(`{"items":[${stored.map((event) => event.body).join(',')}],"nextCursor":"`)).toBe(true);
  });

  it('pages from the oldest on, by a cursor or the id of an event, and goes on after an empty page', async () => {
    const partner = await aPartner(service, { walletCents: 0 });
    const empty = await get(partner);
    const ids = await recordSome(partner, 5);
    expect(idsOf(await get(partner, { after: empty.body.nextCursor }))).toEqual(ids);
    const first = await get(partner, { limit: 2 });
    expect([idsOf(first), first.body.hasMore]).toEqual([ids.slice(0, 2), true]);
    const second = await get(partner, { limit: 2, after: first.body.nextCursor });
    expect([idsOf(second), second.body.hasMore]).toEqual([ids.slice(2, 4), true]);
    const third = await get(partner, { limit: 2, after: second.body.nextCursor });
    expect([idsOf(third), third.body.hasMore]).toEqual([ids.slice(4), false]);
    expect(idsOf(await get(partner, { after: ids[2]! }))).toEqual(ids.slice(3));
    const end = await get(partner, { after: third.body.nextCursor });
    expect(idsOf(end)).toEqual([]);
    const later = await recordSome(partner, 1);
    expect(idsOf(await get(partner, { after: end.body.nextCursor }))).toEqual(later);
  });

  it('names in a cursor no event of another partner, and takes none', async () => {
    const partner = await aPartner(service, { walletCents: 0 });
    const stranger = await aPartner(service, { walletCents: 0 });
    const decode = (cursor: string) => Buffer.from(cursor, 'base64url').toString().split(' ');
    const [own] = await recordSome(partner, 1);
    const [strange] = await recordSome(stranger, 1);
    const { nextCursor } = (await get(partner)).body;
    expect(decode(nextCursor)[2]).toBe(own);
    const filtered = (await get(partner, { type: 'test.ping' })).body;
    expect([filtered.items, decode(filtered.nextCursor)[2]]).toEqual([[], own]);
    const [list, at] = decode(nextCursor);
    const probing = Buffer.from(`${list} ${Number(at) - 31 * 86_400_000} ${strange}`).toString('base64url');
    expect(faultPaths(await get(partner, { after: probing }))).toEqual(['query.after']);
  });

  it('filters by type and project; events of one endpoint alone are not in it', async () => {
    const partner = await aPartner(service, { walletCents: 0, projects: 2 });
    const [updated] = await recordSome(partner, 1);
    const [renewed] = await recordSome(partner, 1, {
      type: 'leased_account.renewed',
      projectId: partner.projectIds[1],
    });
    const [low] = await recordSome(partner, 1, { type: 'wallet.low_balance', projectId: undefined });
    await recordSome(partner, 1, { type: 'test.ping', endpointId: 'whe_one' });
    expect(idsOf(await get(partner))).toEqual([updated, renewed, low]);
    expect(idsOf(await get(partner, { type: 'leased_account.renewed' }))).toEqual([renewed]);
    expect(idsOf(await get(partner, { projectId: partner.projectId }))).toEqual([updated]);
    const stranger = await aPartner(service, { walletCents: 0 });
    expect(idsOf(await get(stranger))).toEqual([]);
    expect(idsOf(await get(stranger, { projectId: partner.projectId }))).toEqual([]);
  });

  it('refuses an `after` that is unknown, of another partner, of another list or too old, and names it', async () => {
    const [partner, stranger] = [
      await aPartner(service, { walletCents: 0 }),
      await aPartner(service, { walletCents: 0 }),
    ];
    const ids = await recordSome(partner, 2);
    const [strange] = await recordSome(stranger, 1);
    const { nextCursor } = (await get(partner)).body;
    const refused: Record<string, string | number>[] = [
      { after: newId('evt') },
      { after: 'evt_1' },
      { after: '' },
      { after: strange! },
      { after: (await get(stranger)).body.nextCursor },
      { after: nextCursor, type: 'test.ping' },
    ];
    for (const query of refused) {
      const reply = await get(partner, query);
      expectEnvelope(reply, 422, 'VALIDATION');
      expect([query, faultPaths(reply)]).toEqual([query, ['query.after']]);
    }
    const invalid: Record<string, string | number>[] = [
      { limit: 0 },
      { limit: 501 },
      { type: 'nothing' },
      { cursor: nextCursor },
    ];
    for (const query of invalid) {
      expectEnvelope(await get(partner, query), 422, 'VALIDATION');
    }
    expect((await get(partner, { limit: 500, after: ids[0]! })).status).toBe(200);
  });

  it('begins at the end with after=latest: nothing that was there, everything that is committed later', async () => {
    const partner = await aPartner(service, { walletCents: 0 });
    const empty = (await get(partner, { after: 'latest' })).body;
    expect(empty).toEqual({ items: [], nextCursor: expect.any(String), hasMore: false });
    const old = await recordSome(partner, 3);
    expect(idsOf(await get(partner, { after: empty.nextCursor }))).toEqual(old);
    const { body } = await get(partner, { after: 'latest' });
    expect(body).toEqual({ items: [], nextCursor: expect.any(String), hasMore: false });
    expect(idsOf(await get(partner, { after: body.nextCursor }))).toEqual([]);
    const later = await recordSome(partner, 2);
    expect(idsOf(await get(partner, { after: body.nextCursor }))).toEqual(later);

    // The cursor goes with its filters, as every other.
    const filtered = (await get(partner, { after: 'latest', type: 'leased_account.renewed' })).body.nextCursor;
    expect(faultPaths(await get(partner, { after: filtered }))).toEqual(['query.after']);
    const [renewed] = await recordSome(partner, 1, { type: 'leased_account.renewed' });
    expect(idsOf(await get(partner, { after: filtered, type: 'leased_account.renewed' }))).toEqual([renewed]);
  });

  it('misses nothing after after=latest, whatever is committed or gets its place meanwhile', async () => {
    const partner = await aPartner(service, { walletCents: 0, tier: 'internal' });
    const recorder = service.app.get(EventRecorder, { strict: false });
    const { organizationId } = partner;
    const newEvent = { type: 'lease_request.updated', organizationId, data: {} } as const;
    let openId = '';
    let commit = () => {};
    let committed: Promise<unknown> = Promise.resolve();
    await new Promise<void>((opened) => {
      committed = inTransaction(async (em) => {
        openId = await recorder.record(em, newEvent);
        opened();
        await new Promise<void>((resolve) => (commit = resolve));
      });
    });
    // Of another transaction, which has its place already.
    const [placed] = await recordSome(partner, 1);
    const { nextCursor } = (await get(partner, { after: 'latest' })).body;
    commit();
    await committed;
    await sequence();
    expect(idsOf(await get(partner, { after: nextCursor }))).toEqual([openId]);
    expect(openId).not.toBe(placed);

    // Beside writers and the sequencer: what began after an answer is behind its cursor.
    const ends: { cursor: string; begunBefore: number }[] = [];
    const written: string[] = [];
    await atOnce(6, async (writer) => {
      for (let n = 0; n < 12; n += 1) {
        if (writer === 0) {
          const { body } = await get(partner, { after: 'latest' });
          ends.push({ cursor: body.nextCursor, begunBefore: written.length });
        } else if (writer === 1) await sequence();
        else {
          const place = written.push('') - 1;
          written[place] = await record(partner);
        }
      }
    });
    await sequence();
    for (const { cursor, begunBefore } of ends) {
      const walked = new Set(idsOf(await get(partner, { after: cursor, limit: 500 })));
      expect(written.slice(begunBefore).filter((id) => !walked.has(id))).toEqual([]);
    }
  });

  it('walked beside commits, some of them late, tells every event once, and each request’s in the order of its versions', async () => {
    const partner = await aPartner(service, { walletCents: 0, tier: 'internal' });
    const recorder = service.app.get(EventRecorder, { strict: false });
    let isWriting = true;
    const told: { data: { thing: number; version: number } }[] = [];
    const walk = async () => {
      let after: string | undefined;
      for (let isLast = false; !isLast;) {
        isLast = !isWriting;
        await sequence();
        for (let hasMore = true; hasMore;) {
          const { status, body } = await get(partner, { limit: 7, ...(after && { after }) });
          expect([status, body]).toEqual([200, expect.anything()]);
          told.push(...body.items);
          ({ nextCursor: after, hasMore } = body);
        }
      }
    };
    const walking = walk();
    await service.dataSource.query('CREATE TABLE thing (id int PRIMARY KEY, version int NOT NULL)');
    await service.dataSource.query('INSERT INTO thing SELECT n, 0 FROM generate_series(0, 3) n');
    const writes = atOnce(8, async (writer) => {
      for (let n = 0; n < 15; n += 1) {
        await inTransaction(async (em) => {
          const thing = (writer + n) % 4;
          const [[{ version }]] = await em.query(
            'UPDATE thing SET version = version + 1 WHERE id = $1 RETURNING version',
            [thing],
          );
          const { organizationId } = partner;
          await recorder.record(em, { type: 'lease_request.updated', organizationId, data: { thing, version } });
          await pause(n % 5 === 0 ? 60 : 0);
        });
      }
    });
    await writes;
    isWriting = false;
    await walking;
    expect(told).toHaveLength(120);
    for (const thing of [0, 1, 2, 3]) {
      const versions = told.filter(({ data }) => data.thing === thing).map(({ data }) => data.version);
      expect(versions).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    }
  });
});
