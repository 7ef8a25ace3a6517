import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { makeDemoOnce, type Demo } from '../../src/demo/make-demo.js';
import { startTestApp, testSettings, type TestApp } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';
import { axeViolations } from './support/axe.js';
import { startChromium } from './support/chromium.js';
import { Workspace } from './support/workspace.js';
import { findUnreachable } from './support/keyboard.js';

let service: TestApp;
let browser: Browser;
let demo: Demo;
let workspace: Workspace;
let page: Page;

beforeAll(async () => {
  const database = await createTestDatabase();
  demo = (await makeDemoOnce(testSettings(database.url)))!;
  const [app, chromium] = await Promise.all([startTestApp({}, database.url), startChromium()]);
  service = { ...app, close: () => app.close().then(database.drop) };
  browser = chromium;
  workspace = await Workspace.open(browser, service, 'accessible');
  page = workspace.page;
  await workspace.signIn(demo.signIns.find(({ role }) => role === 'admin')!);
});
afterAll(async () => {
  await browser.close();
  await service.close();
});

/**
 * What whoever uses the keyboard, a screen reader or another time zone would stumble over on the page as it is.
 * @param part that axe looks at
 */
async function barriers(part?: string): Promise<string[]> {
  await workspace.settle();
  return [
    ...(await axeViolations(page, part)),
    ...(await findUnreachable(page)),
    ...(await page.evaluate(timesWithoutUtc)),
    ...((await page.title()).endsWith('Lease console') ? [] : [`title: ${await page.title()}`]),
  ];
}

/** Runs in the page. */
function timesWithoutUtc(): string[] {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  while (texts.nextNode()) {
    const around = texts.currentNode.parentElement!;
    // What somebody wrote, and what is in UTC already, stays as it is.
    const isMeant = /\b([01]?\d|2[0-3]):[0-5]\d\b/.test(texts.currentNode.nodeValue ?? '');
    if (!isMeant || around.closest('script, style, pre, .lc-prose') || / UTC/.test(around.textContent ?? '')) continue;
    if (!/UTC/.test(around.closest('[title]')?.getAttribute('title') ?? '')) {
      found.push(`no UTC on hover: ${around.outerHTML.slice(0, 160)}`);
    }
  }
  const unnamed = [...document.querySelectorAll('time')].filter((time) => !/ UTC$/.test(time.title));
  return [...found, ...unnamed.map((time) => `no UTC on hover: ${time.outerHTML.slice(0, 120)}`)];
}

/** The id of one record for which that holds. */
async function idOf(table: string, condition = 'true'): Promise<string> {
  const [found] = await service.dataSource.query(`SELECT id FROM ${table} WHERE ${condition} ORDER BY id LIMIT 1`);
  return found.id as string;
}

const record = async (resource: string, action: string, table: string, condition?: string) =>
  `/resources/${resource}/records/${await idOf(table, condition)}/${action}`;
const wallet = async (action: string) =>
  `/resources/wallets/records/${await idOf('organization', "name LIKE 'Quinn%'")}/${action}`;

const resources = ['lease-requests', 'social-accounts', 'leases', 'organizations', 'projects', 'api-keys', 'wallets'];
resources.push('ledger-transfers', 'request-notes', 'verticals', 'audit-events', 'staff');

