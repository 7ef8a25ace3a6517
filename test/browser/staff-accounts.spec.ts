import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { aColleague } from '../http/admin/panel.js';
import { codeOf, forgetUsedCodes } from '../http/admin/authenticator.js';
import { startPanelApp, type TestApp } from '../support/app.js';
import { aPartner } from '../support/makers.js';
import { axeViolations } from './support/axe.js';
import { startChromium } from './support/chromium.js';
import { Desk } from './support/workspace.js';
import { outOfReach } from './support/keyboard.js';

let service: TestApp;
let browser: Browser;
const desks: Desk[] = [];

beforeAll(async () => {
  [service, browser] = await Promise.all([startPanelApp({ requireMfa: true }), startChromium()]);
});
afterEach(async () => {
  const faults = desks.flatMap((desk) => desk.faults);
  await Promise.all(desks.splice(0).map((desk) => desk.close()));
  expect(faults).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await service.close();
});

async function aDesk(shots: string): Promise<Desk> {
  const desk = await Desk.open(browser, service, shots);
  desks.push(desk);
  return desk;
}

/** Keeps the page as it is, and asks axe and the Tab key about it. */
async function keep(desk: Desk, step: string): Promise<void> {
  await desk.keep(step);
  expect([step, await axeViolations(desk.page), await outOfReach(desk.page)]).toEqual([step, [], []]);
}

/** Types where the page has put the focus, and sends it off. */
async function type(desk: Desk, ...texts: string[]): Promise<void> {
  await desk.page.waitForFunction(() => document.activeElement instanceof HTMLInputElement);
  for (const [n, text] of texts.entries()) {
    if (n > 0) await desk.page.keyboard.press('Tab');
    await desk.page.keyboard.type(text);
  }
  await desk.page.keyboard.press('Enter');
}

/** A wrong code in the set-up: of recovery codes, which nobody has yet, it says nothing. */
async function mistype(desk: Desk): Promise<void> {
  const { page } = desk;
  desk.pardon(/422/);
  await type(desk, '000000');
  await page.getByRole('alert').getByText('This code is wrong.').waitFor();
  expect(await page.locator('main').innerText()).not.toMatch(/recovery code/);
  await page.getByLabel('Code from the app', { exact: true }).waitFor();
  await keep(desk, 'set-up-refused');
}

/** An admin who has signed in by the keyboard alone and set up an app. @returns the app's secret */
async function setUp(desk: Desk, { email, password }: { email: string; password: string }, looks = false) {
  const { page } = desk;
  await desk.goTo('/login');
  await page.getByLabel('Email').waitFor();
  if (looks) await keep(desk, 'sign-in');
  await type(desk, email, password);
  await page.getByRole('heading', { name: 'Set up your second factor' }).waitFor();
  if (looks) await keep(desk, 'set-up');
  if (looks) await mistype(desk);
  const secret = (await page.locator('.lc-key').innerText()).replaceAll(/\s/g, '');
  await type(desk, await codeOf(service, secret));
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
  if (looks) await keep(desk, 'recovery-codes');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  return secret;
}

describe('Somebody who must have a second factor', () => {
  it('sets it up right after the password, and signs in with it, by the keyboard alone', async () => {
    const admin = await aColleague(service, 'admin', 'Ana');
    const desk = await aDesk('account');
    const { page } = desk;
    const secret = await setUp(desk, admin, true);

    await desk.goTo('/account');
    await page.getByText('10 recovery codes are left').waitFor();
    await keep(desk, 'own-account');
    await forgetUsedCodes(service);
    await page.getByLabel(/^Code from your authenticator app/).focus();
    await type(desk, await codeOf(service, secret));
    await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
    expect(await page.locator('.lc-codes li').count()).toBe(10);
    await desk.goTo('/second-factor/set-up');
    await page.getByRole('heading', { name: 'Set up another second factor' }).waitFor();
    await keep(desk, 'set-up-again');
    await desk.goTo('');
    await page.getByRole('button', { name: 'Sign out' }).click();

    await page.getByLabel('Email').waitFor();
    await type(desk, admin.email, admin.password);
    await page.getByRole('heading', { name: 'Enter your code' }).waitFor();
    await keep(desk, 'code');
    await forgetUsedCodes(service);
    await type(desk, await codeOf(service, secret));
    await page.getByRole('heading', { name: 'Queue' }).waitFor();
  });
});

