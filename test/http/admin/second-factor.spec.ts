import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { agent } from '../../support/agent.js';
import { SecondFactorsService } from '../../../src/staff/second-factors.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { atOnce } from '../../support/makers.js';
import { withinOne } from '../../support/single-transaction.js';
import { aColleague, isIn, signedIn, signIn, type Browser } from './panel.js';
import {
  codeOf,
  codesShown,
  forgetUsedCodes,
  secretShown,
  signedInWithApp,
  STEP_SECONDS,
  submit,
} from './authenticator.js';

let service: TestApp;

beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());
beforeEach(() => forgetUsedCodes(service));

/** A browser whose password was right and that is to give a code. */
async function atSecondStep(person: { email: string; password: string }): Promise<Browser> {
  const browser = agent(service.baseUrl);
  const answer = await signIn(browser, person);
  expect([answer.status, answer.headers.location]).toEqual([302, '/admin/second-factor']);
  return browser;
}

const give = (browser: Browser, code: string) => submit(browser, 'second-factor', { code });

describe('Setting up a second factor', () => {
  it('takes a code of the app, and shows ten recovery codes this once', async () => {
    const viewer = await signedIn(service, 'viewer');
    const secret = await secretShown(viewer.browser);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(await secretShown(viewer.browser)).toBe(secret);
    const page = await viewer.browser.get('/admin/second-factor/set-up');
    expect(page.text).toMatch(/<svg role="img" aria-label="QR code/);

    const wrong = await submit(viewer.browser, 'second-factor/set-up', { code: '000000' });
    expect([wrong.status, wrong.text.includes('This code is wrong')]).toEqual([422, true]);

    const done = await submit(viewer.browser, 'second-factor/set-up', { code: await codeOf(service, secret) });
    expect(done.status).toBe(200);
    const codes = codesShown(done);
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    expect(codes[0]).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    expect(await isIn(viewer.browser)).toBe(true);
    expect((await viewer.browser.get('/admin/account')).text).toContain('10 recovery codes are left');
  });

  it('leads to no page of an earlier sign-in where it is chosen and not required', async () => {
    const colleague = await aColleague(service, 'viewer');
    const browser = agent(service.baseUrl);
    await browser.post('/admin/login?next=%2Fadmin%2Fpages%2Fqueue').type('form').send(colleague);
    const secret = await secretShown(browser);
    const done = await submit(browser, 'second-factor/set-up', { code: await codeOf(service, secret) });
    expect(done.text).toMatch(/href="\/admin">I have saved them/);
  });

  it('keeps neither the secret nor a code in plain words, and tells neither anywhere', async () => {
    const admin = await signedInWithApp(service, 'admin');
    const [{ whole }] = await service.dataSource.query(
      `SELECT (SELECT string_agg(row::text, ' ') FROM staff_second_factor row) || (SELECT string_agg(row::text, ' ') FROM staff_recovery_code row)
           || (SELECT string_agg(row::text, ' ') FROM staff_session row) || (SELECT string_agg(row::text, ' ') FROM audit_event row) AS whole`,
    );
    const answers = await Promise.all(
      [`/resources/staff/records/${admin.staffId}/show`, '/resources/staff/actions/list'].map((path) =>
        admin.get(path),
      ),
    );
    const account = await admin.browser.get('/admin/account');
    for (const text of [whole as string, account.text, ...answers.map((answer) => answer.text)]) {
      expect(text).not.toContain(admin.secret);
      for (const code of admin.recoveryCodes) expect(text).not.toContain(code);
    }
    expect(answers[0]!.record!.params).toMatchObject({ secondFactor: true });
  });

  it('ends the other sessions, and those that sign in meanwhile by the password alone', async () => {
    const viewer = await signedIn(service, 'viewer');
    const elsewhere = agent(service.baseUrl);
    await signIn(elsewhere, viewer);
    const secret = await secretShown(viewer.browser);
    const [kept] = await service.dataSource.query(
      `SELECT sid, sess::text, expire FROM staff_session WHERE sess ->> 'staffId' = $1 AND sess ->> 'begunFactor' IS NULL`,
      [viewer.staffId],
    );
    await submit(viewer.browser, 'second-factor/set-up', { code: await codeOf(service, secret) });
    expect(await isIn(elsewhere)).toBe(false);
    await service.dataSource.query('INSERT INTO staff_session (sid, sess, expire) VALUES ($1, $2::json, $3)', [
      kept.sid,
      kept.sess,
      kept.expire,
    ]);
    expect(await isIn(elsewhere)).toBe(false);
    expect(await isIn(viewer.browser)).toBe(true);
  });

  it('again takes a code of the app that it replaces', async () => {
    const viewer = await signedInWithApp(service, 'viewer');
    await forgetUsedCodes(service);
    const secret = await secretShown(viewer.browser);
    expect(secret).not.toBe(viewer.secret);
    const code = await codeOf(service, secret);
    for (const current of ['', '000000', code]) {
      const refused = await submit(viewer.browser, 'second-factor/set-up', { code, current });
      expect(refused.status).toBe(422);
    }
    const current = await codeOf(service, viewer.secret);
    expect((await submit(viewer.browser, 'second-factor/set-up', { code, current })).status).toBe(200);
    await forgetUsedCodes(service);
    const browser = await atSecondStep(viewer);
    expect((await give(browser, viewer.recoveryCodes[0]!)).status).toBe(422);
    expect((await give(browser, await codeOf(service, viewer.secret))).status).toBe(422);
    expect((await give(browser, await codeOf(service, secret))).status).toBe(302);
  });

  it('is for the person alone who is signed in', async () => {
    const page = await agent(service.baseUrl).get('/admin/second-factor/set-up');
    expect([page.status, page.headers.location]).toEqual([302, '/admin/login']);
    const viewer = await signedInWithApp(service, 'viewer');
    const browser = await atSecondStep(viewer);
    for (const path of ['second-factor/set-up', 'account', '']) {
      expect((await browser.get(`/admin/${path}`)).headers.location).toMatch(
        /^\/admin\/login(\?next=%2Fadmin%2Faccount)?$/,
      );
    }
  });
});

describe('The code at the sign-in', () => {
  it('leads to the page that was asked for', async () => {
    const viewer = await signedInWithApp(service, 'viewer');
    await forgetUsedCodes(service);
    const browser = agent(service.baseUrl);
    const form = browser.post('/admin/login?next=%2Fadmin%2Fpages%2Fqueue%3Fview%3Dmine').type('form');
    expect((await form.send({ email: viewer.email, password: viewer.password })).headers.location).toBe(
      '/admin/second-factor',
    );
    expect((await give(browser, '000000')).status).toBe(422);
    const answer = await give(browser, await codeOf(service, viewer.secret));
    expect([answer.status, answer.headers.location]).toEqual([302, '/admin/pages/queue?view=mine']);
  });
});

describe('Recovery codes', () => {
  const renew = (browser: Browser, code: string) => submit(browser, 'account/recovery-codes', { code });

  it('are made again with a code, shown once, and the old ones work no more', async () => {
    const viewer = await signedInWithApp(service, 'viewer');
    await forgetUsedCodes(service);
    const left = async () =>
      /(\d+) recovery codes? (?:is|are) left/.exec((await viewer.browser.get('/admin/account')).text)![1];
    for (const code of ['', '000000', 'aaaa-bbbb-cccc-dddd']) {
      const refused = await renew(viewer.browser, code);
      expect([code, refused.status, refused.text.includes('This code is wrong')]).toEqual([code, 422, true]);
    }
    const made = await renew(viewer.browser, viewer.recoveryCodes[0]!);
    expect(made.status).toBe(200);
    const fresh = codesShown(made);
    expect(new Set([...fresh, ...viewer.recoveryCodes]).size).toBe(20);
    expect(await left()).toBe('10');
    expect((await give(await atSecondStep(viewer), viewer.recoveryCodes[1]!)).status).toBe(422);
    expect((await give(await atSecondStep(viewer), fresh[0]!)).status).toBe(302);
    expect(await left()).toBe('9');
    expect(await isIn(viewer.browser)).toBe(true);
    const events = await service.dataSource.query(
      `SELECT count(*)::int AS count FROM audit_event WHERE type = 'staff.recovery_codes_renewed' AND object_id = $1`,
      [viewer.staffId],
    );
    expect(events).toEqual([{ count: 1 }]);
  });

  it('are one person’s ten, however many windows make new ones at once', async () => {
    const viewer = await signedInWithApp(service, 'viewer');
    const answers = await atOnce(5, (n) => renew(viewer.browser, viewer.recoveryCodes[n]!));
    expect(answers.map(({ status }) => status)).toContain(200);
    expect((await viewer.browser.get('/admin/account')).text).toContain('10 recovery codes are left');
  });

  it('are not for somebody without a second factor, nor for a page of another site', async () => {
    const viewer = await signedIn(service, 'viewer');
    expect((await renew(viewer.browser, '123456')).status).toBe(422);
    const withApp = await signedInWithApp(service, 'viewer');
    const code = withApp.recoveryCodes[0]!;
    expect((await renew(withApp.browser, code).set('Origin', 'https://elsewhere.example')).status).toBe(403);
    expect((await renew(agent(service.baseUrl), code)).status).toBe(401);
    expect((await renew(withApp.browser, code)).status).toBe(200);
  });
});

describe('Signing in with a second factor', () => {
  it('is not done before the code', async () => {
    const operator = await signedInWithApp(service, 'operator');
    await forgetUsedCodes(service);
    const browser = await atSecondStep(operator);
    expect(await isIn(browser)).toBe(false);
    expect((await browser.get('/admin/second-factor')).status).toBe(200);
    const wrong = await give(browser, '123456');
    expect([wrong.status, wrong.text.includes('This code is wrong')]).toEqual([422, true]);
    expect(await isIn(browser)).toBe(false);

    const answer = await give(browser, await codeOf(service, operator.secret));
    expect([answer.status, answer.headers.location]).toEqual([302, '/admin']);
    expect(await isIn(browser)).toBe(true);
  });

  it('takes each code once, and those of one step before and after, but no older one', async () => {
    const viewer = await signedInWithApp(service, 'viewer');
    for (const [steps, status] of [
      [-3, 422],
      [-1, 302],
      [0, 302],
      [1, 302],
      [3, 422],
    ] as const) {
      await withinOne(STEP_SECONDS, service, async () => {
        await forgetUsedCodes(service);
        const code = await codeOf(service, viewer.secret, steps);
        expect([steps, (await give(await atSecondStep(viewer), code)).status]).toEqual([steps, status]);
        if (status === 302) expect((await give(await atSecondStep(viewer), code)).status).toBe(422);
      });
    }
  });

  it('does not take the code before one that was used', async () => {
    const viewer = await signedInWithApp(service, 'viewer');
    await forgetUsedCodes(service);
    expect((await give(await atSecondStep(viewer), await codeOf(service, viewer.secret, 1))).status).toBe(302);
    expect((await give(await atSecondStep(viewer), await codeOf(service, viewer.secret, 0))).status).toBe(422);
  });

  it('lets in one of two who give the same code at the same moment', async () => {
    const viewer = await signedInWithApp(service, 'viewer');
    await forgetUsedCodes(service);
    const browsers = [await atSecondStep(viewer), await atSecondStep(viewer), await atSecondStep(viewer)];
    const code = await codeOf(service, viewer.secret);
    const answers = await atOnce(3, (n) => give(browsers[n]!, code));
    expect(answers.map(({ status }) => status).sort()).toEqual([302, 422, 422]);

    await forgetUsedCodes(service);
    const recovery = viewer.recoveryCodes[3]!;
    const again = [await atSecondStep(viewer), await atSecondStep(viewer), await atSecondStep(viewer)];
    const recovered = await atOnce(3, (n) => give(again[n]!, recovery));
    expect(recovered.map(({ status }) => status).sort()).toEqual([302, 422, 422]);
  });

  it('takes a recovery code once, however it is typed', async () => {
    const viewer = await signedInWithApp(service, 'viewer');
    const browser = await atSecondStep(viewer);
    expect((await give(browser, ` ${viewer.recoveryCodes[0]!.toUpperCase().replaceAll('-', ' ')}`)).status).toBe(302);
    expect((await give(await atSecondStep(viewer), viewer.recoveryCodes[0]!)).status).toBe(422);
    expect((await browser.get('/admin/account')).text).toContain('9 recovery codes are left');
  });

  it('is refused after five wrong codes, whatever the address, and the right password forgives none of them', async () => {
    const viewer = await signedInWithApp(service, 'viewer');
    await forgetUsedCodes(service);
    for (let n = 0; n < 5; n += 1) expect((await give(await atSecondStep(viewer), `99999${n}`)).status).toBe(422);
    const browser = await atSecondStep(viewer);
    const refused = await give(browser, await codeOf(service, viewer.secret));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(14 * 60);
    expect(await isIn(browser)).toBe(false);
  });

  it('takes no code ten minutes after the password, nor after another password was set', async () => {
    const viewer = await signedInWithApp(service, 'viewer');
    await forgetUsedCodes(service);
    const late = await atSecondStep(viewer);
    await service.dataSource.query(
      `UPDATE staff_session SET sess = jsonb_set(sess::jsonb, '{firstStep,signedInAt}', to_jsonb(now() - interval '10 minutes 1 second'))::json
        WHERE sess -> 'firstStep' ->> 'staffId' = $1`,
      [viewer.staffId],
    );
    const code = await codeOf(service, viewer.secret);
    expect((await give(late, code)).headers.location).toBe('/admin/login');
    const outdated = await atSecondStep(viewer);
    await service.dataSource.query(`UPDATE staff_user SET password_hash = 'x' || password_hash WHERE id = $1`, [
      viewer.staffId,
    ]);
    expect((await give(outdated, code)).headers.location).toBe('/admin/login');
    expect(await isIn(outdated)).toBe(false);
  });

  it('takes whatever is no code without failing', async () => {
    const viewer = await signedInWithApp(service, 'viewer');
    for (const body of ['', 'code=', 'code=%00', 'code=1&code=2', `code=${'9'.repeat(5000)}`, 'code=%F0%9F%98%80']) {
      await forgetUsedCodes(service);
      const browser = await atSecondStep(viewer);
      const answer = await browser.post('/admin/second-factor').type('form').send(body);
      expect([body.slice(0, 20), answer.status]).toEqual([body.slice(0, 20), 422]);
    }
    expect((await give(agent(service.baseUrl), '123456')).headers.location).toBe('/admin/login');
  });
});

describe('A lost second factor', () => {
  it('is reset by an admin: sessions end, and the password signs in alone until another is set up', async () => {
    const admin = await signedIn(service, 'admin');
    const viewer = await signedInWithApp(service, 'viewer');
    const answer = await admin.act('staff', viewer.staffId, 'resetSecondFactor', {});
    expect(answer.notice).toMatchObject({ type: 'success' });
    expect(answer.record!.params).toMatchObject({ secondFactor: false });
    expect(await isIn(viewer.browser)).toBe(false);
    expect((await signIn(agent(service.baseUrl), viewer)).headers.location).toBe('/admin');
    expect((await admin.act('staff', viewer.staffId, 'resetSecondFactor', {})).notice).toMatchObject({ type: 'error' });
    const [event] = await service.dataSource.query(
      `SELECT actor_id AS "actorId" FROM audit_event WHERE type = 'staff.second_factor_reset' AND object_id = $1`,
      [viewer.staffId],
    );
    expect(event).toEqual({ actorId: admin.staffId });
  });

  it('is not set up again by a session that the reset ended meanwhile', async () => {
    const admin = await signedIn(service, 'admin');
    const viewer = await signedInWithApp(service, 'viewer');
    const factors = service.app.get(SecondFactorsService, { strict: false });
    const secret = await secretShown(viewer.browser);
    await forgetUsedCodes(service);
    const form = { code: await codeOf(service, secret), current: await codeOf(service, viewer.secret) };
    const check = factors.check.bind(factors);
    factors.check = async (...given) => {
      const confirmedAt = await check(...given);
      await factors.reset(admin.caller, { staffId: viewer.staffId });
      return confirmedAt;
    };
    try {
      const late = await submit(viewer.browser, 'second-factor/set-up', form);
      expect([late.status, late.text.includes('reset')]).toEqual([409, true]);
    } finally {
      factors.check = check;
    }
    expect(await isIn(viewer.browser)).toBe(false);
    const kept = await service.dataSource.query('SELECT id FROM staff_second_factor WHERE staff_id = $1', [
      viewer.staffId,
    ]);
    expect(kept).toEqual([]);
  });
});

describe('With REQUIRE_MFA', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startTestApp({ requireMfa: true });
  });
  afterAll(() => strict.close());

  it('finance and admins do nothing before they have set one up', async () => {
    for (const role of ['finance', 'admin'] as const) {
      const person = await signedIn(strict, role);
      const place = (path: string) => person.browser.get(path);
      for (const path of ['/admin', '/admin/pages/queue', '/admin/account']) {
        expect([path, (await place(path)).headers.location]).toEqual([path, '/admin/second-factor/set-up']);
      }
      for (const path of ['pages/queue', 'resources/staff/actions/list', 'resources/wallets/actions/list']) {
        expect([path, (await place(`/admin/api/${path}`)).status]).toEqual([path, 403]);
      }
      const made = await person.create('staff', { email: `friend.of.${role}@staff.example`, role: 'viewer' });
      expect([made.status, made.notice!.message]).toEqual([
        403,
        expect.stringContaining('/admin/second-factor/set-up'),
      ]);
      expect((await person.browser.post('/admin/confirm').send({ code: '123456' })).status).toBe(403);

      const code = await codeOf(strict, await secretShown(person.browser));
      expect((await submit(person.browser, 'second-factor/set-up', { code })).status).toBe(200);
      expect((await place('/admin/api/resources/projects/actions/list')).status).toBe(200);
    }
  });

  it('others need none, until they get such a role', async () => {
    const operator = await signedIn(strict, 'operator');
    expect((await operator.get('/resources/projects/actions/list')).status).toBe(200);
    await strict.dataSource.query("UPDATE staff_user SET role = 'finance' WHERE id = $1", [operator.staffId]);
    expect((await operator.get('/resources/projects/actions/list')).status).toBe(403);
  });
});
