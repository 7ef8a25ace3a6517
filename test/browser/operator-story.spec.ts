import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Clock } from '../../src/core/clock.js';
import { aColleague, type Colleague } from '../http/admin/panel.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { accountStatus, balanceOf, expectCleanBooks, liveLeasesOf, setClock, transfersOf } from '../support/ledger.js';
import { call } from '../support/calls.js';
import { anAccount, aPartner, type TestPartner } from '../support/makers.js';
import { startChromium } from './support/chromium.js';
import { Workspace, requestPage } from './support/workspace.js';

const HOUR_MS = 3_600_000;

let service: TestApp;
let browser: Browser;
let workspace: Workspace;
let page: Page;
let on: ReturnType<typeof requestPage>;
let operator: Colleague;
let partner: TestPartner;
let requestId: string;
/** By handle. */
const accounts: Record<string, string> = {};

/** A partner's program asks for accounts, some hours before now. */
async function ask(asker: TestPartner, hoursAgo: number, wish: object): Promise<string> {
  const clock = service.app.get(Clock, { strict: false });
  const { now } = clock;
  setClock(service, new Date(Date.now() - hoursAgo * HOUR_MS));
  const { projectId, apiKey } = asker;
  const answer = await call(service, 'POST', `/v1/projects/${projectId}/leased-accounts/request`, {
    key: apiKey,
    body: { projectId, ...wish },
  });
  clock.now = now;
  expect(answer.status).toBe(202);
  return answer.body.requestId;
}

async function poll() {
  const path = `/v1/projects/${partner.projectId}/leased-accounts/requests/${requestId}`;
  const answer = await call(service, 'GET', path, { key: partner.apiKey });
  expect(answer.status).toBe(200);
  return answer.body;
}

async function account(handle: string, wishes: Parameters<typeof anAccount>[1]): Promise<void> {
  accounts[handle] = (await anAccount(service, { handle, ...wishes })).id;
}

beforeAll(async () => {
  [service, browser] = await Promise.all([startTestApp(), startChromium()]);
  operator = await aColleague(service, 'operator', 'Ana Kovač');
  partner = await aPartner(service, { name: 'Quinn Coffee', walletCents: 100_000 });
  const bluecrest = await aPartner(service, { name: 'Bluecrest Media', walletCents: 1_000_000 });
  const fern = await aPartner(service, { name: 'Fern & Oak', walletCents: 30_000 });
  await account('morningpour', { followers: 12_800, countries: ['US', 'CA'] });
  await account('home.espresso.lab', { followers: 9_400, countries: ['US', 'GB'] });
  await account('latte.letters', { followers: 21_000, countries: ['GB', 'IE'] });
  await account('thebrewbench', { followers: 7_100, countries: ['US'] });
  await account('cafecuadrado', { followers: 15_600, countries: ['US', 'MX'], language: 'es' });
  await account('tealeaf.diary', { followers: 5_300, countries: ['GB'], verticals: ['tea'] });
  // In the order they came: what is asked over a weekend falls due together.
  requestId = await ask(partner, 9, {
    count: 5,
    niche: { vertical: 'coffee', audience: 'home baristas 25–40', language: 'en', geo: ['US', 'CA', 'GB'] },
    target: 'Short-form brew tutorials; paid UGC-style creative for ads.',
  });
  await ask(bluecrest, 5, { count: 10, niche: { vertical: 'fitness', language: 'en', geo: ['US'] } });
  await ask(fern, 2, { count: 3, niche: { vertical: 'skincare', language: 'fr', geo: ['FR', 'BE'] } });
  workspace = await Workspace.open(browser, service, 'story');
  page = workspace.page;
  on = requestPage(page);
});
afterEach(() => expect(workspace.errors).toEqual([]));
afterAll(async () => {
  await browser.close();
  await service.close();
});

