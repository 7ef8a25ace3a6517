import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { agent } from '../../support/agent.js';
import { toForbiddenMessage } from '../../../src/authorization/permissions.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { atOnce } from '../../support/makers.js';
import { aColleague, everything, signedIn, signIn, type Answer, type Person } from './panel.js';

let service: TestApp;
let admin: Person;
let invited = 0;

beforeAll(async () => {
  service = await startTestApp({ trustProxy: 1 });
  admin = await signedIn(service, 'admin');
});
afterAll(() => service.close());
beforeEach(() => service.dataSource.query('DELETE FROM sign_in_attempt'));

const password = 'a password of my own';

async function invite(body: object = {}): Promise<Answer & { email: string }> {
  const email = `invited${(invited += 1)}@staff.example`;
  const response = await admin.browser
    .post('/admin/api/resources/staff/actions/invite')
    .send({ email, role: 'operator', ...body });
  const { notice, record } = response.body as Answer;
  const requestId = response.headers['x-request-id']!;
  return {
    status: response.status,
    text: response.text,
    requestId,
    notice,
    record,
    body: response.body as Answer['body'],
    email,
  };
}

const linkIn = ({ body }: Answer) => body.link as string;
const tokenIn = (answer: Answer) => new URL(linkIn(answer), service.baseUrl).searchParams.get('token')!;

function choose(token: string, chosen = password, from = '192.0.2.1') {
  const form = { token, password: chosen };
  return agent(service.baseUrl).post('/admin/welcome').set('X-Forwarded-For', from).type('form').send(form);
}

