import './support/as-shipped.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Clock } from '../../src/common/clock.js';
import { MoneyFreeze } from '../../src/wallets/money-freeze.js';
import { aColleague } from '../panel/panel.js';
import { aLessee } from '../renewals/leases.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { theSystem } from '../support/makers.js';
import { until } from '../support/service-process.js';
import { axeViolations } from './support/axe.js';
import { startChromium } from './support/chromium.js';
import { Desk } from './support/desk.js';

const DAY_MS = 86_400_000;
let service: TestApp;
let browser: Browser;
let desk: Desk;

beforeAll(async () => {
  [service, browser] = await Promise.all([startTestApp({ demo: true, workers: true }), startChromium()]);
  desk = await Desk.open(browser, service, 'renewals');
  await desk.signIn(await aColleague(service, 'admin', 'Ada'));
});
afterEach(() => expect(desk.faults.splice(0)).toEqual([]));
afterAll(async () => {
  await browser.close();
  await service.close();
});

describe('An admin of the demo', () => {
  it('watches a wallet run dry: forecast, past due, disconnected', async () => {
    const { page } = desk;
    const today = Date.now();
    const ago = (days: number) => new Date(today - days * DAY_MS).toISOString();
    await aLessee(service, 20_000, ago(25), ago(20), ago(5));
    service.app.get(Clock, { strict: false }).now = Clock.prototype.now;

    await page.getByRole('link', { name: 'Renewals' }).click();
    await page.getByRole('img', { name: /What falls due on each of 31 days for all partners/ }).waitFor();
    const partners = page.getByRole('table', { name: 'Renewals by partner' });
    expect(await partners.getByRole('row').nth(1).innerText()).toContain('$250.00');
    await desk.keep('forecast');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Chart of Partner \d+ alone$/ }).click();
    await page.getByRole('img', { name: /for Partner \d+; 2 days not covered/ }).waitFor();

    const pastDue = page.getByRole('table', { name: /^Leases past due/ });
    const moveOn = async (days: number) => {
      await page.getByLabel('Move it to').fill(new Date(today + days * DAY_MS).toISOString());
      await page.getByRole('button', { name: 'Move the clock' }).click();
    };
    await moveOn(12);
    await page.getByRole('heading', { name: 'Past due · 1' }).waitFor();
    expect(await pastDue.getByRole('row').nth(1).innerText()).toMatch(/in 6 d.*|in 7 d.*/);
    expect(await pastDue.getByRole('row').nth(1).innerText()).toContain('$100.00');
    await desk.keep('past-due');
    for (let day = 13; day < 20; day += 1) {
      await moveOn(day + 0.01);
      await untilTried(day - 11);
    }
    await page.getByRole('heading', { name: 'Past due · 0' }).waitFor();
    await page.getByText('No lease is past due.').waitFor();
  });

  it('reads on every page why money is frozen', async () => {
    const { page } = desk;
    const freeze = service.app.get(MoneyFreeze, { strict: false });
    await freeze.freeze(theSystem(), { reason: 'the bank called' });
    await desk.goTo('');
    await page.getByRole('status').filter({ hasText: 'the bank called' }).waitFor();
    await desk.keep('frozen');
    await freeze.thaw(theSystem());
    await desk.goTo('/pages/renewals');
    await page.getByRole('heading', { name: 'By partner' }).waitFor();
    expect(await page.getByText('the bank called').count()).toBe(0);
  });
});

/** Waits until the attempt of that day was made; the last one ends the lease. */
function untilTried(days: number): Promise<void> {
  return until(`attempt ${days}`, async () => {
    const [{ n }] = await service.dataSource.query(
      `SELECT count(*) AS n FROM audit_event
        WHERE type IN ('leased_account.renewal_failed', 'leased_account.disconnected')`,
    );
    return n >= days;
  });
}