/** Each page of the panel: its address, and what stands on it once it is there. */
const pages: [name: string, place: () => Promise<string> | string, there: string][] = [
  ['the queue', () => '/pages/queue', '.lc-keys, table'],
  ['an empty view of the queue', () => '/pages/queue?q=nobody+asked+for+this', '.lc-empty'],
  ['the dashboard', () => '/pages/dashboard', 'svg'],
  ['the search', () => '/pages/search?q=coffee', 'main'],
  ['an open request', () => record('lease-requests', 'fulfil', 'lease_request', "status = 'requested'"), '.lc-keys'],
  ['a final request', () => record('lease-requests', 'fulfil', 'lease_request', "status = 'assigned'"), '.lc-keys'],
  ...resources.map((resource): [string, () => string, string] => [
    `the list of ${resource}`,
    () => `/resources/${resource}`,
    'tbody tr',
  ]),
  ['a list where nothing matches', () => '/resources/leases?filters.handle=nobody', '.lc-empty'],
  ['a partner', () => record('organizations', 'show', 'organization', "name LIKE 'Quinn%'"), 'dl'],
  ['a partner’s form', () => record('organizations', 'edit', 'organization'), 'form'],
  ['suspending a partner', () => record('organizations', 'suspend', 'organization', 'suspended_at IS NULL'), 'form'],
  ['a new partner', () => '/resources/organizations/actions/new', 'form'],
  ['a project', () => record('projects', 'show', 'project'), 'dl'],
  ['a new project', () => '/resources/projects/actions/new', 'form'],
  ['a key', () => record('api-keys', 'show', 'api_key'), 'dl'],
  ['a new key', () => '/resources/api-keys/actions/new', 'form'],
  ['killing a key', () => record('api-keys', 'kill', 'api_key', 'killed_at IS NULL AND revoked_at IS NULL'), 'form'],
  ['revoking a key', () => record('api-keys', 'revoke', 'api_key', 'revoked_at IS NULL'), 'form'],
  ['a wallet with its statement', () => wallet('show'), 'table'],
  ['a top-up', () => wallet('topUp'), 'form'],
  ['an adjustment', () => wallet('adjust'), 'form'],
  ['an account', () => record('social-accounts', 'show', 'social_account', "status = 'assigned'"), 'dl'],
  ['an account’s form', () => record('social-accounts', 'edit', 'social_account', "status = 'available'"), 'form'],
  ['a new account', () => '/resources/social-accounts/actions/new', 'form'],
  ['the import', () => '/resources/social-accounts/actions/import', 'input[type="file"]'],
  ['a lease', () => record('leases', 'show', 'lease', "status = 'active'"), 'dl'],
  ['disconnecting a lease', () => record('leases', 'disconnect', 'lease', "status = 'active'"), 'form'],
  ['a transfer', () => record('ledger-transfers', 'show', 'ledger_transfer'), 'dl'],
  ['a note', () => record('request-notes', 'show', 'request_note'), 'dl'],
  [
    'an event of the trail',
    () => record('audit-events', 'show', 'audit_event', "type = 'lease_request.assigned'"),
    'dl',
  ],
  ['a colleague', () => record('staff', 'show', 'staff_user', "role = 'viewer'"), 'dl'],
  ['a colleague’s form', () => record('staff', 'edit', 'staff_user', "role = 'viewer'"), 'form'],
  ['a new colleague', () => '/resources/staff/actions/new', 'form'],
  ['an invitation', () => '/resources/staff/actions/invite', 'form'],
];

