import { readdirSync } from 'node:fs';
import os from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express, { type Request, type Response } from 'express';
import { agent } from '../../support/agent.js';
import { Clock } from '../../../src/core/clock.js';
import { panelSessions } from '../../../src/admin/http/sessions.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aColleague, everything, signedIn, signIn, type Browser, type Person } from './panel.js';

let service: TestApp;

beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const cookiesOf = (response: { headers: Record<string, unknown> }) =>
  (response.headers['set-cookie'] ?? []) as string[];
const sessionOf = (response: { headers: Record<string, unknown> }) =>
  cookiesOf(response).find((cookie) => cookie.startsWith('lease_console_session='))!;

async function isIn(browser: Browser): Promise<boolean> {
  return (await browser.get('/admin/api/pages/queue')).status === 200;
}

describe('SESSION_SECRET', () => {
  it('may name several: the first signs, and sessions signed by any go on', async () => {
    const colleague = await aColleague(service, 'viewer');
    const [cookie] = sessionOf(await signIn(agent(service.baseUrl), colleague)).split(';');
    const [present] = service.settings.sessionSecrets;
    const readsUnder = async (...sessionSecrets: string[]): Promise<boolean> => {
      const app = express();
      const clock = service.app.get(Clock, { strict: false });
      app.use(panelSessions(service.dataSource, clock, { ...service.settings, sessionSecrets }));
      app.use((call: Request, answer: Response) => void answer.json(call.session.staffId ?? null));
      return (await agent(app).get('/admin').set('Cookie', cookie!)).body === colleague.staffId;
    };
    expect(await readsUnder(present!)).toBe(true);
    expect(await readsUnder('n'.repeat(32), present!)).toBe(true);
    expect(await readsUnder('n'.repeat(32))).toBe(false);
  });
});