describe('An operator serves the most urgent request', () => {
  it('signs in by the form, which the browser sends with its true origin', async () => {
    await workspace.goTo('/login');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await workspace.screenshot('sign-in');
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await workspace.signInByForm(operator);
    expect(await (await sent).headerValue('origin')).toBe(service.baseUrl);
  });

  it('lands on the queue, the most urgent request first', async () => {
    const rows = page.getByRole('table', { name: 'Open requests, the most urgent first' }).locator('tbody tr');
    await rows.nth(2).waitFor();
    expect(await rows.locator('b').allTextContents()).toEqual(['Quinn Coffee', 'Bluecrest Media', 'Fern & Oak']);
    expect(await rows.nth(0).innerText()).toMatch(
      / left[·\s]+Quinn Coffee[^]*coffee\s+English\s+United States, Canada \+1[·\s]+0 \/ 5\s+all 5\s+4/,
    );
    expect(await rows.nth(2).innerText()).toContain('2 of 3');
    await workspace.screenshot('queue');
  });

  it('opens it with the keyboard and sees what was asked and what the wallet covers', async () => {
    const row = page.locator('tr[aria-current="true"]');
    await page.keyboard.press('j');
    await row.filter({ hasText: 'Bluecrest Media' }).waitFor();
    await page.keyboard.press('k');
    await row.filter({ hasText: 'Quinn Coffee' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '5 × coffee for Quinn Coffee' }).waitFor();
    expect(await on.askedFor.innerText()).toMatch(
      /0 of 5[^]*coffee[^]*English[^]*United States\s+Canada\s+United Kingdom[^]*home baristas 25–40[^]*Short-form brew tutorials/,
    );
    expect(await on.wallet.innerText()).toMatch(
      /\$1,000\.00\s+covers the 5 still wanted, and 1 more[^]*\$150\.00 a month/,
    );
  });

  it('sees who fits, best first, with the reasons, and what the next assignment will do', async () => {
    const fitting = await on.fitting.getByRole('listitem').all();
    const values = await Promise.all(fitting.map((item) => item.getAttribute('id')));
    const best = ['morningpour', 'home.espresso.lab', 'latte.letters', 'thebrewbench'];
    expect(values).toEqual(best.map((handle) => accounts[handle]));
    expect(await on.fitting.getByRole('listitem').nth(0).innerText()).toMatch(
      /@morningpour 12\.8 k followers\s+✓ coffee\s*, met\s*✓ English\s*, met\s*✓ United States, Canada \(2 of 3 countries\)\s*, met/,
    );
    expect(await on.nearly.innerText()).toMatch(/@cafecuadrado[^]*✕ Spanish, not English\s*, not met/);
    expect(await on.preview.innerText()).toMatch(
      / renews [^]*@morningpour[^]*\$1,000\.00 → \$850\.00[^]*Assign — \$150\.00/,
    );
    await workspace.screenshot('request');
  });

  it('assigns the first by a double click, which charges once', async () => {
    const sent: string[] = [];
    page.on('request', (request) => request.url().endsWith('/assign') && sent.push(request.url()));
    await on.assign.dblclick();
    await page
      .getByRole('status', { name: 'Notifications' })
      .getByText('Assigned: $150.00 charged, the wallet holds $850.00.')
      .waitFor();
    expect(sent).toHaveLength(1);
    expect(await transfersOf(service, partner.organizationId, 'lease_charge')).toBe(1);
    expect(await balanceOf(service, partner.organizationId)).toBe(85_000);
    expect(await liveLeasesOf(service, accounts.morningpour!)).toBe(1);
    expect(await poll()).toMatchObject({ status: 'requested', assignedSocialAccountIds: [accounts.morningpour] });
    await workspace.screenshot('assigned-by-double-click');
  });

  it('assigns two more by a key', async () => {
    for (const assigned of [2, 3]) {
      await on.assign.waitFor();
      await page.keyboard.press('a');
      await on.askedFor.getByText(`${assigned} of 5`).waitFor();
    }
    expect(await balanceOf(service, partner.organizationId)).toBe(55_000);
    expect(await on.assigned.locator('tbody tr').count()).toBe(3);
    expect(await on.assigned.innerText()).toMatch(
      /@latte\.letters[^]*renews [^]*\$150\.00\s+Undo… for 1\d more minutes · Replace…/,
    );
    await workspace.screenshot('assigned-by-key');
  });

  it('finds one that does not fit in the pool, and is asked again before it is assigned', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('tea GB');
    await on.found.getByText('@tealeaf.diary').click();
    await on.preview.getByText('does not fit').waitFor();
    expect(await on.found.innerText()).toMatch(/✕ tea, not coffee/);
    await on.assign.waitFor();
    await page.keyboard.press('a');
    await on.preview.getByText('@tealeaf.diary does not fully match: tea, not coffee.').waitFor();
    expect(await accountStatus(service, accounts['tealeaf.diary']!)).toBe('available');
    await workspace.screenshot('asked-again');
    await on.preview.getByRole('button', { name: 'Assign anyway — $150.00' }).click();
    await on.askedFor.getByText('4 of 5').waitFor();
    expect(await liveLeasesOf(service, accounts['tealeaf.diary']!)).toBe(1);
    expect(await balanceOf(service, partner.organizationId)).toBe(40_000);
    // The search found this one alone, so it is over.
    await on.fitting.getByText('@thebrewbench').waitFor();
    await workspace.screenshot('assigned-from-the-pool');
  });

  it('adds an internal note, which the partner does not read', async () => {
    await page.keyboard.press('n');
    await page.keyboard.type('Started with the US ones, the UK pool is thin until Tuesday.');
    expect(await on.note.getByRole('button', { name: 'Internal' }).getAttribute('aria-pressed')).toBe('true');
    await on.note.getByRole('button', { name: 'Add' }).click();
    await on.whatHappened.getByText('the UK pool is thin until Tuesday').waitFor();
    expect(await on.whatHappened.innerText()).toMatch(/You added an internal note/);
    expect((await poll()).note).toBeNull();
    expect(await on.noteText.inputValue()).toBe('');
  });

  it('makes the internal note visible to the partner, after one question', async () => {
    await on.whatHappened.getByRole('button', { name: 'Make visible…' }).click();
    await on.dialog.getByText(/will see it word for word/).waitFor();
    await workspace.screenshot('show');
    await on.dialog.getByRole('button', { name: 'Make visible' }).click();
    await on.whatHappened.getByText('visible to partner').waitFor();
    expect((await poll()).note).toBe('Started with the US ones, the UK pool is thin until Tuesday.');
    await on.whatHappened.getByRole('button', { name: 'Withdraw…' }).click();
    await on.dialog.getByRole('button', { name: 'Withdraw' }).click();
    await on.whatHappened.getByText(/no longer visible to the partner/).waitFor();
  });

  it('sees what the partner will read before it is sent, and withdraws it', async () => {
    const reader = on.note.getByRole('status');
    const internal = 'Internal note: only colleagues see it.';
    const visible = 'The partner will see this note.';
    for (const told of [internal, visible, internal, visible]) {
      await page.keyboard.press('n');
      await reader.getByText(told).waitFor();
      await page.keyboard.press('Escape');
    }
    for (const key of ['j', 'n', 'Escape']) await page.keyboard.press(key);
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('n');
    await reader.getByText(visible).waitFor();
    await on.noteText.fill('Four are yours, the fifth follows on Tuesday.');
    await on.note.getByText('What the partner will see').waitFor();
    expect(await on.note.locator('.lc-quote').innerText()).toBe('Four are yours, the fifth follows on Tuesday.');
    await workspace.screenshot('what-the-partner-will-read');
    await on.note.getByRole('button', { name: 'Send to the partner' }).click();
    await on.whatHappened.getByText('visible to partner').waitFor();
    expect((await poll()).note).toBe('Four are yours, the fifth follows on Tuesday.');
    expect(await on.note.getByRole('button', { name: 'Internal' }).getAttribute('aria-pressed')).toBe('true');
    await workspace.screenshot('notes');

    await on.whatHappened.getByRole('button', { name: 'Withdraw…' }).click();
    await on.dialog.getByText('It is no longer visible to the partner').waitFor();
    await workspace.screenshot('withdraw');
    await on.dialog.getByRole('button', { name: 'Withdraw' }).click();
    await on.whatHappened
      .getByText(/withdrawn (today|yesterday) .*; no longer visible to the partner/)
      .nth(1)
      .waitFor();
    expect((await poll()).note).toBeNull();
  });

  it('sets a blocker by a note, and clears it', async () => {
    await on.note.getByRole('button', { name: 'Visible to partner' }).click();
    await on.noteText.fill('Would Ireland do for the last one?');
    await on.note.getByLabel('Blocker that this note sets').selectOption('needs_clarification');
    await on.note.getByRole('button', { name: 'Send to the partner' }).click();
    await on.blocker.getByText('▲ Needs clarification').waitFor();
    expect(await on.blocker.innerText()).toMatch(/“Would Ireland do for the last one\?”\s+visible to partner/);
    expect(await poll()).toMatchObject({
      note: 'Would Ireland do for the last one?',
      blocker: { kind: 'needs_clarification' },
    });
    await workspace.screenshot('blocked');
    await on.blocker.getByRole('button', { name: 'Clear blocker' }).click();
    await on.blocker.waitFor({ state: 'detached' });
    await on.whatHappened.getByText('retired with its blocker').waitFor();
    expect(await poll()).toMatchObject({ note: null, blocker: null });
  });

  it('undoes the own assignment: the charge goes back, the account too', async () => {
    await page.keyboard.press('u');
    await on.dialog.getByText('The wallet goes from $400.00 to $550.00.').waitFor();
    await page.keyboard.type('Tea is not coffee after all.');
    await workspace.screenshot('undo');
    await on.dialog.getByRole('button', { name: 'Undo — refund $150.00' }).click();
    await on.askedFor.getByText('3 of 5').waitFor();
    expect(await accountStatus(service, accounts['tealeaf.diary']!)).toBe('available');
    expect(await balanceOf(service, partner.organizationId)).toBe(55_000);
    expect((await poll()).assignedSocialAccountIds).not.toContain(accounts['tealeaf.diary']);
    await workspace.screenshot('undone');
  });

  it('closes it short, with a note to the partner', async () => {
    await page.getByRole('button', { name: 'Close short…' }).click();
    await on.dialog.getByText('keeps the 3 accounts assigned, at $450.00 a month').waitFor();
    await on.dialog.getByLabel('Reason, as the partner').selectOption('no_inventory');
    await on.dialog.getByLabel('Note, as the partner sees it').fill('Three were all we had; ask again in December.');
    await workspace.screenshot('close-short');
    await on.dialog.getByRole('button', { name: 'Close with 3 of 5' }).click();
    await page.getByText(/closed short (today|yesterday) .* \(no inventory\)/).waitFor();
    await on.dialog.waitFor({ state: 'detached' });
    expect(await on.assign.count()).toBe(0);
    await page.getByRole('navigation', { name: 'Console' }).getByLabel('2 open requests').waitFor();
    await workspace.screenshot('closed-short');
    await page.keyboard.press('Escape');
    await page.getByText('2 open requests want 13 accounts').waitFor();
    expect(await page.getByRole('table').getByText('Quinn Coffee').count()).toBe(0);
  });

  it('leaves the partner’s program with the outcome, three accounts and three charges', async () => {
    const three = ['morningpour', 'home.espresso.lab', 'latte.letters'].map((handle) => accounts[handle]!);
    expect(await poll()).toMatchObject({
      status: 'partial',
      count: 5,
      assignedCount: 3,
      assignedSocialAccountIds: three,
      note: 'Three were all we had; ask again in December.',
      outcomeReason: 'no_inventory',
      closedBy: 'staff',
    });
    const list = await call(service, 'GET', `/v1/projects/${partner.projectId}/leased-accounts`, {
      key: partner.apiKey,
    });
    expect(list.body.items.map((item: { socialAccountId: string }) => item.socialAccountId)).toEqual(three.reverse());
    expect(await balanceOf(service, partner.organizationId)).toBe(100_000 - 3 * 15_000);
    await expectCleanBooks(service);
  });
});
