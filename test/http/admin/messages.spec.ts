import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, anAccount, aRequestThatFits } from '../../support/makers.js';
import { aColleague, everything, signedIn, type Person } from './panel.js';

let service: TestApp;
let admin: Person;

beforeAll(async () => {
  service = await startTestApp();
  admin = await signedIn(service, 'admin');
});
afterAll(() => service.close());

const call = (method: 'get' | 'post', path: string) =>
  method === 'get' ? admin.browser.get(`/admin${path}`) : admin.browser.post(`/admin${path}`).send({});

/** Sent in a path, it must not come back. */
const odd = 'no%00pe%3Cb%3E';

describe('What is not there', () => {
  it.each([
    ['get', '/api/pages/nothing'],
    ['post', '/api/pages/nothing'],
    ['get', '/api/pages/constructor'],
    ['post', '/api/pages/__proto__'],
    ['get', '/api/resources/nothing'],
    ['get', '/api/resources/nothing/actions/list'],
    ['get', '/api/resources/leases/actions/nothing'],
    ['post', `/api/resources/leases/records/${odd}/nothing`],
    ['post', '/api/resources/leases/bulk/bulkDelete?recordIds=a'],
    ['get', '/api/resources/leases/search/a'],
    ['post', '/api/dashboard'],
  ] as const)('is refused in our own words: %s %s', async (method, path) => {
    const before = await everything(service);
    const answer = await call(method, path);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      error: {
        code: 'NOT_FOUND',
        message: expect.stringMatching(/^This (page|part) of the panel was not found\. It may have been deleted/),
        requestId: answer.headers['x-request-id'],
      },
      notice: { type: 'error', message: answer.body.error.message },
    });
    expect(await everything(service)).toBe(before);
  });

  it.each([
    ['get', `/api/resources/leases/records/${odd}/show`],
    ['get', `/api/resources/lease-requests/records/${odd}/fulfil`],
    ['get', `/api/resources/wallets/records/${odd}/overview`],
    ['post', `/api/resources/leases/records/${odd}/disconnect`],
    ['post', `/api/resources/staff/records/${odd}/edit`],
    ['post', `/api/resources/lease-requests/records/${odd}/assign`],
  ] as const)('is refused as an action is, where it is a record: %s %s', async (method, path) => {
    const answer = await call(method, path);
    expect([answer.status, answer.body.notice]).toEqual([
      200,
      {
        type: 'error',
        message: expect.stringMatching(/^This record was not found\. It may have been deleted\. Look for it/),
      },
    ]);
    expect(answer.text).not.toMatch(/pe<b>|u0000|Record with given id/);
  });

  it('is a page that leads back, for whoever opened an address', async () => {
    for (const path of ['/nowhere', '/nowhere/at/all', '/resources/leases/bulk/bulkDelete?recordIds=a']) {
      const answer = await call('get', path);
      expect([path, answer.status, answer.type]).toEqual([path, 404, 'text/html']);
      expect(answer.text).toContain('<h1>There is nothing here</h1>');
      expect(answer.text).toContain('<a class="lc-btn primary" href="/admin">Back to the console</a>');
      expect(answer.text).toContain(answer.headers['x-request-id']);
    }
  });

  it('is a page too for a form that a browser sends when its session has ended', async () => {
    const viewer = await signedIn(service, 'viewer');
    await service.dataSource.query("DELETE FROM staff_session WHERE sess ->> 'staffId' = $1", [viewer.staffId]);
    const answer = await viewer.browser
      .post('/admin/account/password')
      .set('Accept', 'text/html,application/xhtml+xml,*/*;q=0.8')
      .type('form')
      .send({ current: 'a', password: 'b' });
    expect([answer.status, answer.type]).toEqual([401, 'text/html']);
    expect(answer.text).toContain('<a class="lc-btn primary" href="/admin/login">Sign in</a>');
  });

  it.each([
    [
      'lease-requests',
      'note',
      { body: 'x', visibility: 'internal', lookAgainOn: '2027-13-01' },
      'the day to look again must',
    ],
    ['lease-requests', 'note', { visibility: 'internal' }, 'the note is required.'],
    ['lease-requests', 'assign', {}, 'the account is required.'],
    ['lease-requests', 'assign', [], 'body must be an object.'],
    ['social-accounts', 'edit', { verticals: [''] }, 'the list of verticals: each item must not be empty.'],
    ['organizations', 'edit', {}, 'give a name, a price or both.'],
  ] as const)('is no name of a field, where a fault is told: %s %s %j', async (resource, action, body, sentence) => {
    await anAccount(service);
    const { request, partner } = await aRequestThatFits(service);
    const [{ id }] = await service.dataSource.query('SELECT id FROM social_account LIMIT 1');
    const ids = { 'lease-requests': request.id, 'social-accounts': id, organizations: partner.organizationId };
    const { notice } = await admin.act(resource, ids[resource], action, body);
    expect(notice!.message).toMatch(`Not done: ${sentence}`);
    expect(notice!.message).toMatch(/\. Nothing was changed; correct this and try again\.$/);
  });

  it('leaves no word of the library behind the panel', async () => {
    const texts = await Promise.all(
      ['/login', '', '/api/pages/nothing', '/nowhere', '/account'].map(async (path) => (await call('get', path)).text),
    );
    for (const text of texts) expect(text).not.toMatch(/You can override this|made with love|SoftwareBrothers/i);
  });
});

