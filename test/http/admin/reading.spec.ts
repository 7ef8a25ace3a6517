import type { LeaseRequestId } from '../../../src/core/ids.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import type { Role } from '../../../src/authorization/roles.js';
import { toForbiddenMessage } from '../../../src/authorization/permissions.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, aRequestThatFits, type TestPartner } from '../../support/makers.js';
import { aFailedDelivery } from './webhook-actions.js';
import { aCall } from './calls.js';
import { business, expectFiltersAnswered, errorCodeOf, list, oddValues } from './list-filters.js';
import { aColleague, answerOf, signedIn, type Person } from './panel.js';

let service: TestApp;
let partner: TestPartner;
let requestId: string;
let leaseId: string;
const people = {} as Record<Role, Person>;
const roles = ['viewer', 'operator', 'finance', 'admin'] as const;

beforeAll(async () => {
  service = await startTestApp();
  for (const role of roles) people[role] = await signedIn(service, role, `Colleague ${role}`);
  const made = await aRequestThatFits(service, { name: 'Acme Coffee', count: 2 });
  ({ partner } = made);
  requestId = made.request.id;
  const fulfilment = service.app.get(FulfillmentService, { strict: false });
  ({ leaseId } = await fulfilment.assign(people.operator.caller, {
    leaseRequestId: requestId as LeaseRequestId,
    socialAccountId: made.account.id,
  }));
  await aFailedDelivery(service);
  await aCall(service);
  const review = service.app.get(ReviewService, { strict: false });
  await review.note(people.operator.caller, {
    leaseRequestId: requestId as LeaseRequestId,
    body: 'Wait a day',
    visibility: 'internal',
    blocker: 'other',
  });
});
afterAll(() => service.close());

describe('Every role', () => {
  it.each(roles)('%s reads all of the business', async (role) => {
    for (const resource of business) {
      const { records, notice } = await list(people[role], resource);
      expect([resource, notice]).toEqual([resource, undefined]);
      expect(records!.length).toBeGreaterThan(0);
      const shown = await people[role].get(`/resources/${resource}/records/${records![0]!.id}/show`);
      expect([resource, shown.record?.id]).toEqual([resource, records![0]!.id]);
      expect(shown.record!.params.id).toBe(shown.record!.id);
    }
  });

  it.each(roles)('%s sees the queue, on its page and on the dashboard', async (role) => {
    for (const path of ['/pages/queue', '/dashboard']) {
      const { body } = await people[role].get(path);
      expect(body).toMatchObject({ openCount: 1, wantedCount: 1, nextCursor: null });
      expect(body.rows).toMatchObject([
        {
          id: requestId,
          partner: 'Acme Coffee',
          count: 2,
          assignedCount: 1,
          walletCovers: 1,
          blocker: { kind: 'other' },
          lastNote: { body: 'Wait a day', author: 'Colleague operator' },
        },
      ]);
    }
  });

  it.each(roles)('%s reads all of a request, and is told what the own role may do', async (role) => {
    const { body, record } = await people[role].get(`/resources/lease-requests/records/${requestId}/fulfil`);
    expect(record!.params).toMatchObject({
      id: requestId,
      status: 'requested',
      count: 2,
      assignedCount: 1,
      blocker: 'other',
    });
    expect(record!.params.version).toEqual(expect.any(Number));
    expect(body.fulfil).toMatchObject({
      request: { id: requestId, requestId },
      wallet: { balanceCents: 85_000, priceCents: 15_000, covers: 5 },
      candidates: [{ socialAccountId: expect.stringMatching(/^sa_/), fits: true, reasons: expect.any(Array) }],
      assigned: [{ leaseId }],
      notes: [{ body: 'Wait a day' }],
      may: { assign: role === 'operator' || role === 'admin', disconnect: role === 'finance' || role === 'admin' },
    });
  });

  it('searches the whole pool beside a request, whatever is typed', async () => {
    for (const words of ['account', '@', '%', '\\', "'", '%00', 'x'.repeat(1_000), '  ']) {
      const path = `/resources/lease-requests/records/${requestId}/fulfil?q=${words === '%00' ? words : encodeURIComponent(words)}`;
      const answer = await people.viewer.get(path);
      expect([words.slice(0, 10), answer.status]).toEqual([words.slice(0, 10), 200]);
    }
  });
});