describe('Signing in', () => {
  it('shows the form, and leads from any page to it', async () => {
    const browser = agent(service.baseUrl);
    const page = await browser.get('/admin/login');
    expect(page.status).toBe(200);
    expect(page.text).toContain('/admin/login');
    for (const path of ['/admin', '/admin/']) {
      const away = await browser.get(path);
      expect([path, away.status, away.headers.location]).toEqual([path, 302, '/admin/login']);
    }
  });

  it('leads to the page that was asked for, after a wrong password too', async () => {
    const colleague = await aColleague(service, 'viewer');
    for (const path of [
      '/admin/resources/leases?filters.status=active&page=2',
      '/admin/pages/queue',
      '/admin?view=mine',
    ]) {
      const browser = agent(service.baseUrl);
      const signInPath = (await browser.get(path)).headers.location!;
      expect(signInPath).toBe(`/admin/login?${new URLSearchParams({ next: path })}`);
      expect((await browser.get(signInPath)).text).toContain(signInPath);
      const form = (password: string) =>
        browser.post(signInPath).type('form').send({ email: colleague.email, password });
      const wrong = await form('mistyped');
      expect([wrong.status, wrong.text.includes(signInPath)]).toEqual([401, true]);
      const answer = await form(colleague.password);
      expect([answer.status, answer.headers.location]).toEqual([302, path]);
      expect((await browser.get(signInPath)).headers.location).toBe(path);
    }
  });

  it.each([
    ...[
      'https://evil.example/admin',
      '//evil.example',
      '/\\evil.example',
      '/admin/..//evil.example',
      '/admin/%2e%2e/x',
    ],
    ...['/administrator', '/admin\\..\\x', '/admin/\r\nSet-Cookie: a=b', 'javascript:alert(1)', '/admin/../docs'],
    ...['/admin/logout', '/admin/login?next=/admin/x', '/admin/api/exports/leases', '/admin/welcome?token=x', ''],
  ])('leads to no page of another site, and to none before the sign-in: %j', async (next) => {
    const colleague = await aColleague(service, 'viewer');
    const path = `/admin/login?${new URLSearchParams({ next })}`;
    const browser = agent(service.baseUrl);
    expect((await browser.get(path)).text).not.toMatch(/evil|Set-Cookie/);
    const { email, password } = colleague;
    const answer = await browser.post(path).type('form').send({ email, password });
    expect([answer.status, answer.headers.location]).toEqual([302, '/admin']);
    const twice = await browser.get('/admin/login?next=%2Fadmin%2Fpages%2Fqueue&next=%2Fadmin');
    expect(twice.headers.location).toBe('/admin');
  });

  it('opens the panel with the right email, in whatever case, and the password', async () => {
    const colleague = await aColleague(service, 'operator');
    const browser = agent(service.baseUrl);
    const answer = await signIn(browser, { ...colleague, email: ` ${colleague.email.toUpperCase()} ` });
    expect([answer.status, answer.headers.location]).toEqual([302, '/admin']);
    const cookie = sessionOf(answer);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(cookie).toMatch(/Path=\/admin/);
    expect(cookie).not.toMatch(/Secure/);
    expect(cookiesOf(answer)[0]).toBe(cookie);
    const page = await browser.get('/admin');
    expect(page.status).toBe(200);
    expect(page.text).toContain(colleague.email);
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.headers['x-request-id']).toMatch(/^req_/);
  });

  it('marks its cookies as secure behind a proxy that speaks TLS', async () => {
    const behindProxy = await startTestApp({ trustProxy: 1 });
    const colleague = await aColleague(behindProxy, 'viewer');
    const answer = await signIn(agent(behindProxy.baseUrl), colleague).set('X-Forwarded-Proto', 'https');
    expect(answer.status).toBe(302);
    expect(cookiesOf(answer)).toHaveLength(2);
    for (const cookie of cookiesOf(answer)) expect(cookie).toMatch(/Secure/);
    await behindProxy.close();
  });

  it('says the same to a wrong password, an unknown email and a disabled colleague, and signs none in', async () => {
    const colleague = await aColleague(service, 'viewer');
    const disabled = await aColleague(service, 'viewer');
    await service.dataSource.query('UPDATE staff_user SET disabled_at = now() WHERE id = $1', [disabled.staffId]);
    const attempts = [
      { email: colleague.email, password: 'something else entirely' },
      { email: 'nobody@staff.example', password: colleague.password },
      disabled,
    ];
    for (const attempt of attempts) {
      const browser = agent(service.baseUrl);
      const answer = await signIn(browser, attempt);
      expect(answer.status).toBe(401);
      expect(answer.text).toContain('The email or the password is wrong.');
      expect(sessionOf(answer)).toBeUndefined();
      expect(await isIn(browser)).toBe(false);
    }
  });

  it('refuses whatever is no email and no password without failing', async () => {
    const browser = agent(service.baseUrl);
    const bodies = ['', 'email=a', 'email=a&email=b&password=c', 'email=%00&password=%00', 'email=%ff&password=x'];
    bodies.push(`email=${'a'.repeat(5000)}&password=${'b'.repeat(5000)}`, 'email[a]=1&password[b]=2', '__proto__=1');
    for (const body of bodies) {
      const answer = await browser.post('/admin/login').type('form').send(body);
      expect([body.slice(0, 30), answer.status]).toEqual([body.slice(0, 30), 401]);
    }
    expect((await browser.post('/admin/login').type('form').send('x'.repeat(1_000_000))).status).toBe(413);
  });

  it('gives every sign-in a new session id, and the old one is worth nothing', async () => {
    const colleague = await aColleague(service, 'viewer');
    const browser = agent(service.baseUrl);
    const first = sessionOf(await signIn(browser, colleague)).split(';')[0]!;
    const second = sessionOf(await signIn(browser, colleague)).split(';')[0]!;
    expect(second).not.toBe(first);
    const thief = await agent(service.baseUrl).get('/admin/api/pages/queue').set('Cookie', first);
    expect(thief.status).toBe(401);
    expect(await isIn(browser)).toBe(true);
  });

  it('cannot be ended by a name that ends a script', async () => {
    const evil = await signedIn(service, 'viewer');
    await service.dataSource.query('UPDATE staff_user SET name = $2 WHERE id = $1', [
      evil.staffId,
      '</script><script>alert(1)</script>',
    ]);
    const page = await evil.browser.get('/admin');
    expect(page.status).toBe(200);
    expect(page.text).toContain('‹/script›‹script›alert(1)‹/script›');
  });

  it('runs no inline script without the nonce, and fetches nothing from elsewhere', async () => {
    const viewer = await signedIn(service, 'viewer');
    for (const path of ['/admin', '/admin/login']) {
      const browser = path === '/admin' ? viewer.browser : agent(service.baseUrl);
      const page = await browser.get(path);
      const nonce = /script-src 'self' 'nonce-([^']+)'/.exec(page.headers['content-security-policy']!)![1]!;
      expect(page.text.match(/<script/g)!.length).toBeGreaterThan(3);
      expect(page.text.split(`<script nonce="${nonce}"`).length).toBe(page.text.split('<script').length);
      expect(page.text).not.toContain('googleapis');
    }
  });
});

