import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditService } from '../../../src/audit/audit.service.js';
import { auditEventTypes } from '../../../src/audit/event-types.js';
import { partnerEventTypes, partnerViews } from '../../../src/audit/partner-visibility.js';
import { newId } from '../../../src/core/ids.js';
import { Transactions } from '../../../src/core/transactions.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { ApiKeysService } from '../../../src/partners/api-keys.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, expectEnvelope, faultPaths, type Reply } from '../../support/calls.js';
import {
  aKey,
  anAccount,
  aPartner,
  aRequest,
  aStaffMember,
  atOnce,
  callerOf,
  theSystem,
  type TestPartner,
} from '../../support/makers.js';

interface Item {
  eventId: string;
  eventType: string;
  occurredAt: string;
  projectId: string | null;
  apiKeyId: string | null;
  actor: string;
  data: Record<string, unknown>;
}

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp({ poolSize: 40 });
});
afterAll(() => service.close());

const get = ({ apiKey }: { apiKey: string }, query = ''): Promise<Reply> =>
  call(service, 'GET', `/v1/audit-log${query}`, { key: apiKey });
const itemsOf = async (partner: TestPartner, query = '') => (await get(partner, query)).body.items as Item[];
const theAudit = () => service.app.get(AuditService, { strict: false });
const transactions = () => service.app.get(Transactions, { strict: false });
const record = (partner: TestPartner, more: object = {}) =>
  transactions().run((em) =>
    theAudit().record(em, callerOf(partner), {
      type: 'lease_request.submitted',
      organizationId: partner.organizationId,
      objectId: 'x',
      ...more,
    }),
  );

/** Stored events of a partner at given times, newest last. */
async function eventsAt(partner: TestPartner, times: string[], columns: object = {}): Promise<string[]> {
  const ids = times.map(() => newId('evt'));
  const { type = 'lease_request.submitted', projectId = null, apiKeyId = null } = columns as Record<string, string>;
  for (const [index, at] of times.entries()) {
    await service.dataSource.query(
      `INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, api_key_id, actor_kind, actor_id, actor_name, request_id)
       VALUES ($1, $2, $3, $4, $5, $6, 'system', 'x', 'x', $7)`,
      [ids[index], type, at, partner.organizationId, projectId, apiKeyId, newId('req')],
    );
  }
  return ids;
}

async function walk(partner: TestPartner, query: string, between = async () => undefined as unknown) {
  const items: Item[] = [];
  let page = (await get(partner, `?${query}`)).body;
  for (;;) {
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    await between();
    page = (await get(partner, `?${query}&cursor=${page.nextCursor}`)).body;
  }
}