describe('A form that somebody else has changed meanwhile', () => {
  /** An editable record: what the form showed, what a colleague saves first, what is saved then, and how the change is told. */
  const forms: Record<
    string,
    { makeId: () => Promise<string>; seen: object; first: object; own: object; told: string }
  > = {
    organizations: {
      makeId: async () => (await aPartner(service, { name: 'Seen & Co', priceCents: 20_000 })).organizationId,
      seen: { name: 'Seen & Co', priceCents: 20_000 },
      first: { priceCents: 12_000, reason: 'Agreed' },
      own: { name: 'Seen and Company' },
      told: 'price from $200.00 to $120.00',
    },
    projects: {
      makeId: async () => aNamedProject('Spring'),
      seen: { organizationId: 'not compared', name: 'Spring' },
      first: { name: 'Summer' },
      own: { name: 'Autumn' },
      told: 'name from “Spring” to “Summer”',
    },
    'social-accounts': {
      makeId: async () => (await anAccount(service, { handle: 'seen.one', verticals: ['coffee'], followers: 500 })).id,
      seen: { handle: 'seen.one', followers: 500, verticals: ['coffee'], statusReason: null },
      first: { followers: 900, verticals: ['coffee', 'tea'] },
      own: { handle: 'seen.two' },
      told: 'followers from “500” to “900”; verticals from “coffee” to “coffee, tea”',
    },
    wallets: {
      makeId: async () => (await aPartner(service)).organizationId,
      seen: { lowBalanceThresholdCents: null },
      first: { lowBalanceThresholdCents: 50_000 },
      own: { lowBalanceThresholdCents: 10_000 },
      told: 'low balance threshold from nothing to $500.00',
    },
    staff: {
      makeId: async () => (await aColleague(service, 'viewer', 'Vic')).staffId,
      seen: { name: 'Vic', role: 'viewer' },
      first: { role: 'operator' },
      own: { name: 'Victor' },
      told: 'role from “viewer” to “operator”',
    },
  };

  async function aNamedProject(name: string): Promise<string> {
    const { projectId } = await aPartner(service);
    await service.dataSource.query('UPDATE project SET name = $2 WHERE id = $1', [projectId, name]);
    return projectId;
  }

  it.each(Object.keys(forms))(
    'is refused with what changed and by whom, and saved on top of it: %s',
    async (resource) => {
      const { makeId, seen, first, own, told } = forms[resource]!;
      const id = await makeId();
      const colleague = await signedIn(service, 'admin', 'Cleo');
      expect((await colleague.act(resource, id, 'edit', { ...first, seen })).notice?.type).toBe('success');
      const before = await everything(service);
      const refused = await admin.act(resource, id, 'edit', { ...own, seen });
      expect(refused.notice?.message).toBe(
        `Cleo changed this after you opened it: ${told}. Nothing was saved; check the values and save again.`,
      );
      expect(refused.body.error).toMatchObject({ code: 'CONFLICT', details: { reason: 'stale', changedBy: 'Cleo' } });
      expect(await everything(service)).toBe(before);
      const { changes } = (refused.body.error as { details: { changes: { field: string; to: unknown }[] } }).details;
      const followed = { ...seen, ...Object.fromEntries(changes.map(({ field, to }) => [field, to])) };
      expect((await admin.act(resource, id, 'edit', { ...own, seen: followed })).notice?.type).toBe('success');
    },
  );

  it('is refused in a sentence that a name in Hebrew does not turn', async () => {
    const { organizationId } = await aPartner(service, { name: 'קפה 24' });
    const colleague = await signedIn(service, 'admin', 'דנה');
    await colleague.act('organizations', organizationId, 'edit', { name: 'קפה 25' });
    const refused = await admin.act('organizations', organizationId, 'edit', {
      name: 'Other',
      seen: { name: 'קפה 24' },
    });
    expect(refused.notice?.message).toContain(
      '\u2068דנה\u2069 changed this after you opened it: name from “\u2068קפה 24\u2069” to “\u2068קפה 25\u2069”.',
    );
  });

  it('may show anything at all, and too much is an error of the form', async () => {
    const { organizationId } = await aPartner(service);
    for (const [seen, refusal] of [
      [[], 'seen must be an object'],
      [null, 'seen must be an object'],
      [Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`f${n}`, 1])), 'must have at most 30 fields'],
      [{ name: { toString: [null, '\ud800'] } }, 'after you opened it: name from'],
    ] as const) {
      const answer = await admin.act('organizations', organizationId, 'edit', { name: 'Other', seen });
      expect([answer.status, answer.notice?.message]).toEqual([200, expect.stringContaining(refusal)]);
    }
  });
});