describe('An invitation', () => {
  it('answers once with a link, and only the digest of its token is kept', async () => {
    const answer = await invite({ name: 'Ines' });
    expect(answer.notice).toMatchObject({ type: 'success' });
    expect(answer.record!.params).toMatchObject({ email: answer.email, name: 'Ines', role: 'operator' });
    const token = tokenIn(answer);
    expect(linkIn(answer)).toBe(`/admin/welcome?token=${token}`);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const [kept] = await service.dataSource.query(
      `SELECT token_digest AS digest, extract(epoch FROM expires_at - now()) / 3600 AS hours FROM staff_link WHERE staff_id = $1`,
      [answer.record!.id],
    );
    expect(kept.digest).toEqual(createHash('sha256').update(token).digest());
    expect(Number(kept.hours)).toBeCloseTo(24, 1);
    for (const path of [`/resources/staff/records/${answer.record!.id}/show`, '/resources/audit-events/actions/list']) {
      expect((await admin.get(path)).text).not.toContain(token);
    }
  });

  it('is seen in the list of staff until the person has come, and when its time is over', async () => {
    const { record } = await invite();
    const seen = async () => (await admin.get(`/resources/staff/records/${record!.id}/show`)).record!;
    expect(record!.params).toMatchObject({ state: 'invited', disabled: false, openSessions: 0 });
    expect(Date.parse(record!.params.linkUntil as string)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    const { records } = await admin.get('/resources/staff/actions/list?filters.state=invited');
    expect(records!.map(({ id }) => id)).toContain(record!.id);
    const offered = (await seen()).recordActions.map(({ name }) => name);
    expect(offered).toEqual(expect.arrayContaining(['inviteAgain', 'disable']));
    expect(offered).not.toContain('reset');

    await service.dataSource.query(`UPDATE staff_link SET expires_at = now() - interval '1 second'`);
    expect((await seen()).params).toMatchObject({ state: 'invitation_over', linkUntil: null });
    const again = await admin.act('staff', record!.id, 'inviteAgain', {});
    expect(again.record!.params).toMatchObject({ state: 'invited' });
    expect((await choose(tokenIn(again))).status).toBe(200);
    const { params, recordActions } = await seen();
    expect(params).toMatchObject({ state: 'active', linkUntil: null });
    expect(recordActions.map(({ name }) => name)).toEqual(expect.arrayContaining(['reset', 'disable']));
  });

  it('lets the person choose a password and sign in with it', async () => {
    const answer = await invite();
    const page = await agent(service.baseUrl).get(linkIn(answer));
    expect(page.status).toBe(200);
    expect(page.text).toContain(answer.email);
    expect(page.headers['referrer-policy']).toBe('strict-origin');
    expect(page.headers['cache-control']).toBe('no-store');
    expect((await signIn(agent(service.baseUrl), { email: answer.email, password })).status).toBe(401);

    expect((await choose(tokenIn(answer))).status).toBe(200);
    expect((await signIn(agent(service.baseUrl), { email: answer.email, password })).status).toBe(302);
  });

  it('is used up by one of two who use it at the same moment', async () => {
    const answer = await invite();
    const answers = await atOnce(8, (n) => choose(tokenIn(answer), `the password number ${n}`));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404, 404, 404, 404]);
    const winner = answers.findIndex(({ status }) => status === 200);
    const entry = { email: answer.email, password: `the password number ${winner}` };
    expect((await signIn(agent(service.baseUrl), entry)).status).toBe(302);
    expect((await agent(service.baseUrl).get(linkIn(answer))).status).toBe(404);
  });

  it('ends after 24 hours', async () => {
    const answer = await invite();
    const age = (by: string) =>
      service.dataSource.query(`UPDATE staff_link SET expires_at = now() + interval '24 hours' - interval '${by}'`);
    await age('23 hours 59 minutes');
    expect((await agent(service.baseUrl).get(linkIn(answer))).status).toBe(200);
    await age('24 hours 1 second');
    const page = await agent(service.baseUrl).get(linkIn(answer));
    expect([page.status, page.text.includes('no longer works')]).toEqual([404, true]);
    expect((await choose(tokenIn(answer))).status).toBe(404);
  });

  it('stays when the password is refused, and is refused to all but admins', async () => {
    const answer = await invite();
    const short = await choose(tokenIn(answer), 'short');
    expect([short.status, short.text.includes('must have at least 10 characters')]).toEqual([422, true]);
    expect((await choose(tokenIn(answer))).status).toBe(200);

    const finance = await signedIn(service, 'finance');
    const before = await everything(service);
    const response = await finance.browser
      .post('/admin/api/resources/staff/actions/invite')
      .send({ email: 'friend@staff.example', role: 'admin' });
    expect(response.body.notice).toEqual({ type: 'error', message: toForbiddenMessage('finance') });
    for (const body of [{ role: 'emperor' }, { email: 'nobody' }, { password }, { email: admin.email }]) {
      expect((await invite(body)).notice).toMatchObject({ type: 'error' });
    }
    expect(await everything(service)).toBe(before);
  });

  it('is of no use to a page of another site', async () => {
    const answer = await invite();
    const foreign = await choose(tokenIn(answer)).set('Origin', 'https://elsewhere.example');
    expect(foreign.status).toBe(403);
    expect((await agent(service.baseUrl).get(linkIn(answer))).status).toBe(200);
  });
});

describe('A link that is opened where a colleague is signed in', () => {
  it('says so, and setting the password signs the colleague out there and nowhere else', async () => {
    const answer = await invite({ name: 'Ines' });
    const viewer = await signedIn(service, 'viewer', 'Vera');
    const elsewhere = agent(service.baseUrl);
    await signIn(elsewhere, viewer);
    const page = await viewer.browser.get(linkIn(answer));
    expect(page.text).toContain('Vera is signed in on this browser');
    const isIn = async (browser: typeof elsewhere) => (await browser.get('/admin/api/pages/queue')).status === 200;
    expect(await isIn(viewer.browser)).toBe(true);

    const form = { token: tokenIn(answer), password };
    expect((await viewer.browser.post('/admin/welcome').type('form').send(form)).status).toBe(200);
    expect([await isIn(viewer.browser), await isIn(elsewhere)]).toEqual([false, true]);
    expect((await viewer.browser.get('/admin/login')).status).toBe(200);
    expect((await signIn(viewer.browser, { email: answer.email, password })).status).toBe(302);
  });
});