describe('Staff accounts', () => {
  it.each(['viewer', 'operator', 'finance'] as const)('are nothing for the role %s', async (role) => {
    const { staffId } = await aColleague(service, 'viewer');
    const answers = [
      await list(people[role], 'staff'),
      await people[role].get(`/resources/staff/records/${staffId}/show`),
      await people[role].get('/resources/staff/actions/search/a'),
      await people[role].get(`/resources/staff/records/${staffId}/edit`),
    ];
    for (const answer of answers) {
      expect(answer.notice).toEqual({ type: 'error', message: toForbiddenMessage(role) });
      expect(answer.text).not.toContain('@staff.example');
    }
    const events = await list(people[role], 'audit-events', '?perPage=500');
    expect(events.records!.length).toBeGreaterThan(0);
    expect(events.text).not.toContain('staff.');
    const [{ id }] = await service.dataSource.query("SELECT id FROM audit_event WHERE type = 'staff.created' LIMIT 1");
    const hidden = await people[role].get(`/resources/audit-events/records/${id}/show`);
    expect(hidden.notice).toMatchObject({ type: 'error' });
    expect((await list(people[role], 'audit-events', '?filters.type=staff.created')).records).toEqual([]);
    expect((await list(people.admin, 'audit-events', '?filters.type=staff.created')).records!.length).toBeGreaterThan(
      0,
    );
  });

  it('are named on the trail to those who may read them, and by nothing but their name', async () => {
    const { staffId } = await aColleague(service, 'viewer');
    const { records } = await list(people.admin, 'audit-events', `?filters.objectId=${staffId}`);
    const [{ name }] = await service.dataSource.query('SELECT name FROM staff_user WHERE id = $1', [staffId]);
    expect(records!.map(({ populated }) => populated.objectId)).toEqual([{ id: staffId, title: name }]);
    // An event that everybody reads may be about a colleague one day.
    await service.dataSource.query(
      `INSERT INTO audit_event (id, type, occurred_at, object_id, actor_kind, actor_id, actor_name, request_id, data, internal)
       VALUES ('evt_about', 'money.frozen', now(), $1, 'system', 'x', 'x', 'req_x', '{}', '{}')`,
      [staffId],
    );
    const shown = await list(people.operator, 'audit-events', `?filters.objectId=${staffId}`);
    expect(shown.records!.map(({ populated }) => populated.objectId)).toEqual([undefined]);
    expect(shown.text).not.toContain(name);
  });

  it('are no menu entry for those who may not read them', async () => {
    const menuOf = async (person: Person) => {
      const page = await person.browser.get('/admin');
      const state = /window\.REDUX_STATE = (.*);\n/.exec(page.text)![1]!;
      const resources = JSON.parse(state).resources as { id: string; resourceActions: { name: string }[] }[];
      return resources.filter((one) => one.resourceActions.some(({ name }) => name === 'list')).map(({ id }) => id);
    };
    expect((await menuOf(people.viewer)).sort()).toEqual([...business].sort());
    expect((await menuOf(people.admin)).sort()).toEqual([...business, 'staff'].sort());
  });
});

describe('No answer of the panel', () => {
  it('holds a hash, a digest, a fingerprint or a password', async () => {
    const [{ digests }] = await service.dataSource.query(
      `SELECT array_agg(encode(secret_digest, 'hex')) || array_agg(encode(secret_digest, 'base64')) AS digests FROM api_key`,
    );
    const [{ hashes }] = await service.dataSource.query('SELECT array_agg(password_hash) AS hashes FROM staff_user');
    const [{ fingerprints }] = await service.dataSource.query(
      "SELECT array_agg(encode(fingerprint, 'hex')) AS fingerprints FROM lease_request",
    );
    const secrets = [...digests, ...hashes, ...fingerprints, partner.apiKey.split('_').slice(3).join('_')] as string[];
    secrets.push('$argon2', 'secret_digest', 'secretDigest', 'password_hash', 'passwordHash', 'fingerprint');
    secrets.push(...roles.map((role) => people[role].password));
    const answers: string[] = [];
    for (const resource of [...business, 'staff']) {
      const all = await list(people.admin, resource, '?perPage=500');
      answers.push(all.text);
      for (const { id } of all.records!.slice(0, 5)) {
        answers.push((await people.admin.get(`/resources/${resource}/records/${id}/show`)).text);
      }
    }
    answers.push((await people.admin.get(`/resources/lease-requests/records/${requestId}/fulfil`)).text);
    answers.push((await people.admin.get('/pages/queue')).text, (await people.admin.browser.get('/admin')).text);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(6);
      for (const answer of answers) expect(answer.includes(secret)).toBe(false);
    }
  });
});