describe('A session', () => {
  it('ends with the sign-out', async () => {
    const viewer = await signedIn(service, 'viewer');
    const [cookie] = await service.dataSource.query("SELECT sid FROM staff_session WHERE sess ->> 'staffId' = $1", [
      viewer.staffId,
    ]);
    expect(cookie).toBeDefined();
    const answer = await viewer.browser.post('/admin/logout');
    expect([answer.status, answer.headers.location]).toEqual([302, '/admin/login']);
    expect(await isIn(viewer.browser)).toBe(false);
    const left = await service.dataSource.query('SELECT sid FROM staff_session WHERE sid = $1', [cookie.sid]);
    expect(left).toEqual([]);
  });

  it('is ended neither by a link nor by a form of another site', async () => {
    const viewer = await signedIn(service, 'viewer');
    const before = await everything(service);
    for (const site of ['cross-site', 'same-origin', 'none']) {
      for (const method of ['get', 'head'] as const) {
        const answer = await viewer.browser[method]('/admin/logout').set('Sec-Fetch-Site', site);
        expect([answer.status, answer.headers.location]).toEqual([302, '/admin']);
      }
    }
    expect((await viewer.browser.get('/admin/logout')).headers.location).toBe('/admin');
    expect((await viewer.browser.post('/admin/logout').set('Sec-Fetch-Site', 'cross-site')).status).toBe(403);
    expect(await isIn(viewer.browser)).toBe(true);
    expect(await everything(service)).toBe(before);
    const stranger = await agent(service.baseUrl).get('/admin/logout');
    expect([stranger.status, stranger.headers.location]).toEqual([302, '/admin/login']);
  });

  it('ends 12 hours after the last call', async () => {
    const viewer = await signedIn(service, 'viewer');
    const [{ hours }] = await service.dataSource.query(
      `SELECT round(extract(epoch FROM expire - now()::timestamp) / 3600) AS hours FROM staff_session WHERE sess ->> 'staffId' = $1`,
      [viewer.staffId],
    );
    expect(Number(hours)).toBe(12);
    await moveSession(viewer, `expire = expire - interval '11 hours'`);
    expect(await isIn(viewer.browser)).toBe(true);
    await moveSession(viewer, `expire = expire - interval '11 hours 59 minutes'`);
    expect(await isIn(viewer.browser)).toBe(true);
    await moveSession(viewer, `expire = expire - interval '12 hours 1 minute'`);
    expect(await isIn(viewer.browser)).toBe(false);
  });

  it('is not kept alive by what a page reads by itself', async () => {
    const viewer = await signedIn(service, 'viewer');
    const expires = async (): Promise<Date> => {
      const [{ expire }] = await service.dataSource.query(
        `SELECT expire FROM staff_session WHERE sess ->> 'staffId' = $1`,
        [viewer.staffId],
      );
      return expire as Date;
    };
    await moveSession(viewer, `expire = expire - interval '11 hours'`);
    const before = await expires();
    const unasked = await viewer.browser.get('/admin/api/pages/queue').set('X-Unasked', '1');
    expect([unasked.status, cookiesOf(unasked)]).toEqual([200, []]);
    expect(await expires()).toEqual(before);
    const asked = await viewer.browser.get('/admin/api/pages/queue');
    expect([asked.status, cookiesOf(asked).length]).toEqual([200, 1]);
    expect((await expires()).getTime()).toBeGreaterThan(before.getTime() + 10 * 3_600_000);
    await moveSession(viewer, `expire = expire - interval '12 hours 1 minute'`);
    expect((await viewer.browser.get('/admin/api/pages/queue').set('X-Unasked', '1')).status).toBe(401);
  });

  it('ends 7 days after the sign-in, however busy it was', async () => {
    const viewer = await signedIn(service, 'viewer');
    const aged = (age: string) =>
      moveSession(viewer, `sess = jsonb_set(sess::jsonb, '{signedInAt}', to_jsonb(now() - interval '${age}'))::json`);
    await aged('6 days 23 hours');
    expect(await isIn(viewer.browser)).toBe(true);
    await aged('7 days 1 minute');
    expect(await isIn(viewer.browser)).toBe(false);
  });

  it('ends at once when the person is disabled', async () => {
    const viewer = await signedIn(service, 'viewer');
    await service.dataSource.query('UPDATE staff_user SET disabled_at = now() WHERE id = $1', [viewer.staffId]);
    expect(await isIn(viewer.browser)).toBe(false);
    await service.dataSource.query('UPDATE staff_user SET disabled_at = NULL WHERE id = $1', [viewer.staffId]);
    expect(await isIn(viewer.browser)).toBe(false);
  });

  it('has the role that the database has now', async () => {
    const person = await signedIn(service, 'viewer');
    expect((await person.get('/resources/staff/actions/list')).notice).toMatchObject({ type: 'error' });
    await service.dataSource.query("UPDATE staff_user SET role = 'admin' WHERE id = $1", [person.staffId]);
    expect((await person.get('/resources/staff/actions/list')).records!.length).toBeGreaterThan(0);
    await service.dataSource.query("UPDATE staff_user SET role = 'viewer' WHERE id = $1", [person.staffId]);
    expect((await person.get('/resources/staff/actions/list')).notice).toMatchObject({ type: 'error' });
  });

  it('ends when an admin sets another password; the admin who sets the own one stays', async () => {
    const admin = await signedIn(service, 'admin');
    const elsewhere = agent(service.baseUrl);
    await signIn(elsewhere, admin);
    const viewer = await signedIn(service, 'viewer');

    const ofOther = await admin.act('staff', viewer.staffId, 'setPassword', { password: 'quite another one' });
    expect(ofOther.notice).toMatchObject({ type: 'success' });
    expect(await isIn(viewer.browser)).toBe(false);
    expect((await signIn(viewer.browser, viewer)).status).toBe(401);
    expect((await signIn(viewer.browser, { ...viewer, password: 'quite another one' })).status).toBe(302);

    const own = await admin.act('staff', admin.staffId, 'setPassword', { password: 'my own new one' });
    expect(own.notice).toMatchObject({ type: 'success' });
    expect(await isIn(admin.browser)).toBe(true);
    expect(await isIn(elsewhere)).toBe(false);
  });

  it('that began with the old password while the new one was being set is worth nothing', async () => {
    const viewer = await signedIn(service, 'viewer');
    const other = await aColleague(service, 'viewer');
    await service.dataSource.query(
      'UPDATE staff_user SET password_hash = (SELECT password_hash FROM staff_user WHERE id = $2) WHERE id = $1',
      [viewer.staffId, other.staffId],
    );
    expect(await isIn(viewer.browser)).toBe(false);
  });

  async function moveSession(person: Person, assignment: string): Promise<void> {
    await service.dataSource.query(`UPDATE staff_session SET ${assignment} WHERE sess ->> 'staffId' = $1`, [
      person.staffId,
    ]);
  }
});

