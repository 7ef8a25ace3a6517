import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Clock } from '../../src/core/clock.js';
import { MoneyFreeze } from '../../src/wallets/money-freeze.js';
import { aColleague } from '../http/admin/panel.js';
import { aLessee } from '../service/renewals/leases.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { aPartner, aRequest, theSystem } from '../support/makers.js';
import { axeViolations } from './support/axe.js';
import { startChromium } from './support/chromium.js';
import { Workspace } from './support/workspace.js';

const DAY_MS = 86_400_000;
let service: TestApp;
let browser: Browser;
let workspace: Workspace;

beforeAll(async () => {
  [service, browser] = await Promise.all([startTestApp({ demo: true, workers: true }), startChromium()]);
  workspace = await Workspace.open(browser, service, 'renewals');
  await workspace.signIn(await aColleague(service, 'admin', 'Ada'));
});
afterEach(() => expect(workspace.errors.splice(0)).toEqual([]));
afterAll(async () => {
  await browser.close();
  await service.close();
});

describe('An admin of the demo', () => {
  it('watches a wallet run dry: forecast, past due, disconnected', async () => {
    const { page } = workspace;
    const today = Date.now();
    const ago = (days: number) => new Date(today - days * DAY_MS).toISOString();
    await aLessee(service, 20_000, ago(25), ago(20), ago(5));
    service.app.get(Clock, { strict: false }).now = Clock.prototype.now;

    await page.getByRole('link', { name: 'Renewals' }).click();
    await page.getByRole('img', { name: /What falls due on each of 31 days for all partners/ }).waitFor();
    const partners = page.getByRole('table', { name: 'Renewals by partner' });
    expect(await partners.getByRole('row').nth(1).innerText()).toContain('$250.00');
    await page.getByText('No lease is past due.').waitFor();
    await workspace.screenshot('forecast');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Show only Partner \d+ above$/ }).click();
    await page.getByRole('img', { name: /for Partner \d+; 2 days not covered/ }).waitFor();
    await page.keyboard.press('t');
    const days = page.getByRole('region', { name: /for Partner \d+; 2 days not covered/ }).getByRole('row');
    const figures = (await days.allInnerTexts()).slice(1).map((row) => row.split('\t').slice(1, 4));
    expect(figures).toEqual([
      ['1', '$150.00', '—'],
      ['1', '$150.00', '$100.00'],
      ['1', '$150.00', '$150.00'],
    ]);
    await page.keyboard.press('t');

    await page.getByLabel('Or jump to').fill(new Date(today + 12 * DAY_MS).toISOString().slice(0, 16));
    await page.getByRole('button', { name: 'Jump' }).click();
    await page.getByRole('heading', { name: 'Past due 1' }).waitFor();
    const pastDue = page
      .getByRole('table', { name: /^Past due leases/ })
      .getByRole('row')
      .nth(1);
    expect(await pastDue.innerText()).toMatch(/in 6 d|in 7 d/);
    expect(await pastDue.innerText()).toContain('$100.00');
    await workspace.screenshot('past-due');
    await page.getByRole('button', { name: '1 week' }).click();
    await page.getByRole('heading', { name: 'Past due 0' }).waitFor();
    const lost = page.getByRole('table', { name: /^Leases disconnected/ }).getByRole('row');
    expect(await lost.count()).toBe(2);
    await page.getByRole('link', { name: /^Demo time / }).waitFor();
    await workspace.screenshot('disconnected');
    expect(await axeViolations(page)).toEqual([]);
  });

  it('sees every age, and a claim too, by the clock that was moved', async () => {
    const { page } = workspace;
    await aRequest(service, await aPartner(service, { name: 'Fresh Brew', walletCents: 100_000 }));
    const today = service.app.get(Clock, { strict: false }).now();
    const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'Europe/Berlin' });
    await workspace.goTo('/pages/dashboard');
    await page.getByText(date.format(today)).first().waitFor();
    await workspace.goTo('?q=Fresh%20Brew');
    const row = page.getByRole('row').filter({ hasText: 'Fresh Brew' });
    await row.getByText(/1\d d late$/).waitFor();
    await page.keyboard.press('c');
    await row.getByText(/^, 1[45] min$/).waitFor();
  });

  it('sees an error when the page cannot be read, and reads it again', async () => {
    const { page } = workspace;
    await page.route('**/api/pages/renewals*', (route) => route.abort());
    await workspace.goTo('/pages/renewals');
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
    await page.unroute('**/api/pages/renewals*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'By partner' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    workspace.errors.splice(0);
  });

  it('reads on every page why money is frozen', async () => {
    const { page } = workspace;
    const freeze = service.app.get(MoneyFreeze, { strict: false });
    await freeze.freeze(theSystem(), { reason: 'the bank called' });
    await workspace.goTo('');
    await page.getByRole('status').filter({ hasText: 'the bank called' }).waitFor();
    await workspace.screenshot('frozen');
    await freeze.thaw(theSystem());
    await workspace.load('/pages/renewals');
    await page.getByRole('heading', { name: 'By partner' }).waitFor();
    expect(await page.getByText('the bank called').count()).toBe(0);
  });
});