describe('A list', () => {
  it.each([...business, 'staff'])('of %s answers every filter', async (resource) => {
    await expectFiltersAnswered(service, people.admin, resource, (place) =>
      oddValues.filter((_value, number) => (number + place) % 3 === 0),
    );
  });

  it.each([
    ...['page=0', 'page=-1', 'page=x', 'page=1e9', 'page=99999999999999999999', 'page=402', 'page=5&page=6', 'page='],
    ...['perPage=0', 'perPage=-5', 'perPage=501', 'perPage=1e9', 'perPage=x', 'perPage=500&page=22'],
    ...['sortBy=nothing', 'sortBy=constructor', 'sortBy=__proto__', 'sortBy=id&direction=sideways', 'direction[]=asc'],
    ...['filters=x', 'filters.constructor=x', 'filters.__proto__=x', 'filters.toString=1', 'filters.nothing=1'],
    ...['filters.status.x=1', 'filters.status=requested&filters.status=rejected', 'filters.status=gone'],
    ...['filters.status~~from=requested', 'filters.count=five', 'filters.count~~from=5.5', 'filters.vertical=%00'],
    ...['filters.submittedAt~~from=yesterday', 'filters.submittedAt~~to=2026-13-45', 'filters.submittedAt=2026-01-01'],
    ...['filters.submittedAt~~from=5', 'filters.count=5&filters.count~~from=1', `filters.vertical=${'x'.repeat(501)}`],
    ...['searchProperty=constructor', '%00=%00', '__proto__=1', 'somethingElse=1'],
  ])('refuses %s, naming what is wrong', async (query) => {
    for (const action of ['list', 'search', 'search/x', 'search/%25', 'search/%00']) {
      const answer = await people.viewer.get(`/resources/lease-requests/actions/${action}?${query}`);
      expect([action, answer.status, errorCodeOf(answer)]).toEqual([action, 422, 'VALIDATION']);
      expect(answer.notice!.message).toMatch(/^Not done: query\./);
    }
    const exported = await people.viewer.browser.get(`/admin/api/exports/lease-requests?${query}`);
    expect(exported.status).toBe(422);
  });

  it('answers what only looks odd', async () => {
    const queries = ['filters.status=', 'filters.submittedAt~~from=2026-01-01&filters.submittedAt~~to=2020-01-01'];
    queries.push('filters.count~~from=999999999999999', 'filters.vertical=%25', 'page=401', 'perPage=500&page=21');
    queries.push('filters.submittedAt~~from=2026-01-01T08:00:00%2B02:00', 'filters.id=%F0%9F%92%B8');
    for (const query of queries) {
      const answer = await list(people.viewer, 'lease-requests', `?${query}`);
      expect([query, answer.status, answer.notice]).toEqual([query, 200, undefined]);
    }
  });

  it('of requests refuses a cursor that is none', async () => {
    for (const cursor of ['x', '%00', 'AAAA', 'x'.repeat(5_000)]) {
      const answer = await people.viewer.get(`/pages/queue?cursor=${cursor}`);
      expect([answer.status, answer.notice?.type]).toEqual([422, 'error']);
    }
  });

  it('filters by what the column holds', async () => {
    const other = await aPartner(service, { name: 'Beta 100% Tea', walletCents: 12_345 });
    const ids = async (resource: string, query: string) =>
      (await list(people.viewer, resource, `?${query}`)).records!.map(({ id }) => id);
    expect(await ids('organizations', 'filters.name=acme')).toEqual([partner.organizationId]);
    expect(await ids('organizations', 'filters.name=100%25')).toEqual([other.organizationId]);
    expect(await ids('organizations', 'filters.name=%25')).toEqual([other.organizationId]);
    expect(await ids('wallets', 'filters.balanceCents=12345')).toEqual([other.organizationId]);
    expect(await ids('leases', `filters.organizationId=${partner.organizationId}`)).toEqual([leaseId]);
    expect(await ids('leases', `filters.organizationId=${partner.organizationId}&filters.status=ended`)).toEqual([]);
    expect(await ids('lease-requests', 'filters.geo=US&filters.status=requested&filters.count=2')).toEqual([requestId]);
    expect(await ids('lease-requests', 'filters.geo=U')).toEqual([]);
    expect(await ids('lease-requests', `filters.requestId=${requestId.slice(-12, -2).toLowerCase()}`)).toEqual([
      requestId,
    ]);
    expect(await ids('lease-requests', `filters.id=${requestId.slice(0, -2)}`)).toEqual([]);
    expect(await ids('lease-requests', 'filters.submittedAt~~from=2020-01-01')).toEqual([requestId]);
    expect(await ids('lease-requests', 'filters.submittedAt~~to=2020-01-01')).toEqual([]);
    const both = 'filters.submittedAt~~from=2020-01-01&filters.submittedAt~~to=2100-01-01';
    expect(await ids('lease-requests', both)).toEqual([requestId]);
    expect(await ids('audit-events', 'filters.data=priceCents%22:%2015000')).toHaveLength(1);
    await service.dataSource.query(
      `INSERT INTO audit_event (id, type, occurred_at, object_id, actor_kind, actor_id, actor_name, request_id, data, internal)
       SELECT 'evt_by_' || name, 'money.frozen', now(), 'x', 'staff', 'stf_' || name, 'Wanda ' || name, 'req_of_' || name, '{}', '{}'
         FROM unnest('{First,Second}'::text[]) name`,
    );
    expect((await ids('audit-events', 'filters.actorName=wanda')).sort()).toEqual(['evt_by_First', 'evt_by_Second']);
    expect(await ids('audit-events', 'filters.actorName=%20a%20sec')).toEqual(['evt_by_Second']);
    expect(await ids('audit-events', 'filters.actorName=wanda&filters.actorId=stf_First')).toEqual(['evt_by_First']);
    expect(await ids('audit-events', 'filters.actorName=wanda%25')).toEqual([]);
    expect(await list(people.viewer, 'audit-events', '?filters.actorName=%E2%80%8B')).toMatchObject({
      status: 422,
      notice: { message: expect.stringContaining('at least one visible character') },
    });
    expect(await ids('audit-events', 'filters.requestId=req_of_Second')).toEqual(['evt_by_Second']);
    expect(await ids('audit-events', 'filters.requestId=req_of')).toEqual([]);
  });

  it('pages and sorts, the newest first where nothing else is asked', async () => {
    const first = await list(people.viewer, 'audit-events', '?perPage=2');
    const second = await list(people.viewer, 'audit-events', '?perPage=2&page=2');
    const times = [...first.records!, ...second.records!].map(({ params }) => String(params.occurredAt));
    expect(times).toEqual([...times].sort().reverse());
    expect(new Set([...first.records!, ...second.records!].map(({ id }) => id)).size).toBe(4);
    const sorted = await list(people.viewer, 'wallets', '?sortBy=balanceCents&direction=asc');
    const balances = sorted.records!.map(({ params }) => Number(params.balanceCents));
    expect(balances).toEqual([...balances].sort((one, other) => one - other));
    expect(first.body.meta).toMatchObject({ perPage: 2, page: 1, total: expect.any(Number) });
  });

  it('names other records instead of their ids', async () => {
    const { body } = await list(people.viewer, 'leases');
    const [record] = body.records as { populated: Record<string, { title: string }>; title: string }[];
    expect(record!.populated.organizationId!.title).toBe('Acme Coffee');
    expect(record!.title).toMatch(/^@account\./);
  });

  it('has times in UTC and money in whole cents', async () => {
    const { record } = await people.viewer.get(`/resources/leases/records/${leaseId}/show`);
    expect(record!.params).toMatchObject({ priceCents: 15_000, status: 'active', assignedBy: 'Colleague operator' });
    expect(record!.params.assignedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const transfers = await list(people.viewer, 'ledger-transfers', `?filters.leaseId=${leaseId}`);
    expect(transfers.records![0]!.params).toMatchObject({
      kind: 'lease_charge',
      amountCents: -15_000,
      balanceAfterCents: 85_000,
      bookedBy: 'Colleague operator',
    });
  });
});

describe('The panel’s files', () => {
  it('lead to nothing else of the disk', async () => {
    const browser = people.viewer.browser;
    for (const path of [
      '/admin/assets/..%2f..%2fpackage.json',
      '/admin/assets/../../package.json',
      '/admin/assets/.env',
    ]) {
      const answer = await browser.get(path);
      expect(answer.status).not.toBe(200);
      expect(answer.text).not.toContain('lease-console');
    }
  });
});

describe('Our own trouble', () => {
  it('is told with the id of the call, and without what is behind it', async () => {
    const broken = await startTestApp();
    const operator = await signedIn(broken, 'operator');
    const made = await aRequestThatFits(broken);
    const theirs = await aPartner(broken);
    await broken.dataSource.query('ALTER TABLE request_note RENAME COLUMN body TO text_of_it');
    const act = await operator.act('lease-requests', made.request.id, 'note', { body: 'x', visibility: 'internal' });
    expect(act.status).toBe(500);
    expect(act.notice).toEqual({
      type: 'error',
      message: expect.stringMatching(/^Something went wrong on our side\. .* req_\w{26}\.$/),
    });
    expect(act.record!.params).toMatchObject({ id: made.request.id, version: 1 });
    const read = answerOf(await operator.browser.get('/admin/api/pages/queue'));
    expect(read.status).toBe(500);
    for (const text of [act.text, read.text]) expect(text).not.toMatch(/text_of_it|column|SELECT|INSERT|\.ts|\.js/);
    expect(theirs.organizationId).toMatch(/^org_/);
    await broken.close();
  });
});