describe('An admin', () => {
  it('invites a colleague, who chooses a password by the link', async () => {
    const admin = await aDesk('invite');
    await setUp(admin, await aColleague(service, 'admin', 'Ana'));
    await admin.goTo('/resources/staff/actions/invite');
    await admin.page.getByLabel('Email').waitFor();
    await keep(admin, 'form');
    await type(admin, 'nina@staff.example', 'Nina');
    await admin.page.getByRole('heading', { name: 'The link for Nina, shown only now' }).waitFor();
    const link = await admin.page.locator('.lc-secret code').innerText();
    expect(link).toMatch(new RegExp(`^${service.baseUrl}/admin/welcome\\?token=[\\w-]{43}$`));
    expect(await axeViolations(admin.page)).toEqual([]);

    const nina = await aDesk('welcome');
    await nina.page.goto(link);
    await nina.page.getByRole('heading', { name: 'Welcome, Nina' }).waitFor();
    await keep(nina, 'choose');
    await type(nina, 'a password of my own');
    await nina.page.getByRole('heading', { name: 'Your password is set' }).waitFor();
    await nina.signIn({ email: 'nina@staff.example', password: 'a password of my own' });
  });

  it('sees what disabling a colleague ends, who is out at once', async () => {
    const colleague = await aColleague(service, 'operator', 'Jo');
    const jo = await aDesk('disabled');
    await jo.signIn(colleague);
    // Once disabled, and it reads by itself.
    jo.pardon(/401/);
    const admin = await aDesk('disable');
    const { page } = admin;
    await setUp(admin, await aColleague(service, 'admin', 'Ana'));
    await admin.goTo(`/resources/staff/records/${colleague.staffId}/show`);
    await page.getByRole('button', { name: 'Disable…' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Disable Jo?' });
    await dialog.getByText('Their sessions end at once (1 is open now)').waitFor();
    await keep(admin, 'question');
    await dialog.getByRole('button', { name: 'Disable the account' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Jo is disabled and signed out everywhere.').waitFor();
    await page.getByRole('button', { name: 'Enable…' }).waitFor();

    await jo.page.getByRole('button', { name: /^Blocked/ }).click();
    await jo.page
      .getByRole('alert')
      .getByText(/You have been signed out/)
      .waitFor();
    await keep(jo, 'signed-out');
    await jo.goTo('');
    await jo.page.getByLabel('Email').waitFor();
  });

  it('is asked for a code before a key is killed, ten minutes after the last one, and it goes on by itself', async () => {
    const { apiKeyId } = await aPartner(service);
    const colleague = await aColleague(service, 'admin', 'Ana');
    const desk = await aDesk('step-up');
    const { page } = desk;
    const secret = await setUp(desk, colleague);
    await service.dataSource.query(
      `UPDATE staff_session SET sess = jsonb_set(sess::jsonb, '{confirmedAt}', to_jsonb(now() - interval '11 minutes'))::json`,
    );
    await forgetUsedCodes(service);
    await desk.goTo(`/resources/api-keys/records/${apiKeyId}/kill`);
    const kill = page.getByRole('button', { name: 'Kill the key' });
    await kill.waitFor();
    await page.getByLabel(/to confirm:/).fill(await page.locator('label code').innerText());
    // The refusal that makes the page ask.
    desk.pardon(/403/);
    await kill.click();
    const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' });
    await dialog.waitFor();
    await keep(desk, 'dialog');
    await type(desk, await codeOf(service, secret));
    await page.getByText('is off from its next call on').first().waitFor();
    await dialog.waitFor({ state: 'detached' });
    const [key] = await service.dataSource.query('SELECT killed_at IS NOT NULL AS killed FROM api_key WHERE id = $1', [
      apiKeyId,
    ]);
    expect(key).toEqual({ killed: true });
  });
});