describe('With the keyboard alone, a screen reader, and another time zone', () => {
  it.each(pages)('%s has no barrier, plain words alone, and nothing that overflows', async (_name, place, there) => {
    await workspace.follow(await place());
    await page.locator(there).first().waitFor();
    expect(await barriers()).toEqual([]);
    await workspace.expectPlainWords();
    await workspace.expectNoOverflow();
    await workspace.expectNarrowFits();
  });

  it('the own account, which is a document of its own, has none either', async () => {
    await workspace.goTo('/account');
    await page.locator('#password').waitFor();
    expect(await barriers()).toEqual([]);
    await workspace.expectPlainWords();
    await workspace.expectNoOverflow();
    await workspace.goTo('/pages/queue');
    await page.locator('tbody tr').first().waitFor();
  });

  it('the narrow rail and the pages beside it have none', async () => {
    await page.setViewportSize({ width: 1280, height: 860 });
    for (const place of ['/pages/queue', '/pages/dashboard', '/resources/staff']) {
      await workspace.follow(place);
      await page.locator('main table, main .lc-tile').first().waitFor();
      expect([place, await barriers()]).toEqual([place, []]);
    }
    await page.setViewportSize({ width: 1600, height: 960 });
  });

  it('what is not there has none, and leads back', async () => {
    const places = ['/resources/nothing', '/pages/nothing', '/nowhere', '/resources/leases/records/nothing/show'];
    places.push('/resources/lease-requests/records/nothing/fulfil', '/resources/leases/records/nothing/nothing');
    for (const place of places) {
      await workspace.goTo(place);
      await page
        .getByText(/There is no such|was not found|not possible here/)
        .first()
        .waitFor();
      expect([place, await barriers()]).toEqual([place, []]);
      const onward = page.getByRole('link', { name: /^(Back to the (console|queue)|To the queue)$/ });
      expect([place, await onward.count()]).toEqual([place, 1]);
    }
  });

  it('a list, a record and a form name the keys that work there, each page in one bar', async () => {
    const places = ['/resources/wallets', '/resources/social-accounts', '/resources/projects', '/pages/month'];
    places.push(await wallet('show'), await wallet('topUp'), '/resources/organizations/actions/new');
    const bar = page.getByRole('region', { name: 'Keys that work here' }).and(page.locator(':visible'));
    const help = page.getByRole('dialog', { name: 'Keys that work here' });
    for (const place of places) {
      await workspace.follow(place);
      await page.evaluate(() => (document.activeElement as HTMLElement).blur());
      expect([place, await bar.innerText()]).toEqual([place, expect.stringMatching(/search[^]*all keys/)]);
      await page.keyboard.press('?');
      await help.getByText('show these keys').waitFor();
      await page.keyboard.press('?');
      await help.waitFor({ state: 'detached' });
    }
    for (const place of ['/pages/queue', '/pages/dashboard', '/pages/renewals', '/pages/search']) {
      await workspace.follow(place);
      await page.locator('main [aria-label="Keys that work here"]').waitFor();
      expect([place, await bar.count()]).toEqual([place, 1]);
    }
  });

  it('a form has the focus in its first field, where a question mark is text', async () => {
    const fields: [place: string, field: string | RegExp][] = [
      [await record('api-keys', 'revoke', 'api_key', 'revoked_at IS NULL'), /to confirm/],
      [await record('api-keys', 'kill', 'api_key', 'killed_at IS NULL AND revoked_at IS NULL'), /to confirm/],
      ['/resources/api-keys/actions/new', 'Partner'],
      [await record('social-accounts', 'quarantine', 'social_account', "status = 'available'"), 'Reason'],
      [await record('social-accounts', 'edit', 'social_account', "status = 'available'"), 'Handle'],
      [await wallet('topUp'), 'Amount in dollars'],
      [await wallet('adjust'), 'Amount in dollars'],
    ];
    for (const [place, name] of fields) {
      await workspace.goTo(place);
      const field = page.locator('form.lc-form').getByLabel(name, { exact: true }).and(page.locator(':focus'));
      await field.waitFor();
      await page.keyboard.press('End');
      await page.keyboard.press('?');
      expect([place, await field.inputValue()]).toEqual([place, expect.stringMatching(/[?]$/)]);
    }
  });

  it('every page begins with a way past the menu', async () => {
    const skip = page.getByRole('link', { name: 'Skip to the page' });
    for (const place of ['/pages/queue', '/resources/wallets']) {
      await workspace.load(place);
      await workspace.settle();
      await page.keyboard.press('Tab');
      expect(await skip.evaluate((link) => link === document.activeElement)).toBe(true);
      await page.keyboard.press('Enter');
      await page.locator('main:focus').waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.querySelector('main')!.contains(document.activeElement))).toBe(true);
    }
  });

  it('a filter takes a number as the list writes it, and says in words what is none', async () => {
    await workspace.goTo('/resources/social-accounts');
    await page.getByRole('button', { name: 'Filter' }).click();
    const from = page.getByLabel('Followers from');
    await from.fill('10k');
    await from.press('Enter');
    await page.getByText('Followers from: “10k” is not a whole number. Write it like 10,000.').waitFor();
    expect(await barriers()).toEqual([]);
    await from.fill('10,000');
    await from.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('filters.followers~~from') === '10000');
    await workspace.settle();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('an amount that is too large names the most at once', async () => {
    await workspace.goTo(await wallet('topUp'));
    const most = page.getByText('At most $10,000,000,000.00');
    for (const typed of ['999999999999999', '10,000,000,000.01']) {
      await page.getByLabel('Amount in dollars').fill(typed);
      await most.first().waitFor();
      expect([typed, await page.getByText(/The amount is not valid/).count()]).toEqual([typed, 0]);
    }
  });

  it('an open filter and a form that was refused have none', async () => {
    await workspace.goTo('/resources/social-accounts');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('button', { name: 'Apply' }).waitFor();
    expect(await barriers()).toEqual([]);
    await workspace.goTo('/resources/social-accounts/actions/new');
    await page.getByLabel('Handle', { exact: false }).first().fill('no handle at all');
    await page.getByLabel('Followers').fill('many');
    await page.getByLabel('Language').fill('x');
    await page.getByLabel('Verticals').fill('coffee');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('alert').waitFor();
    expect(await barriers()).toEqual([]);
  });

  it('the preview of an import has none', async () => {
    await workspace.goTo('/resources/social-accounts/actions/import');
    const lines = ['handle,followers,vertical,language,geo,status', 'one.good,1200,coffee,en,US|CA,available'];
    lines.push('bad followers,many,coffee,en,US,available', 'nowhere,5,coffee,en,XX,available');
    await page.setInputFiles('input[type="file"]', {
      name: 'accounts.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(lines.join('\n')),
    });
    await page
      .getByText(/2 (bad )?lines/)
      .first()
      .waitFor();
    expect(await barriers()).toEqual([]);
  });

  it('the request with a marked account, its question and its preview have none', async () => {
    await workspace.goTo(await record('lease-requests', 'fulfil', 'lease_request', workable));
    await page.getByRole('list', { name: 'Accounts that fit' }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('region', { name: 'The next assignment' }).waitFor();
    expect(await barriers()).toEqual([]);
  });
});

/** Open, nobody's, with accounts that fit and money for them. */
const workable = `status = 'requested' AND blocker IS NULL AND claimed_by IS NULL
  AND organization_id = (SELECT id FROM organization WHERE name LIKE 'Quinn%')`;