describe('GET /v1/audit-log', () => {
  it('tells what a call of the partner and what staff did, with the call that caused it', async () => {
    const partner = await aPartner(service, { scopes: ['leased:write'] });
    const bare = await aKey(service, partner.organizationId, { scopes: [] });
    const body = { projectId: partner.projectId, count: 2, niche: { vertical: 'coffee' } };
    const path = `/v1/projects/${partner.projectId}/leased-accounts/request`;
    const submitted = await call(service, 'POST', path, { key: partner.apiKey, body });
    const staff = await aStaffMember(service, 'admin');
    const leaseRequestId = submitted.body.requestId;
    const { id: socialAccountId } = await anAccount(service);
    const assign = service.app.get(FulfillmentService, { strict: false });
    await assign.assign(staff, { leaseRequestId, socialAccountId });
    const review = service.app.get(ReviewService, { strict: false });
    await review.closePartial(staff, { leaseRequestId, note: 'No more.', outcomeReason: 'no_inventory' });
    const reply = await get(bare);
    expect([reply.status, reply.body.nextCursor]).toEqual([200, null]);
    const common = { organizationId: partner.organizationId, projectId: partner.projectId };
    const requestId = submitted.body.requestId;
    const byStaff = { ...common, apiKeyId: null, actor: 'staff', requestId: staff.callId };
    const unknown = { eventId: expect.stringMatching(/^evt_/), occurredAt: expect.stringMatching(/\.\d{3}Z$/) };
    expect(reply.body.items).toEqual([
      {
        ...{ ...unknown, ...byStaff, eventType: 'lease_request.partial' },
        data: { requestId, status: 'partial', outcomeReason: 'no_inventory', count: 2, assignedCount: 1 },
      },
      {
        ...{ ...unknown, ...byStaff, eventType: 'leased_account.assigned' },
        data: { socialAccountId, requestId, priceCents: 15_000 },
      },
      {
        ...{ ...unknown, ...common, eventType: 'lease_request.submitted', actor: 'partner_api' },
        ...{ apiKeyId: partner.apiKeyId, requestId: submitted.headers['x-request-id'] },
        data: { requestId, count: 2, vertical: 'coffee' },
      },
      expect.objectContaining({ eventType: 'wallet.topped_up', actor: 'system', projectId: null, apiKeyId: null }),
    ]);
  });

  it('tells what staff do at the command line as theirs, and of a scheduled command as of the system', async () => {
    const partner = await aPartner(service, { walletCents: 0 });
    const { apiKeyId } = await aKey(service, partner.organizationId);
    const keys = service.app.get(ApiKeysService, { strict: false });
    const at = (name: string) => ({ ...theSystem(), name });
    await keys.rotate(at('cli key:rotate'), { apiKeyId });
    const entry = { organizationId: partner.organizationId, objectId: 'x' } as const;
    for (const name of ['cli renewals:run', 'renewals']) {
      await transactions().run((em) => theAudit().record(em, at(name), { ...entry, type: 'leased_account.renewed' }));
    }
    const actorsOf = async (type: string) => (await itemsOf(partner, `?eventType=${type}`)).map(({ actor }) => actor);
    expect(await actorsOf('api_key.rotated')).toEqual(['staff']);
    expect(await actorsOf('leased_account.renewed')).toEqual(['system', 'system']);
  });

  it('tells of a note when the partner can read it, and of an internal one nothing', async () => {
    const partner = await aPartner(service, { walletCents: 0 });
    const request = await aRequest(service, partner);
    const staff = await aStaffMember(service, 'operator');
    const review = service.app.get(ReviewService, { strict: false });
    const note = { leaseRequestId: request.id, body: 'Only among us' };
    const { noteId } = await review.note(staff, { ...note, visibility: 'internal' });
    expect(await itemsOf(partner)).toEqual([]);
    await review.showNote(staff, { leaseRequestId: request.id, noteId });
    const shown = await review.note(staff, { ...note, body: 'For you', visibility: 'partner' });
    const noted = await itemsOf(partner, '?eventType=lease_request.noted');
    const { requestId } = request;
    expect(noted.map(({ eventType, data }) => [eventType, data])).toEqual([
      ['lease_request.noted', { requestId, noteId: shown.noteId }],
      ['lease_request.noted', { requestId, noteId }],
    ]);
    expect(await itemsOf(partner)).toEqual(noted);
  });

  it('filters by type, project, key and time, each and all together', async () => {
    const partner = await aPartner(service, { walletCents: 0, projects: 2 });
    const [first, second] = partner.projectIds as [string, string];
    const { apiKeyId } = partner;
    const times = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'];
    const [a1, a2, a3] = await eventsAt(partner, times, { projectId: first, apiKeyId });
    const [b] = await eventsAt(partner, ['2026-01-02T00:00:00.001Z'], { projectId: second, type: 'api_key.killed' });
    const ids = async (query: string) => (await itemsOf(partner, query)).map(({ eventId }) => eventId);
    expect(await ids('')).toEqual([a3, b, a2, a1]);
    expect(await ids('?eventType=api_key.killed')).toEqual([b]);
    expect(await ids('?eventType=wallet.adjusted')).toEqual([]);
    expect(await ids(`?projectId=${second}`)).toEqual([b]);
    expect(await ids(`?apiKeyId=${apiKeyId}`)).toEqual([a3, a2, a1]);
    expect(await ids('?since=2026-01-02T00:00:00Z')).toEqual([a3, b, a2]);
    expect(await ids('?since=2026-01-02T00:00:00.001Z')).toEqual([a3, b]);
    expect(await ids('?until=2026-01-02T00:00:00Z')).toEqual([a2, a1]);
    expect(await ids('?until=2026-01-01T23:59:59.999Z')).toEqual([a1]);
    expect(await ids('?since=0000-01-01T00:00:00Z&until=9999-12-31T23:59:59Z')).toEqual([a3, b, a2, a1]);
    expect(await ids('?since=2026-01-03T00:00:00Z&until=2026-01-01T00:00:00Z')).toEqual([]);
    const all = `?eventType=lease_request.submitted&projectId=${first}&apiKeyId=${apiKeyId}&since=${times[1]}&until=${times[1]}`;
    expect(await ids(all)).toEqual([a2]);
  });

  it('has 50 a page unless told, in the order of time and of one moment by id', async () => {
    const partner = await aPartner(service, { walletCents: 0 });
    const ids = await eventsAt(partner, Array<string>(60).fill('2026-01-02T00:00:00Z'));
    const [newest] = await eventsAt(partner, ['2026-01-02T00:00:00.001Z']);
    const inOrder = [newest, ...[...ids].sort()];
    const { body } = await get(partner);
    expect(body.items.map(({ eventId }: Item) => eventId)).toEqual(inOrder.slice(0, 50));
    for (const limit of [1, 7, 61, 200]) {
      const walked = await walk(partner, `limit=${limit}`);
      expect(walked.map(({ eventId }) => eventId)).toEqual(inOrder);
    }
    expect((await get(partner, '?limit=61')).body.nextCursor).toBeNull();
  });

  it('lists every fault of a call at once', async () => {
    const partner = await aPartner(service);
    const query = [
      ...['eventType=staff.created', 'projectId=prj_1', 'apiKeyId=sa_1', 'since=2026-01-01T00:00:00%2B01:00'],
      ...['until=2026-02-30T00:00:00Z', 'cursor=x', 'limit=201', 'colour=red'],
    ].join('&');
    const reply = await get(partner, `?${query}`);
    expectEnvelope(reply, 422, 'VALIDATION');
    const names = ['eventType', 'projectId', 'apiKeyId', 'since', 'until', 'cursor', 'limit', 'colour'];
    expect(faultPaths(reply).sort()).toEqual(names.map((name) => `query.${name}`).sort());
    const odd = ['limit=0', 'limit=1.5', 'limit=', 'eventType=', 'eventType=lease_request.woke', 'since=', 'cursor='];
    odd.push('limit=1&limit=2', 'since=2026-01-01', 'since=2026-01-01T00:00:00', 'apiKeyId=%00', 'eventType=__proto__');
    for (const one of odd) expect([one, (await get(partner, `?${one}`)).status]).toEqual([one, 422]);
  });

  it('refuses a cursor of another list, filter or organization', async () => {
    const [partner, other] = [await aPartner(service), await aPartner(service)];
    for (const one of [partner, other]) await eventsAt(one, ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z']);
    const { nextCursor } = (await get(partner, '?limit=1')).body;
    expect((await get(partner, `?cursor=${nextCursor}`)).status).toBe(200);
    expect((await get(partner, `?cursor=${nextCursor}&since=2026-01-01T00:00:00Z`)).status).toBe(422);
    expect((await get(other, `?cursor=${nextCursor}`)).status).toBe(422);
    const transactionsOfWallet = `/v1/wallet/transactions?cursor=${nextCursor}`;
    expect((await call(service, 'GET', transactionsOfWallet, { key: partner.apiKey })).status).toBe(422);
  });

  it('shows another organization nothing, whatever it filters by', async () => {
    const [owner, stranger] = [await aPartner(service), await aPartner(service, { walletCents: 0 })];
    await record(owner, { projectId: owner.projectId });
    expect((await itemsOf(owner, `?projectId=${owner.projectId}&apiKeyId=${owner.apiKeyId}`)).length).toBe(1);
    for (const query of ['', `?projectId=${owner.projectId}`, `?apiKeyId=${owner.apiKeyId}`]) {
      expect((await get(stranger, query)).body).toMatchObject({ items: [], nextCursor: null });
    }
  });
});

describe('the audit log of a partner', () => {
  it('holds nothing internal of any type, nor who of the staff did it', async () => {
    const MARKER = 'MARKER-7f3a';
    const partner = await aPartner(service, { walletCents: 0 });
    const staff = { ...(await aStaffMember(service, 'admin')), name: MARKER };
    const nested = { staffId: staff.staffId, note: MARKER };
    const fields = [...new Set(Object.values(partnerViews).flatMap((view) => view.fields))];
    await transactions().run(async (em) => {
      for (const type of auditEventTypes) {
        for (const data of [
          { reason: MARKER, staffId: staff.staffId, internal: nested, handle: MARKER },
          Object.fromEntries(fields.map((field) => [field, nested])),
          Object.fromEntries(fields.map((field) => [field, [nested]])),
        ]) {
          const { organizationId, projectId } = partner;
          const internal = { reason: MARKER, before: nested, after: nested, visibility: 'partner' };
          await theAudit().record(em, staff, {
            type,
            organizationId,
            projectId,
            objectId: staff.staffId,
            data,
            internal,
          });
        }
      }
    });
    const items = await walk(partner, 'limit=200');
    expect(new Set(items.map(({ eventType }) => eventType))).toEqual(new Set(partnerEventTypes));
    const names = [
      'actor',
      'apiKeyId',
      'data',
      'eventId',
      'eventType',
      'occurredAt',
      'organizationId',
      'projectId',
      'requestId',
    ];
    for (const item of items) expect([Object.keys(item).sort(), item.data]).toEqual([names, {}]);
    const text = JSON.stringify(items);
    expect(text).not.toContain(MARKER);
    expect(text).not.toContain(staff.staffId);
  });

  it('is walked without a gap or a repetition while others write, some of them slowly', async () => {
    const partner = await aPartner(service, { walletCents: 0 });
    await atOnce(60, () => record(partner));
    const before = (await walk(partner, 'limit=200')).map(({ eventId }) => eventId);
    let isWalking = true;
    const writers = atOnce(6, async (n) => {
      for (let written = 0; isWalking || written < 3; written += 1) {
        await transactions().run(async (em) => {
          const { organizationId } = partner;
          const entry = { type: 'lease_request.submitted' as const, organizationId, objectId: 'x' };
          await theAudit().record(em, callerOf(partner), entry);
          // Commits after others that occurred later.
          if (n % 2 === 0) await em.query('SELECT pg_sleep(0.05)');
        });
      }
    });
    const walked = await walk(partner, 'limit=7');
    isWalking = false;
    await writers;
    const ids = walked.map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => before.includes(id))).toEqual(before);
    const inOrder = [...walked].sort(
      (a, b) => b.occurredAt.localeCompare(a.occurredAt) || (a.eventId < b.eventId ? -1 : 1),
    );
    expect(walked).toEqual(inOrder);
  });

  it('shows what was committed late to who goes on at `completeUntil`', async () => {
    const partner = await aPartner(service, { walletCents: 0 });
    let commit: (() => void) | undefined;
    let recorded: (() => void) | undefined;
    const isRecorded = new Promise<void>((resolve) => (recorded = resolve));
    const late = transactions().run(async (em) => {
      const { organizationId } = partner;
      await theAudit().record(em, callerOf(partner), { type: 'wallet.adjusted', organizationId, objectId: 'x' });
      recorded!();
      await new Promise<void>((resolve) => (commit = resolve));
    });
    await isRecorded;
    await record(partner);
    const first = (await get(partner)).body;
    expect(first.items.map(({ eventType }: Item) => eventType)).toEqual(['lease_request.submitted']);
    commit!();
    await late;
    const [newer, older] = await itemsOf(partner, `?since=${first.completeUntil}`);
    expect([newer!.eventId, older!.eventType]).toEqual([first.items[0].eventId, 'wallet.adjusted']);
    expect(Date.parse(first.completeUntil)).toBeLessThan(Date.parse(older!.occurredAt));
  });
});
