import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import type { Browser } from 'playwright-core';
import { Clock } from '../../src/core/clock.js';
import { LedgerVerificationJob } from '../../src/accounting/ledger-verification.job.js';
import { aColleague } from '../http/admin/panel.js';
import { aLessee } from '../service/renewals/leases.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { aPartner } from '../support/makers.js';
import { axeViolations } from './support/axe.js';
import { startChromium } from './support/chromium.js';
import { Workspace } from './support/workspace.js';

let service: TestApp;
let browser: Browser;
let finance: Workspace;
let second: Workspace;

beforeAll(async () => {
  [service, browser] = await Promise.all([startTestApp({ demo: true }), startChromium()]);
  finance = await Workspace.open(browser, service, 'books');
  await finance.signIn(await aColleague(service, 'finance', 'Fiona'));
  second = await Workspace.open(browser, service, 'books-second');
  await second.signIn(await aColleague(service, 'admin', 'Ada'));
});
afterEach(() => expect([...finance.errors.splice(0), ...second.errors.splice(0)]).toEqual([]));
afterAll(async () => {
  await browser.close();
  await service.close();
});

describe('Finance', () => {
  it('reads the queue and is offered nothing there that is for operators', async () => {
    const { page } = finance;
    await finance.goTo('');
    const keys = page.locator('.lc-keys');
    await keys.getByText('open').waitFor();
    expect(await keys.getByText(/claim|note|serve next/).count()).toBe(0);
  });

  it('has an unusual amount repeated', async () => {
    const { page } = finance;
    const { organizationId } = await aPartner(service, { name: 'Slip & Co', walletCents: 90_000 });
    await finance.goTo(`/resources/wallets/records/${organizationId}/topUp`);
    await page.getByLabel('Amount in dollars').fill('10000000000');
    await page.getByText('$10,000,000,000.00 (10 billion dollars) is unusual').waitFor();
    await page.getByLabel('Reference of the payment').fill('Wire 77');
    const book = page.getByRole('button', { name: 'Top up $10,000,000,000.00' });
    expect(await book.isDisabled()).toBe(true);
    await page.getByLabel('Repeat the amount').fill('1000000000');
    expect(await book.isDisabled()).toBe(true);
    await finance.screenshot('unusual-amount');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByLabel('Amount in dollars').fill('10000');
    await page.getByLabel('Repeat the amount').fill('10,000');
    await page.getByRole('button', { name: 'Top up $10,000.00' }).click();
    await page.getByText('Topped up: the wallet holds $10,900.00.').waitFor();
  });

  it('takes back a top-up that bounced, and sees what is owed', async () => {
    const { page } = finance;
    const { partner } = await aLessee(service, 5_000, new Date().toISOString());
    service.app.get(Clock, { strict: false }).now = Clock.prototype.now;
    await finance.goTo(`/resources/wallets/records/${partner.organizationId}/reverseTopUp`);
    await page.getByLabel('Which top-up').selectOption({ index: 1 });
    await page.getByText('$50.00 is taken from the wallet; the remaining $150.00 is owed.').waitFor();
    await page.getByLabel('Reason').fill('The bank took it back');
    await finance.screenshot('reversal');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Reverse $200.00' }).click();
    await page.getByText('Reversed: the wallet holds $0.00 and owes $150.00.').waitFor();
    await page.getByText(/^reverses no\. \d+$/).waitFor();
    await finance.screenshot('owed');
  });

  it('lets a large payout wait for a colleague, who approves it under Books', async () => {
    const { organizationId } = await aPartner(service, { name: 'Large & Sons', walletCents: 500_000 });
    const { page } = finance;
    await finance.goTo(`/resources/wallets/records/${organizationId}/payout`);
    const form = page.locator('form.lc-form');
    await page.getByLabel('Amount in dollars').fill('900');
    await form.getByText('Over $1,000.00 a second finance person has to approve it.').waitFor();
    await form.getByText('Wallet$5,000.00 → $4,100.00').waitFor();
    await page.getByLabel('Amount in dollars').fill('1,500');
    await form
      .getByText('It is over $1,000.00: nothing is booked until a colleague from finance approves it.')
      .waitFor();
    await form.getByText('Wallet, until it is approved$5,000.00 then $3,500.00').waitFor();
    await page.getByLabel('Reference of the payment').fill('wire out 77');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Propose −$1,500.00' }).click();
    await page
      .getByText('−$1,500.00 is waiting for approval by a second finance person; nothing is booked yet.')
      .waitFor();
    const waiting = page.getByRole('table', { name: 'Transactions awaiting approval' });
    await waiting.getByText('needs a colleague').waitFor();
    await finance.screenshot('waiting-own');

    await second.goTo('/pages/month');
    await second.page
      .getByRole('table', { name: 'Transactions awaiting approval' })
      .getByText('Wallet $5,000.00 → $3,500.00')
      .waitFor();
    await second.screenshot('waiting');
    expect(await axeViolations(second.page)).toEqual([]);
    await second.page.getByRole('button', { name: 'Approve' }).click();
    const dialog = second.page.getByRole('dialog', { name: /^Approve the payout of −\$1,500\.00 for Large & Sons/ });
    await dialog.getByText(/^Fiona proposed it, /).waitFor();
    await second.screenshot('approve');
    await second.page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await second.page.getByRole('button', { name: 'Approve' }).click();
    await dialog.getByRole('button', { name: 'Approve −$1,500.00' }).click();
    await second.page.getByText('Approved: the wallet holds $3,500.00.').waitFor();
    await second.page.getByRole('heading', { name: 'Awaiting approval' }).waitFor({ state: 'detached' });
    await second.page.getByRole('table', { name: 'Payouts' }).getByRole('link', { name: 'wire out 77' }).waitFor();
  });

  it('lets a large adjustment be approved with its sign, its reason and the wallet before and after in sight', async () => {
    const { organizationId } = await aPartner(service, { name: 'Signed & Sealed', walletCents: 500_000 });
    const { page } = finance;
    await finance.goTo(`/resources/wallets/records/${organizationId}/adjust`);
    await page.getByRole('button', { name: 'Deduct' }).click();
    await page.getByLabel('Amount in dollars').fill('1,500');
    await page.getByLabel('Reason').fill('Booked twice in May');
    await page.getByText('Wallet, until it is approved$5,000.00 then $3,500.00').waitFor();
    await page.getByRole('button', { name: 'Propose −$1,500.00' }).click();
    await page.getByText('needs a colleague').waitFor();

    await second.goTo(`/resources/wallets/records/${organizationId}/show`);
    await second.page.getByText('Booked twice in May').waitFor();
    await second.page.getByRole('button', { name: 'Approve' }).click();
    const dialog = second.page.getByRole('dialog', {
      name: 'Approve the adjustment of −$1,500.00 for Signed & Sealed?',
    });
    await dialog.getByText('Booked twice in May').waitFor();
    await dialog.getByText('Wallet$5,000.00 → $3,500.00').waitFor();
    expect(await axeViolations(second.page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Approve −$1,500.00' }).click();
    const statement = second.page.getByRole('table', { name: 'Transactions, newest first' });
    await statement.getByText('approved, proposed by Fiona').waitFor();
    await second.screenshot('approved');
    await second.goTo('/pages/month');
  });

  it('reads on every page which fault the daily proof has found', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 700 });
    const change = (cents: number) =>
      service.dataSource.query(
        `UPDATE ledger_account SET balance_cents = balance_cents + $2 WHERE id = 'wallet:' || $1`,
        [organizationId, cents],
      );
    await change(1);
    expect(await service.app.get(LedgerVerificationJob, { strict: false }).verifyWhenDue()).toBe(true);
    await change(-1);
    const fault = `wallet of ${organizationId} holds 701 cents but its transfers add up to 700`;
    for (const place of ['', '/pages/dashboard', '/resources/wallets', '/resources/staff', '/pages/renewals']) {
      await finance.goTo(place);
      await finance.page.getByRole('alert').filter({ hasText: fault }).first().waitFor();
    }
    await finance.goTo('/pages/month');
    await finance.page.getByText(/^The books have \d+ errors?, found/).waitFor();
    await finance.screenshot('fault');
    expect(await axeViolations(finance.page)).toEqual([]);
  });

  it('closes a month of the demo from the page, once it is over, and takes its files away', async () => {
    const { page } = finance;
    const month = DateTime.utc();
    const name = month.setLocale('en').toFormat('LLL yyyy');
    await finance.goTo('/pages/month');
    const close = page.getByRole('button', { name: `Close ${name}` });
    await close.waitFor();
    expect(await close.getAttribute('aria-disabled')).toBe('true');
    await finance.screenshot('open');

    await second.goTo('/pages/renewals');
    const over = month.endOf('month').plus({ hours: 2, minutes: 1 });
    const clock = second.page.getByRole('region', { name: 'The demo’s clock' });
    await clock.getByLabel(/^Or jump to/).fill(over.toFormat("yyyy-MM-dd'T'HH:mm"));
    await clock.getByRole('button', { name: 'Jump' }).click();
    const there = over.setZone('Europe/Berlin').setLocale('en').toFormat('d LLL');
    await clock.getByText(there).waitFor();

    await finance.goTo(`/pages/month?month=${month.toFormat('yyyy-MM')}`);
    await page.getByText('Open; it can be closed now').waitFor();
    const trialBalance = page.getByRole('table', { name: 'Trial balance' });
    await trialBalance.getByRole('row', { name: /^Wallets = what we owe partners .* ties out/ }).waitFor();
    await page
      .getByRole('table', { name: 'Wallets' })
      .getByRole('row', { name: /^Total/ })
      .waitFor();
    await close.click();
    const dialog = page.getByRole('dialog', { name: `Close ${name} permanently?` });
    await dialog.getByText('Every earlier month is closed.').waitFor();
    await finance.screenshot('close');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await dialog.getByText('Type the month first').waitFor();
    await dialog.getByLabel(/^Type the month to confirm/).fill(month.toFormat('yyyy-MM'));
    await dialog.getByRole('button', { name: `Close ${name}` }).click();
    await page.getByText(/^Closed .* by Fiona/).waitFor();
    expect(await close.count()).toBe(0);
    await finance.screenshot('closed');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'wallets.csv' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${month.toFormat('yyyy-MM')}-wallets.csv`);
    const wallets = await readFile(await download.path(), 'utf8');
    expect(wallets).toMatch(/^\ufefforganization_id,partner,opening_cents,/);
    expect(wallets).toMatch(/,Large & Sons,0,500000,0,0,0,0,0,-150000,350000\r\n/);
  });
});