/** What opens each dialog: where, what is there then, and by which keys or button. */
const dialogs: [name: string, place: () => Promise<string> | string, there: string, opening: string][] = [
  ['the queue’s keys', () => '/pages/queue', 'tbody tr', '?'],
  ['a note from the queue', () => '/pages/queue', 'tbody tr', 'n'],
  ['blocking several', () => '/pages/queue', 'tbody tr', 'x j x Block…'],
  ['rejecting several', () => '/pages/queue', 'tbody tr', 'x j x Reject…'],
  ['the search from everywhere', () => '/resources/leases', 'tbody tr', 'Control+k'],
  ['the request’s keys', () => record('lease-requests', 'fulfil', 'lease_request', workable), '.lc-keys', '?'],
  ['closing short', () => record('lease-requests', 'fulfil', 'lease_request', partly), '.lc-keys', 'Close short…'],
  ['rejecting', () => record('lease-requests', 'fulfil', 'lease_request', untouched), '.lc-keys', 'Reject…'],
  ['a new password', () => record('staff', 'show', 'staff_user', "role = 'viewer'"), 'dl', 'New password…'],
  ['a link', () => record('staff', 'show', 'staff_user', "role = 'viewer'"), 'dl', 'Reset password by link…'],
  ['disabling', () => record('staff', 'show', 'staff_user', "role = 'viewer'"), 'dl', 'Disable…'],
];
const partly = "status = 'requested' AND assigned_count > 0 AND claimed_by IS NULL";
const untouched = "status = 'requested' AND assigned_count = 0 AND claimed_by IS NULL";

describe('A page whose data cannot be read', () => {
  const places: [name: string, place: () => Promise<string> | string][] = [
    ['the queue', () => '/pages/queue'],
    ['the dashboard', () => '/pages/dashboard'],
    ['a request', () => record('lease-requests', 'fulfil', 'lease_request', workable)],
    ['a list', () => '/resources/leases'],
    ['a record', () => record('leases', 'show', 'lease')],
    ['a partner', () => record('organizations', 'show', 'organization')],
    ['a wallet', () => wallet('show')],
    ['an account', () => record('social-accounts', 'show', 'social_account')],
  ];

  it.each(places)('says so and what to do next: %s', async (_name, place) => {
    const address = await place();
    await workspace.follow('/pages/search');
    await page.route('**/admin/api/**', (route) => route.abort());
    try {
      await workspace.follow(address);
      await page
        .getByRole('alert')
        .getByText(/again|later|in a moment/)
        .first()
        .waitFor();
      expect(await page.getByText(/Nothing (here|is waiting)|queue is empty|No request is open/).count()).toBe(0);
      expect(await barriers()).toEqual([]);
    } finally {
      await page.unroute('**/admin/api/**');
    }
  });
});

describe('A dialog', () => {
  it.each(dialogs)(
    'of %s holds the focus, has no barrier, and Esc gives the focus back',
    async (_, place, there, opening) => {
      await workspace.follow(await place());
      await page.locator(there).first().waitFor();
      const steps = /^(?:(\S+ )*)([A-Z]\S* ?.*…)$/.exec(opening);
      const button = steps ? page.getByRole('button', { name: steps[2]! }) : null;
      const keys = steps ? opening.slice(0, -steps[2]!.length).trim() : opening;
      for (const key of keys.split(' ').filter((one) => one !== '')) await page.keyboard.press(key);
      await button?.focus();
      if (button) await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      expect(await focusIsInside(page)).toBe(true);
      // The page behind it has a test of its own.
      expect(await barriers('dialog[open]')).toEqual([]);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      if (button) expect(await button.evaluate((one) => one === document.activeElement)).toBe(true);
    },
  );
});

const focusIsInside = (on: Page) =>
  on.evaluate(() => document.querySelector('dialog[open]')?.contains(document.activeElement) ?? false);

describe('This test', () => {
  it('finds a barrier where there is one', async () => {
    await workspace.goTo('/pages/queue');
    await page.locator('tbody tr').first().waitFor();
    await page.evaluate(() => {
      document.querySelector('main')!.insertAdjacentHTML(
        'beforeend',
        `<button tabindex="-1">For the mouse</button><button tabindex="3">First of all</button><time>noon</time><p>at 14:32</p>
         <button style="outline: none">Unseen</button><button></button><p style="color: #ddd">Too pale</p>`,
      );
      document.title = 'Untitled';
    });
    const found = (await barriers()).join('\n');
    for (const barrier of [
      ...['out of reach: <button tabindex="-1"', 'positive tabindex: <button tabindex="3"', 'no UTC on hover: <time'],
      'no UTC on hover: <p>at 14:32',
      ...['no focus ring: <button style', 'button-name', 'color-contrast', 'title: Untitled'],
    ]) {
      expect(found).toContain(barrier);
    }
  });
});
