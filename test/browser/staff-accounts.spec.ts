import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { aColleague } from '../http/admin/panel.js';
import { codeOf, forgetUsedCodes } from '../http/admin/authenticator.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { aPartner } from '../support/makers.js';
import { axeViolations } from './support/axe.js';
import { startChromium } from './support/chromium.js';
import { Workspace } from './support/workspace.js';
import { findUnreachable } from './support/keyboard.js';

let service: TestApp;
let browser: Browser;
const workspaces: Workspace[] = [];

beforeAll(async () => {
  [service, browser] = await Promise.all([startTestApp({ requireMfa: true }), startChromium()]);
});
afterEach(async () => {
  const errors = workspaces.flatMap((workspace) => workspace.errors);
  await Promise.all(workspaces.splice(0).map((workspace) => workspace.close()));
  expect(errors).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await service.close();
});

async function aDesk(shots: string): Promise<Workspace> {
  const workspace = await Workspace.open(browser, service, shots);
  workspaces.push(workspace);
  return workspace;
}

/** Keeps the page as it is, and asks axe and the Tab key about it. */
async function keep(workspace: Workspace, step: string): Promise<void> {
  await workspace.screenshot(step);
  // What a read replaces while it is walked was not reached.
  await workspace.settle();
  expect([step, await axeViolations(workspace.page), await findUnreachable(workspace.page)]).toEqual([step, [], []]);
}

/** Types where the page has put the focus, and sends it off. */
async function type(workspace: Workspace, ...texts: string[]): Promise<void> {
  await workspace.page.waitForFunction(
    () => document.readyState === 'complete' && document.activeElement instanceof HTMLInputElement,
  );
  for (const [n, text] of texts.entries()) {
    if (n > 0) await workspace.page.keyboard.press('Tab');
    await workspace.page.keyboard.type(text);
  }
  await workspace.page.keyboard.press('Enter');
}

/** A wrong code in the set-up: the error names no recovery codes, for there are none yet. */
async function mistype(workspace: Workspace): Promise<void> {
  const { page } = workspace;
  workspace.ignoreErrors(/422/);
  await type(workspace, '000000');
  await page.getByRole('alert').getByText('This code is wrong.').waitFor();
  expect(await page.locator('main').innerText()).not.toMatch(/recovery code/);
  await page.getByLabel('Code from the app', { exact: true }).waitFor();
  await keep(workspace, 'set-up-refused');
}

/** An admin who has signed in by the keyboard alone and set up an app. @returns the app's secret */
async function setUp(workspace: Workspace, { email, password }: { email: string; password: string }, looks = false) {
  const { page } = workspace;
  await workspace.goTo('/login');
  await page.getByLabel('Email').waitFor();
  if (looks) await keep(workspace, 'sign-in');
  await type(workspace, email, password);
  await page.getByRole('heading', { name: 'Set up your second factor' }).waitFor();
  if (looks) await keep(workspace, 'set-up');
  if (looks) await mistype(workspace);
  const secret = (await page.locator('.lc-key').innerText()).replaceAll(/\s/g, '');
  await type(workspace, await codeOf(service, secret));
  await page.getByRole('heading', { name: 'Save your recovery codes' }).waitFor();
  if (looks) await keep(workspace, 'recovery-codes');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  return secret;
}

describe('Somebody who must have a second factor', () => {
  it('sets it up right after the password, and signs in with it, by the keyboard alone', async () => {
    const admin = await aColleague(service, 'admin', 'Ana');
    const workspace = await aDesk('account');
    const { page } = workspace;
    const secret = await setUp(workspace, admin, true);

    await workspace.goTo('/account');
    await page.getByText('10 recovery codes are left').waitFor();
    await keep(workspace, 'own-account');
    await forgetUsedCodes(service);
    await page.getByLabel(/^Code from your authenticator app/).focus();
    await type(workspace, await codeOf(service, secret));
    await page.getByRole('heading', { name: 'Save your recovery codes' }).waitFor();
    expect(await page.locator('.lc-codes li').count()).toBe(10);
    await workspace.goTo('/second-factor/set-up');
    await page.getByRole('heading', { name: 'Set up another second factor' }).waitFor();
    await keep(workspace, 'set-up-again');
    await workspace.goTo('');
    await page.getByRole('button', { name: 'Sign out' }).click();

    await page.getByLabel('Email').waitFor();
    await type(workspace, admin.email, admin.password);
    await page.getByRole('heading', { name: 'Enter your code' }).waitFor();
    await keep(workspace, 'code');
    await forgetUsedCodes(service);
    await type(workspace, await codeOf(service, secret));
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
    jo.ignoreErrors(/401/);
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
    await jo.load('');
    await jo.page.getByLabel('Email').waitFor();
  });

  it('is asked for a code before a key is killed, ten minutes after the last one, and it goes on by itself', async () => {
    const { apiKeyId } = await aPartner(service);
    const colleague = await aColleague(service, 'admin', 'Ana');
    const workspace = await aDesk('step-up');
    const { page } = workspace;
    const secret = await setUp(workspace, colleague);
    // A call under way would write its session back.
    await workspace.settle();
    await service.dataSource.query(
      `UPDATE staff_session SET sess = jsonb_set(sess::jsonb, '{confirmedAt}', to_jsonb(now() - interval '11 minutes'))::json`,
    );
    await forgetUsedCodes(service);
    await workspace.load(`/resources/api-keys/records/${apiKeyId}/kill`);
    const kill = page.getByRole('button', { name: 'Kill the key' });
    await kill.waitFor();
    await page.getByLabel(/to confirm:/).fill(await page.locator('label code').innerText());
    // The refusal that makes the page ask.
    workspace.ignoreErrors(/403/);
    await kill.click();
    const dialog = page.getByRole('dialog', { name: 'Confirm your identity' });
    await dialog.waitFor();
    await keep(workspace, 'dialog');
    await type(workspace, await codeOf(service, secret));
    await page.getByText('is killed: all its calls are refused').first().waitFor();
    await dialog.waitFor({ state: 'detached' });
    const [key] = await service.dataSource.query('SELECT killed_at IS NOT NULL AS killed FROM api_key WHERE id = $1', [
      apiKeyId,
    ]);
    expect(key).toEqual({ killed: true });
  });
});
