import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { agent } from '../../support/agent.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { atOnce } from '../../support/makers.js';
import { aColleague, type Browser, type Colleague } from './panel.js';

let service: TestApp;
let colleague: Colleague;

beforeAll(async () => {
  service = await startTestApp({ trustProxy: 1 });
});
afterAll(() => service.close());
beforeEach(async () => {
  await service.dataSource.query('DELETE FROM sign_in_attempt');
  colleague = await aColleague(service, 'operator');
});

/** The proxy in front tells the address. */
function attempt(from: string, password: string, browser: Browser = agent(service.baseUrl), email = colleague.email) {
  return browser.post('/admin/login').set('X-Forwarded-For', from).type('form').send({ email, password });
}

async function guess(times: number, from: string, browser?: Browser): Promise<Response[]> {
  const answers: Response[] = [];
  for (let n = 0; n < times; n += 1) answers.push(await attempt(from, `guess number ${n}`, browser));
  return answers;
}

const statuses = (answers: Response[]) => answers.map((answer) => answer.status);

describe('Attempts to sign in', () => {
  it('are refused after five wrong ones from one address, with the time when they go on, even with the right password', async () => {
    expect(statuses(await guess(5, '192.0.2.1'))).toEqual([401, 401, 401, 401, 401]);
    const refused = await attempt('192.0.2.1', colleague.password);
    expect(refused.status).toBe(429);
    expect(refused.text).toMatch(/Too many attempts to sign in\. Try again in \d+ minutes, at \d\d:\d\d UTC\./);
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(14 * 60);
    expect(seconds).toBeLessThanOrEqual(15 * 60);
  });

  it('go on when the time has passed', async () => {
    await guess(6, '192.0.2.1');
    await service.dataSource.query('UPDATE sign_in_attempt SET expire = 1');
    expect((await attempt('192.0.2.1', colleague.password)).status).toBe(302);
  });

  it('are forgiven by the right password', async () => {
    for (let round = 0; round < 3; round += 1) {
      await guess(4, '192.0.2.1');
      expect((await attempt('192.0.2.1', colleague.password)).status).toBe(302);
    }
  });

  it('by a stranger lock neither other addresses nor other accounts', async () => {
    await guess(20, '192.0.2.1');
    expect((await attempt('192.0.2.2', colleague.password)).status).toBe(302);
    const other = await aColleague(service, 'viewer');
    expect((await attempt('192.0.2.1', other.password, undefined, other.email)).status).toBe(302);
  });

  it('at the same moment cannot slip through together', async () => {
    const answers = await atOnce(30, (n) => attempt('192.0.2.1', `guess number ${n}`));
    expect(statuses(answers).filter((status) => status === 401)).toHaveLength(5);
    expect(statuses(answers).filter((status) => status === 429)).toHaveLength(25);
  });

  it('from many addresses at one account stop, but never for a browser that signed in before', async () => {
    const own = agent(service.baseUrl);
    expect((await attempt('198.51.100.7', colleague.password, own)).status).toBe(302);
    await own.post('/admin/logout');
    const answers: Response[] = [];
    for (let host = 0; host < 13; host += 1) answers.push(...(await guess(5, `192.0.2.${host}`)));
    expect(statuses(answers).filter((status) => status === 401)).toHaveLength(60);
    expect(statuses(answers).slice(-5)).toEqual([429, 429, 429, 429, 429]);

    expect((await attempt('203.0.113.1', colleague.password)).status).toBe(429);
    expect((await attempt('203.0.113.1', colleague.password, own)).status).toBe(302);
  });

  it('on a browser that signed in before are counted by themselves', async () => {
    const own = agent(service.baseUrl);
    await attempt('192.0.2.1', colleague.password, own);
    // A colleague in the same office uses up what the address may do.
    await guess(6, '192.0.2.1');
    expect((await attempt('192.0.2.1', colleague.password, own)).status).toBe(302);

    expect(new Set(statuses(await guess(10, '192.0.2.1', own)))).toEqual(new Set([401]));
    expect((await attempt('192.0.2.1', colleague.password, own)).status).toBe(429);
  });

  it('believe no device cookie that is forged or of another account', async () => {
    const other = await aColleague(service, 'viewer');
    const signedIn = await attempt('192.0.2.9', other.password, undefined, other.email);
    const cookies = signedIn.headers['set-cookie'] as unknown as string[];
    const device = cookies.find((cookie) => cookie.startsWith('lease_console_device='))!.split(';')[0]!;
    await guess(5, '192.0.2.1');
    const [, nonce, signature] = device.split('=')[1]!.split('.');
    const forged = [
      device,
      `lease_console_device=${'0'.repeat(32)}.${nonce}.${signature}`,
      'lease_console_device=a.b.c',
    ];
    for (const cookie of forged) {
      expect((await attempt('192.0.2.1', colleague.password).set('Cookie', cookie)).status).toBe(429);
    }
  });

  it('from one address at many accounts stop too', async () => {
    const answers: Response[] = [];
    for (let n = 0; n < 52; n += 1) {
      answers.push(await attempt('192.0.2.1', 'one password for all', undefined, `somebody${n}@staff.example`));
    }
    expect(statuses(answers).filter((status) => status === 401)).toHaveLength(50);
    expect(statuses(answers).slice(-2)).toEqual([429, 429]);
  });

  it('count a whole IPv6 network as one address', async () => {
    await guess(3, '2001:db8:1:2::1');
    await guess(2, '2001:db8:1:2:aaaa:bbbb:cccc:dddd');
    expect((await attempt('2001:db8:1:2:0:0:0:99', colleague.password)).status).toBe(429);
    expect((await attempt('2001:db8:1:3::1', colleague.password)).status).toBe(302);
  });

  it('are counted over all processes', async () => {
    const second = await startTestApp({ trustProxy: 1 }, service.settings.databaseUrl);
    await guess(3, '192.0.2.1');
    for (let n = 0; n < 2; n += 1) {
      await agent(second.baseUrl)
        .post('/admin/login')
        .set('X-Forwarded-For', '192.0.2.1')
        .type('form')
        .send({ email: colleague.email, password: `guess ${n}` });
    }
    expect((await attempt('192.0.2.1', colleague.password)).status).toBe(429);
    await second.close();
  });

  it('leave their trail, without what was typed', async () => {
    await guess(1, '192.0.2.1');
    await attempt('192.0.2.1', 'a password typed as email', undefined, 'my secret password 17');
    await attempt('192.0.2.1', colleague.password);
    const events = await service.dataSource.query(
      `SELECT type, object_id AS "objectId", actor_name AS "actorName", request_id AS "requestId", internal::text
         FROM audit_event WHERE type LIKE 'staff.sign%' ORDER BY occurred_at DESC, id DESC LIMIT 3`,
    );
    expect(events.map((event: { type: string; objectId: string }) => [event.type, event.objectId])).toEqual([
      ['staff.signed_in', colleague.staffId],
      ['staff.sign_in_failed', 'nobody'],
      ['staff.sign_in_failed', colleague.staffId],
    ]);
    expect(JSON.stringify(events)).toContain('192.0.2.1');
    expect(JSON.stringify(events)).not.toMatch(/secret password 17|typed as email|guess number/);
  });
});