describe('A link for a new password', () => {
  it('lets in somebody whom guesses of strangers have locked out', async () => {
    const viewer = await aColleague(service, 'viewer');
    const attempt = (from: string, chosen: string, browser = agent(service.baseUrl)) =>
      signIn(browser, { ...viewer, password: chosen }).set('X-Forwarded-For', from);
    for (let n = 0; n < 60; n += 1) await attempt(`203.0.113.${Math.floor(n / 5)}`, `guess number ${n}`);
    const browser = agent(service.baseUrl);
    expect((await attempt('198.51.100.1', viewer.password, browser)).status).toBe(429);
    const link = await admin.act('staff', viewer.staffId, 'reset', {});
    const form = { token: tokenIn(link), password };
    expect((await browser.post('/admin/welcome').type('form').send(form)).status).toBe(200);
    expect((await attempt('198.51.100.1', password, browser)).status).toBe(302);
    expect((await attempt('198.51.100.2', password)).status).toBe(429);
  });

  it('leaves everything as it is until it is used, and then ends every session', async () => {
    const viewer = await signedIn(service, 'viewer');
    const answer = await admin.act('staff', viewer.staffId, 'reset', {});
    expect(answer.notice).toMatchObject({ type: 'success' });
    expect((await viewer.browser.get('/admin/api/resources/projects/actions/list')).status).toBe(200);

    expect((await choose(tokenIn(answer))).status).toBe(200);
    expect((await viewer.browser.get('/admin/api/resources/projects/actions/list')).status).toBe(401);
    expect((await signIn(agent(service.baseUrl), viewer)).status).toBe(401);
    expect((await signIn(agent(service.baseUrl), { ...viewer, password })).status).toBe(302);
  });

  it('takes the place of an earlier one, and is worth nothing once an admin sets a password or disables the person', async () => {
    const { staffId } = await aColleague(service, 'viewer');
    const first = await admin.act('staff', staffId, 'reset', {});
    const second = await admin.act('staff', staffId, 'reset', {});
    expect((await choose(tokenIn(first))).status).toBe(404);
    await admin.act('staff', staffId, 'setPassword', {});
    expect((await choose(tokenIn(second))).status).toBe(404);

    const third = await admin.act('staff', staffId, 'reset', {});
    await admin.act('staff', staffId, 'edit', { disabled: true });
    expect((await choose(tokenIn(third))).status).toBe(404);
    expect((await admin.act('staff', staffId, 'reset', {})).notice).toMatchObject({ type: 'error' });
  });

  it('cannot be guessed at from one address for long, and others are not kept from theirs', async () => {
    const answer = await invite();
    const statuses: number[] = [];
    for (let n = 0; n < 21; n += 1) statuses.push((await choose(`guess${n}`)).status);
    // Each wrong one also looks up whose it might be, which counts too.
    expect(new Set(statuses)).toEqual(new Set([404, 429]));
    const refused = await choose(tokenIn(answer));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60);
    expect((await choose(tokenIn(answer), password, '192.0.2.9')).status).toBe(200);
  });

  it('takes whatever is no token and no password without failing', async () => {
    const bodies = ['', 'token=a', 'token=a&token=b&password=c', 'token=%00&password=%00', 'token[a]=1', '__proto__=1'];
    for (const body of bodies) {
      const answer = await agent(service.baseUrl).post('/admin/welcome').type('form').send(body);
      expect([body, [404, 422].includes(answer.status)]).toEqual([body, true]);
    }
    for (const query of ['', '?token=', '?token=%00', '?token=a&token=b', `?token=${'x'.repeat(5000)}`]) {
      expect((await agent(service.baseUrl).get(`/admin/welcome${query}`)).status).toBe(404);
    }
  });
});