describe('The guard before the panel', () => {
  it('lets nobody in who is not signed in, and reads no body of theirs', async () => {
    const browser = agent(service.baseUrl);
    const uploads = () => readdirSync(os.tmpdir()).filter((name) => name.startsWith('upload_')).length;
    const before = [await everything(service), uploads()];
    for (const path of [
      '/admin/api/resources/staff/actions/new',
      '/admin/api/pages/queue',
      '/admin/x',
      '/admin/login',
    ]) {
      const answer = await browser.post(path).attach('file', Buffer.alloc(10_000, 'x'), 'x.txt');
      expect([path, answer.status]).toEqual([path, 401]);
    }
    for (const path of ['/dashboard', '/resources/staff/actions/list', '/resources/wallets/records/x/topUp']) {
      const answer = await browser.get(`/admin/api${path}`);
      expect(answer.status).toBe(401);
      expect(answer.body.error.code).toBe('UNAUTHENTICATED');
      expect(answer.body.notice.type).toBe('error');
    }
    const invented = await browser.get('/admin/api/dashboard').set('Cookie', 'lease_console_session=s%3Ainvented.abc');
    expect(invented.status).toBe(401);
    expect([await everything(service), uploads()]).toEqual(before);
  });

  it('takes changes from the panel’s own pages alone', async () => {
    const admin = await signedIn(service, 'admin');
    const before = await everything(service);
    const post = () => admin.browser.post('/admin/api/resources/organizations/actions/new').send({ name: 'Foreign' });
    const foreign = ['https://evil.example', 'null', 'http://127.0.0.1:1', 'not a url'];
    for (const origin of foreign) expect([origin, (await post().set('Origin', origin)).status]).toEqual([origin, 403]);
    for (const site of ['cross-site', 'same-site']) expect((await post().set('Sec-Fetch-Site', site)).status).toBe(403);
    const form = await agent(service.baseUrl)
      .post('/admin/login')
      .set('Origin', 'https://evil.example')
      .type('form')
      .send({ email: admin.email, password: admin.password });
    expect(form.status).toBe(403);
    expect(await everything(service)).toBe(before);

    const own = await post().set('Origin', service.baseUrl).set('Sec-Fetch-Site', 'same-origin');
    expect(own.body.notice.type).toBe('success');
  });

  it('answers what it cannot read with 4xx, a sentence and the call’s id, and never with a stack', async () => {
    const admin = await signedIn(service, 'admin');
    const path = '/admin/api/resources/organizations/actions/new';
    const json = (body: string | Buffer) => admin.browser.post(path).set('Content-Type', 'application/json').send(body);
    const answers = [
      await json('{"name":'),
      await json('nothing'),
      await json(`{"name":"${'x'.repeat(1_000_000)}"}`),
      await admin.browser.post(path).type('form').send('name=Form'),
      await admin.browser.post(path).attach('file', Buffer.from('x'), 'x.txt'),
      await admin.browser.post('/admin/api/resources/nothing/actions/list').send({}),
      await admin.browser.post('/admin/api/resources/organizations/actions/constructor').send({}),
      await admin.browser.post('/admin/api/resources/organizations/bulk/bulkDelete?recordIds=a').send({}),
      await admin.browser.get('/admin/api/resources/organizations/records/x/__proto__'),
      await admin.browser.get('/admin/api/resources/%E0%A4%A/actions/list'),
      await admin.browser.get('/admin/nowhere/at/all'),
      await admin.browser.put(path).send({ name: 'Put' }),
      await admin.browser.delete('/admin/api/resources/organizations/records/x/delete'),
    ];
    for (const [place, answer] of answers.entries()) {
      expect([place, answer.status >= 400 && answer.status < 500]).toEqual([place, true]);
      expect(answer.text).not.toMatch(/\bat .*\.(js|ts):\d+/);
      expect(answer.text).toContain(answer.headers['x-request-id']);
    }
  });
});
