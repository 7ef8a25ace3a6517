import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPanelApp, type TestApp } from '../../support/app.js';
import { anAccount, aRequestThatFits } from '../../support/makers.js';
import { everything, signedIn, type Person } from './panel.js';

let service: TestApp;
let admin: Person;

beforeAll(async () => {
  service = await startPanelApp();
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
        message: expect.stringMatching(/^This (page|part) of the panel was not found\. It may be gone/),
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
      { type: 'error', message: expect.stringMatching(/^This record was not found\. It may be gone: look for it/) },
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
