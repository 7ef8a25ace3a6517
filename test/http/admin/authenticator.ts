import { Secret, TOTP } from 'otpauth';
import { agent } from '../../support/agent.js';
import type { Role } from '../../../src/authorization/roles.js';
import type { TestApp } from '../../support/app.js';
import { aColleague, at, signIn, type Browser, type Person } from './panel.js';

/** A colleague with an authenticator app. */
export interface PersonWithApp extends Person {
  secret: string;
  recoveryCodes: string[];
}

export const STEP_SECONDS = 30;

/** The code that the app shows so many steps of 30 seconds from now, by the database's clock. */
export async function codeOf(service: TestApp, secret: string, stepsAhead = 0): Promise<string> {
  const [{ now }] = await service.dataSource.query('SELECT now() AS now');
  const timestamp = (now as Date).getTime() + stepsAhead * STEP_SECONDS * 1000;
  return new TOTP({ secret: Secret.fromBase32(secret), period: STEP_SECONDS }).generate({ timestamp });
}

/** As if the app's last used code were long ago: the clock cannot be moved, the step that is remembered can. */
export async function forgetUsedCodes(service: TestApp): Promise<void> {
  await service.dataSource.query('UPDATE staff_second_factor SET last_step = 0');
  await service.dataSource.query('DELETE FROM sign_in_attempt');
}

/** The secret that the page for setting up shows. */
export async function secretShown(browser: Browser): Promise<string> {
  const page = await browser.get('/admin/second-factor/set-up');
  return /class="lc-key"[^>]*>([A-Z2-7 ]+)</.exec(page.text)![1]!.replaceAll(' ', '');
}

/** Gives a form of the panel what was typed. */
export function submit(browser: Browser, path: string, form: Record<string, string>) {
  return browser.post(`/admin/${path}`).type('form').send(form);
}

export const codesShown = (page: { text: string }) =>
  [...page.text.matchAll(/<code>([a-z2-9-]+)<\/code>/g)].map(([, code]) => code!);

/** Signs somebody in and sets up an app, as the pages do; the session has just been confirmed by it. */
export async function signedInWithApp(service: TestApp, role: Role): Promise<PersonWithApp> {
  const colleague = await aColleague(service, role);
  const browser = agent(service.baseUrl);
  await signIn(browser, colleague);
  const secret = await secretShown(browser);
  const page = await submit(browser, 'second-factor/set-up', { code: await codeOf(service, secret) });
  if (page.status !== 200) throw new Error(`Could not set up: ${page.status} ${page.text}`);
  return { ...at(browser, colleague), secret, recoveryCodes: codesShown(page) };
}
