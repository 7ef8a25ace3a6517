import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { agent } from '../../support/agent.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import type { Role } from '../../../src/authorization/roles.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, aRequest, aRequestThatFits, topUp } from '../../support/makers.js';
import { answerOf, everything, signedIn, type Person } from './panel.js';

const roles = ['viewer', 'operator', 'finance', 'admin'] as const;
const pages = ['/pages/queue', '/pages/dashboard', '/pages/search?q=acme'];

describe('the panel’s own pages', () => {
  let service: TestApp;
  let made: Awaited<ReturnType<typeof aRequestThatFits>>;
  const people = {} as Record<Role, Person>;
  beforeAll(async () => {
    service = await startTestApp();
    for (const role of roles) people[role] = await signedIn(service, role);
    made = await aRequestThatFits(service, { name: 'Acme Coffee', requestId: 'autumn_launch', vertical: 'coffee' });
    await topUp(service, made.partner.organizationId, 100);
  });
  afterAll(() => service.close());

  it.each(roles)('are for the role %s to read', async (role) => {
    const { body: queue } = await people[role].get('/pages/queue?view=unclaimed&language=en');
    expect(queue).toMatchObject({
      rows: [{ id: made.request.id, requestId: 'autumn_launch', partner: 'Acme Coffee', poolFits: 3, walletCovers: 3 }],
      counts: { all: 1, unclaimed: 1, mine: 0 },
      nextCursor: null,
    });
    const { body: dashboard } = await people[role].get('/pages/dashboard?days=90');
    expect(dashboard).toMatchObject({ days: 90, tiles: { leases: { live: 0 } }, warm: { verticals: ['coffee'] } });
    const { body: found } = await people[role].get('/pages/search?q=acme');
    expect(found).toMatchObject({ partners: [{ resource: 'organizations', id: made.partner.organizationId }] });
  });

  it('are compressed where they are large, their data too', async () => {
    for (const path of ['/admin', '/admin/api/pages/dashboard?days=90']) {
      const answer = await people.viewer.browser.get(path).set('Accept-Encoding', 'gzip');
      expect([path, answer.status, answer.headers['content-encoding']]).toEqual([path, 200, 'gzip']);
    }
  });

  it('are for nobody who is signed out', async () => {
    for (const page of pages) {
      const answer = answerOf(await agent(service.baseUrl).get(`/admin/api${page}`));
      expect([page, answer.status]).toEqual([page, 401]);
      expect(answer.text).not.toContain('Acme');
    }
  });

  it('refuse what they cannot be asked, in a sentence', async () => {
    for (const page of [
      ...['queue?view=none', 'queue?blocker=x', 'queue?cursor=x', 'queue?q=%00', 'queue?view=mine&view=%00'],
      ...[
        'queue?vieuw=mine',
        'queue?view=abc&view=all',
        'queue?limit=5',
        'queue?partner=a&partner=b',
        'queue?__proto__=1',
      ],
      ...['dashboard?day=7', 'dashboard?days=7&days=30', 'search?query=acme', 'search?q=a&q=b'],
      ...['dashboard?days=31', 'dashboard?days=', 'search?q=%00', `search?q=${'x'.repeat(201)}`],
    ]) {
      const answer = await people.viewer.get(`/pages/${page}`);
      if (page === 'dashboard?days=') expect(answer.status).toBe(200);
      else expect([page, answer.status, answer.notice?.type]).toEqual([page, 422, 'error']);
    }
  });

  it('find each kind of thing by id and by text', async () => {
    const find = async (q: string) => {
      const { body, status } = await people.viewer.get(`/pages/search?q=${encodeURIComponent(q)}`);
      expect([q, status]).toEqual([q, 200]);
      const found = body as Record<string, { id: string }[] | string>;
      return Object.fromEntries(
        Object.entries(found).flatMap(([kind, some]) =>
          Array.isArray(some) && some.length > 0 ? [[kind, some.map(({ id }) => id)]] : [],
        ),
      );
    };
    const [key] = await service.dataSource.query('SELECT prefix FROM api_key WHERE id = $1', [made.partner.apiKeyId]);
    const [transfer] = await service.dataSource.query(
      'SELECT id, reference FROM ledger_transfer WHERE organization_id = $1 AND amount_cents = 100',
      [made.partner.organizationId],
    );
    const request = { requests: [made.request.id] };
    expect(await find(made.request.id)).toEqual(request);
    expect(await find('AUTUMN_L')).toEqual(request);
    expect(await find('autumn%')).toEqual({});
    expect(await find(`@${made.account.handle.toUpperCase()}`)).toMatchObject({
      accounts: expect.arrayContaining([made.account.id]),
    });
    expect(await find(made.account.id)).toEqual({ accounts: [made.account.id] });
    // Open requests by their partner and by what they ask for, too.
    expect(await find('e cof')).toEqual({ partners: [made.partner.organizationId], ...request });
    expect((await find('COFFEE')).requests).toEqual([made.request.id]);
    const keys = { keys: [made.partner.apiKeyId] };
    expect(await find(key.prefix.slice(0, 9).toLowerCase())).toMatchObject(keys);
    expect(await find(made.partner.apiKey)).toEqual(keys);
    expect(await find(made.partner.apiKeyId)).toEqual(keys);
    expect(await find(transfer.id)).toEqual({ transfers: [transfer.id] });
    expect(await find(transfer.reference)).toMatchObject({ transfers: expect.arrayContaining([transfer.id]) });
    for (const q of ['', '  ', "'", '\\', '%', '_', '🙂', 'zzzzzz']) await find(q);
    const { text } = await people.viewer.get('/pages/search?q=e');
    for (const some of Object.values(JSON.parse(text) as Record<string, unknown>).filter(Array.isArray))
      expect(some.length).toBeLessThanOrEqual(5);
  });

  it('never show a colleague or a secret to a search', async () => {
    const email = people.admin.email;
    const { text } = await people.admin.get(`/pages/search?q=${encodeURIComponent(email)}`);
    const none = { requests: [], partners: [], notes: [], accounts: [], keys: [], calls: [], transfers: [], staff: [] };
    expect(JSON.parse(text)).toMatchObject({ q: email, ...none });
    const name = email.split('@')[0]!;
    for (const role of roles) {
      const { body } = await people[role].get(`/pages/search?q=${encodeURIComponent(name)}`);
      expect([role, body.staff]).toMatchObject([role, role === 'admin' ? [{ resource: 'staff', title: name }] : []]);
    }
  });

  it('find finished requests by their partner, notes, and what people paid by its amount, and say how many there are', async () => {
    const partner = await aPartner(service, { name: 'Sundial Studios', walletCents: 0 });
    const requests = [];
    for (let n = 0; n < 6; n += 1) requests.push(await aRequest(service, partner, { vertical: 'clocks' }));
    const [last] = requests.slice(-1);
    const review = service.app.get(ReviewService, { strict: false });
    const note = { leaseRequestId: last!.id, body: 'They want the  gnomon first.', visibility: 'internal' as const };
    await review.note(people.operator.caller, note);
    await review.reject(people.operator.caller, {
      leaseRequestId: last!.id,
      note: 'Not this year.',
      outcomeReason: 'policy',
    });
    await topUp(service, partner.organizationId, 123_456);
    const find = async (q: string, more = '') =>
      (await people.viewer.get(`/pages/search?q=${encodeURIComponent(q)}${more}`)).body as Record<
        string,
        { id: string; title: string; about: string }[]
      >;
    const byPartner = await find('sundial');
    expect([byPartner.requests!.length, byPartner.counts]).toMatchObject([5, { requests: 6, partners: 1 }]);
    const all = await find('sundial', '&all=on');
    expect(all.requests!.map(({ id }) => id).sort()).toEqual(requests.map(({ id }) => id).sort());
    expect(all.requests!.at(-1)).toMatchObject({
      id: last!.id,
      title: '3 × clocks for Sundial Studios',
      about: expect.stringMatching(/^rejected · 0 of 3 assigned · submitted 20/),
    });
    expect((await find('GNOMON')).notes).toMatchObject([
      { id: last!.id, title: 'They want the gnomon first.', about: expect.stringContaining('Sundial Studios') },
    ]);
    for (const q of ['$1,234.56', '1234.56']) {
      const { transfers } = await find(q);
      expect([q, transfers]).toMatchObject([q, [{ title: 'Top-up of $1,234.56, Sundial Studios' }]]);
    }
    for (const q of ['1,234.57', '999,999,999,999,999,999,999', `$9${',999'.repeat(20)}`]) {
      expect([q, (await find(q)).transfers]).toEqual([q, []]);
    }
    expect((await people.viewer.get('/pages/search?q=a&all=yes')).status).toBe(422);
    const turned = await aPartner(service, { name: 'קפה 24' });
    await aRequest(service, turned, { vertical: 'שעונים' });
    await topUp(service, turned.organizationId, 765_432);
    expect((await find('קפה')).requests).toMatchObject([{ title: '3 × \u2068שעונים\u2069 for \u2068קפה 24\u2069' }]);
    expect((await find('7654.32')).transfers).toMatchObject([{ title: 'Top-up of $7,654.32, \u2068קפה 24\u2069' }]);
  });

  it.each([60, 520])('find the newest of %i notes of one word', async (count) => {
    const word = `gnomonic${count}`;
    await service.dataSource.query(
      `INSERT INTO request_note (id, lease_request_id, author, body, visibility, created_at, withdrawn_at)
       SELECT 'note_' || $2 || n, $1, 'partner', n || ' ' || $2, 'internal', now() + n * interval '1 second',
              CASE WHEN n = $3 THEN now() END
         FROM generate_series(1, $3::int) n`,
      [made.request.id, word, count],
    );
    const { body } = await people.viewer.get(`/pages/search?q=${word}`);
    const newest = [1, 2, 3, 4, 5].map((n) => ({ title: `${count - n} ${word}` }));
    expect([body.notes, body.counts]).toMatchObject([newest, { notes: 51 }]);
  });

  it('serve the next request to those who may assign, by POST alone', async () => {
    const path = '/admin/api/resources/lease-requests/actions/serveNext';
    const serve = async (person: Person, body: object = {}) => answerOf(await person.browser.post(path).send(body));
    const before = await everything(service);
    for (const role of ['viewer', 'finance'] as const) {
      const answer = await serve(people[role]);
      expect(answer.notice).toMatchObject({ type: 'error' });
      expect(answer.body).not.toHaveProperty('requestId');
    }
    const got = answerOf(await people.operator.browser.get(path));
    expect(got.body).not.toHaveProperty('requestId');
    expect(await everything(service)).toBe(before);
    const served = await serve(people.operator);
    expect(served.notice).toMatchObject({
      type: 'success',
      message: expect.stringMatching(/^You have claimed this request until/),
    });
    expect(served.body).toMatchObject({ requestId: made.request.id, claim: { staffId: people.operator.staffId } });
    const none = await serve(people.admin);
    expect(none.body).toMatchObject({ requestId: null, notice: { type: 'success' } });
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    await fulfilment.assign(people.operator.caller, {
      leaseRequestId: made.request.id,
      socialAccountId: made.account.id,
    });
    const { body } = await people.operator.get('/pages/queue?view=mine');
    expect(body).toMatchObject({ rows: [{ id: made.request.id, assignedCount: 1, claimedBy: { mine: true } }] });
  });
});
