import { describe, expect, it } from '@jest/globals';
import type { Route } from 'playwright-core';
import { OrganizationsService } from '../../src/partners/organizations.service.js';
import { aColleague } from '../http/admin/panel.js';
import { requestState } from '../support/ledger.js';
import { anAccount, aPartner, aRequest, aRequestThatFits, aStaffMember, manyAccounts } from '../support/makers.js';
import { Console, toRequestPath } from './support/console.js';
import { requestPage } from './support/workspace.js';

const panel = new Console('forms');

describe('A field that chooses another record', () => {
  it('takes no record of an older answer by Enter, and sends nothing for a name that was not chosen', async () => {
    await aPartner(panel.service, { name: 'Alpha' });
    const wanted = await aPartner(panel.service, { name: 'Alpha Beta' });
    await aPartner(panel.service, { name: 'Alpine' });
    const workspace = await panel.signIn('admin', 'Ann', '/resources/api-keys/actions/new');
    const { page } = workspace;
    const partner = page.getByRole('combobox', { name: 'Partner' });
    await partner.fill('Alp');
    await page.getByRole('option', { name: 'Alpine' }).waitFor();

    const held: Route[] = [];
    await page.route('**/search/Alpha%20Beta', (route) => void held.push(route));
    await partner.pressSequentially('ha Beta');
    await partner.press('Enter');
    expect(await partner.inputValue()).toBe('Alpha Beta');
    await page.getByRole('button', { name: 'Create' }).click();
    await Promise.all(held.map((route) => route.continue()));
    await page.unroute('**/search/Alpha%20Beta');
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[role="combobox"]')!.checkValidity());
    const countKeys = () =>
      panel.service.dataSource.query('SELECT organization_id FROM api_key WHERE name = $1', ['Mine']);
    expect(await countKeys()).toEqual([]);

    await partner.fill('Alp');
    await page.keyboard.press('Tab');
    await page.getByRole('status').getByText('3 match “Alp”.').waitFor();
    await page.getByLabel('Name').fill('Mine');
    await page.getByRole('button', { name: 'Create' }).click();
    await partner.fill('Alpha Bet');
    await page.keyboard.press('Tab');
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('[role="combobox"]')!.value === 'Alpha Beta',
    );
    expect(await countKeys()).toEqual([]);
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'The key “Mine”, shown only now' }).waitFor();
    expect(await countKeys()).toEqual([{ organization_id: wanted.organizationId }]);
  });

  it('filters by what the address says, after Back and by menu links too', async () => {
    const partner = await aPartner(panel.service, { name: 'Filtered & Co' });
    const workspace = await panel.signIn('admin', 'Bob', '/resources/projects');
    const { page } = workspace;
    await page.getByRole('button', { name: 'Filter' }).click();
    const field = page.getByRole('combobox', { name: 'Partner' });
    await field.fill('no such partner');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('status').getByText('No match for “no such partner”.').waitFor();
    expect(new URL(page.url()).search).toBe('');
    await field.fill('Filtered');
    await page.getByRole('option', { name: 'Filtered & Co' }).waitFor();
    await field.press('Enter');
    await page.getByText('Not applied yet').waitFor();
    await field.press('Enter');
    await page.getByRole('list', { name: 'Filtered by' }).getByText('Filtered & Co').waitFor();
    await workspace.screenshot('filtered-by');
    expect(new URL(page.url()).searchParams.get('filters.organizationId')).toBe(partner.organizationId);
    await page.goBack();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[role="combobox"]')!.value === '');
    await page.goForward();
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('[role="combobox"]')!.value === 'Filtered & Co',
    );
    await page.getByRole('link', { name: 'Remove filter: Partner' }).click();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[role="combobox"]')!.value === '');
    expect(await page.getByRole('list', { name: 'Filtered by' }).count()).toBe(0);
  });
});

describe('What is typed', () => {
  it('stays where somebody else has changed the record, which is told, and is saved on top of that', async () => {
    const { organizationId } = await aPartner(panel.service, { name: 'Contested', priceCents: 20_000 });
    const workspace = await panel.signIn('admin', 'Cem', `/resources/organizations/records/${organizationId}/edit`);
    const { page } = workspace;
    await page.getByLabel('Name', { exact: true }).fill('Contested, Inc.');
    const organizations = panel.service.app.get(OrganizationsService, { strict: false });
    const colleague = { ...(await aStaffMember(panel.service, 'admin')), name: 'Dora' };
    await organizations.update(colleague, { organizationId, priceCents: 12_000, reason: 'Agreed' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByRole('alert')
      .getByText('Dora changed this after you opened it: price from $200.00 to $120.00.')
      .waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Contested, Inc.');
    expect(await page.getByLabel(/price/i).inputValue()).toBe('120.00');
    await workspace.screenshot('changed-meanwhile');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Contested, Inc.' }).waitFor();
    const [saved] = await panel.service.dataSource.query('SELECT name, price_cents FROM organization WHERE id = $1', [
      organizationId,
    ]);
    expect(saved).toEqual({ name: 'Contested, Inc.', price_cents: 12_000 });
  });

  it('stays while a note is being saved, on the request and in the queue', async () => {
    const request = await aRequest(panel.service, await aPartner(panel.service), { vertical: 'typing' });
    const workspace = await panel.signIn('operator', 'Eve');
    const { page } = workspace;
    const held: Route[] = [];
    const noteCalls = '**/lease-requests/records/*/note';
    await page.route(noteCalls, (route) => void held.push(route));
    const release = async () => {
      while (held.length === 0) await page.waitForRequest(noteCalls);
      await held.pop()!.continue();
    };
    await workspace.goTo(toRequestPath(request));
    const text = requestPage(page).noteText;
    await text.fill('Called them.');
    await text.press('Control+Enter');
    await page.getByRole('button', { name: 'Saving…' }).waitFor();
    await text.pressSequentially(' They call back.');
    await release();
    await page.getByText('Note added.', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Add', exact: true }).waitFor();
    expect(await text.inputValue()).toBe('They call back.');

    await workspace.goTo('?vertical=typing');
    await page.locator(`#${request.id}`).waitFor();
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Internal note').fill('First.');
    await page.keyboard.press('Control+Enter');
    await dialog.getByRole('button', { name: 'One moment…' }).waitFor();
    await dialog.getByLabel('Internal note').pressSequentially(' Second.');
    await release();
    await dialog.getByRole('button', { name: 'Add note' }).waitFor();
    expect(await dialog.getByLabel('Internal note').inputValue()).toBe('Second.');
    await page.unroute(noteCalls);
  });

  it('is left to an input method while it composes', async () => {
    const workspace = await panel.signIn('admin', 'Fei', '/resources/social-accounts/actions/new');
    const { page } = workspace;
    const words = page.getByLabel('Verticals');
    await words.fill('こーひー');
    await words.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    await words.dispatchEvent('keydown', { key: 'Enter', keyCode: 229 });
    expect([await words.inputValue(), await page.getByRole('button', { name: /^Remove/ }).count()]).toEqual([
      'こーひー',
      0,
    ]);
    await words.press('Enter');
    await page.getByRole('button', { name: 'Remove こーひー' }).waitFor();
    await workspace.goTo('/pages/dashboard');
    await page.getByRole('heading', { level: 1 }).waitFor();
    for (const keys of [{ isComposing: true }, { keyCode: 229 }])
      await page.locator('body').dispatchEvent('keydown', { key: '?', bubbles: true, ...keys });
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});

describe('Somebody who is looking for something', () => {
  it('gets to a link after signing in, and back in from a page that was open when the session ended', async () => {
    const { partner } = await aRequestThatFits(panel.service, { vertical: 'links', name: 'Link & Co' });
    const colleague = await aColleague(panel.service, 'viewer', 'Gil');
    const workspace = await panel.open('link');
    const { page } = workspace;
    const place = `/resources/organizations/records/${partner.organizationId}/show`;
    await workspace.goTo(place);
    await page.getByLabel('Email').fill(colleague.email);
    await page.getByLabel('Password').fill(colleague.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Link & Co' }).waitFor();
    expect(page.url()).toBe(`${panel.service.baseUrl}/admin${place}`);
    await workspace.goTo('?view=mine');
    await page.getByRole('button', { name: /^Blocked/ }).waitFor();
    await workspace.endSessions();
    workspace.ignoreErrors(/401/);
    await page.getByRole('button', { name: /^Blocked/ }).click();
    const signIn = page.getByRole('alert').getByRole('link', { name: 'Sign in' });
    await signIn.waitFor();
    expect([await signIn.getAttribute('href'), await signIn.getAttribute('target')]).toEqual([
      `/admin/login?${new URLSearchParams({ next: '/admin?view=blocked' }).toString()}`,
      '_blank',
    ]);
  });

  it('is told how many match, and gets to all of them and to pages by name', async () => {
    const partner = await aPartner(panel.service, { name: 'Many Wishes' });
    for (let n = 0; n < 7; n += 1) await aRequest(panel.service, partner, { vertical: 'wishing' });
    const workspace = await panel.signIn('operator', 'Hana', '/pages/dashboard');
    const { page } = workspace;
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('many wish');
    const dialog = page.getByRole('dialog', { name: 'Search' });
    await dialog.getByText('6 of 8 matches shown').waitFor();
    expect(await dialog.getByRole('option').first().innerText()).toContain('3 × wishing for Many Wishes');
    await workspace.screenshot('search-some');
    await page.keyboard.press('ArrowUp');
    for (let n = 0; n < 6; n += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('8 found').waitFor();
    expect(await page.getByRole('option').count()).toBe(8);
    await workspace.screenshot('search-all');
    await page.getByRole('combobox').fill('renew');
    await page.getByRole('option', { name: 'Renewals' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/pages/renewals');
  });
});

describe('The page of a request', () => {
  it('shows the partner’s reply above everything until somebody has read it, and assigns nothing before', async () => {
    const { partner, request } = await aRequestThatFits(panel.service, { vertical: 'replies', language: 'en-US' });
    await anAccount(panel.service, { handle: 'british.one', verticals: ['replies'], language: 'en-GB' });
    await anAccount(panel.service, { handle: 'italian.one', verticals: ['replies'], language: 'it' });
    const reply = await fetch(`${panel.service.baseUrl}/v1/leased-accounts/requests/${request.requestId}/notes`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${partner.apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ body: 'Adults only, please.' }),
    });
    expect(reply.status).toBe(201);
    const workspace = await panel.signIn('operator', 'Ines', toRequestPath(request));
    const { page } = workspace;
    const strip = page.getByRole('region', { name: 'The partner replied' });
    await strip.getByText('Adults only, please.').waitFor();
    const on = requestPage(page);
    expect(await on.preview.innerText()).toContain('Read the partner’s reply first');
    expect(await on.fitting.innerText()).toMatch(/~ English \(United Kingdom\), close to English \(United States\)/);
    expect(await on.nearly.innerText()).toMatch(/✕ Italian, not English \(United States\)/);
    await workspace.screenshot('reply');
    await page.keyboard.press('r');
    await strip.waitFor({ state: 'detached' });
    await on.assign.waitFor();
    await workspace.goTo(toRequestPath(request));
    await on.assign.waitFor();
    expect(await strip.count()).toBe(0);
  });

  it('scrolls no further than it reaches', async () => {
    const { request } = await aRequestThatFits(panel.service, { vertical: 'scrolling' });
    for (let n = 0; n < 12; n += 1) await anAccount(panel.service, { verticals: ['scrolling'] });
    const workspace = await panel.signIn('operator', 'Jana');
    const { page } = workspace;
    await page.setViewportSize({ width: 1280, height: 600 });
    await workspace.goTo(toRequestPath(request));
    await requestPage(page).assign.waitFor();
    const showAll = page.getByRole('button', { name: /^Show all/ });
    await showAll.click();
    for (const key of ['End', 'PageDown', 'PageDown']) await page.keyboard.press(key);
    await page.mouse.move(20, 300);
    await page.mouse.wheel(0, 5_000);
    await page.waitForFunction(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))),
    );
    const { scrolled, height, reach } = await page.evaluate(() => ({
      scrolled: window.scrollY,
      height: window.innerHeight,
      reach: document.documentElement.scrollHeight,
    }));
    expect([scrolled, reach]).toEqual([0, height]);
  });
});

describe('What an action came to', () => {
  it('is told in one place, where several assignments are undone at once without a reason; a refused key says why', async () => {
    const { request } = await aRequestThatFits(panel.service, { count: 3, vertical: 'undoing', walletCents: 100_000 });
    for (const handle of ['undo.one', 'undo.two']) await anAccount(panel.service, { handle, verticals: ['undoing'] });
    const workspace = await panel.signIn('operator', 'Kim', toRequestPath(request));
    const { page } = workspace;
    const on = requestPage(page);
    await on.assign.waitFor();
    const done = page.getByRole('status', { name: 'Notifications' });
    await page.keyboard.press('u');
    await on.refusal.getByText('No assignment of this request can be undone.').waitFor();
    for (const key of ['Space', 'j', 'Space', 'a']) await page.keyboard.press(key);
    await on.dialog.waitFor();
    await page.keyboard.press('Enter');
    await done.getByText('2 accounts assigned, $300.00 charged.').waitFor();
    await workspace.screenshot('undo');
    await done.getByRole('button', { name: 'Undo' }).click();
    await done.getByText('2 assignments undone and refunded.').waitFor();
    expect(await requestState(panel.service, request.id)).toMatchObject({ assignedCount: 0 });
    // The page shows the version that the undo left.
    await on.whatHappened
      .getByText(/undid the assignment/)
      .nth(1)
      .waitFor();
    await on.assign.waitFor();
    await page.keyboard.press('e');
    await on.dialog.getByLabel(/^Reason/).selectOption('policy');
    await on.dialog.getByLabel(/^Note/).fill('Not this time.');
    await page.keyboard.press('Control+Enter');
    await done.getByText('Rejected; the note is visible to the partner.').waitFor();
    await on.dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('a');
    await page.getByRole('alert').getByText('This request is closed.').waitFor();
  });
});

describe('The keyboard', () => {
  it('begins at the heading of each page, walks the rows of every list, and submits every form', async () => {
    const { organizationId } = await aPartner(panel.service, { name: 'AAA Rows' });
    await aPartner(panel.service, { name: 'AAB Rows' });
    const workspace = await panel.signIn('admin', 'Lea');
    const { page } = workspace;
    await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Wallets' }).click();
    await page.waitForFunction(() => document.activeElement?.matches('main h1'));
    expect(await page.evaluate(() => document.activeElement!.textContent)).toContain('Wallets');
    const links = page.locator('main tbody tr td:first-child a');
    await links.nth(1).waitFor();
    const href = await links.first().getAttribute('href');
    for (const key of ['j', 'j', 'k']) await page.keyboard.press(key);
    await page.waitForFunction((first) => document.activeElement?.getAttribute('href') === first, href);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${href}`);
    await page.waitForFunction(() => document.activeElement?.matches('main h1'));
    await workspace.goTo(`/resources/wallets/records/${organizationId}/edit`);
    await page.getByLabel(/^Low-balance threshold/).fill('250');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Saved: a balance below $250.00 is marked as low.').waitFor();

    await workspace.goTo(`/resources/api-keys/actions/new?organizationId=${organizationId}`);
    await page.getByLabel('Name').fill('Focus');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'The key “Focus”, shown only now' }).waitFor();
    expect(await page.evaluate(() => document.activeElement!.textContent)).toBe('Copy');

    await workspace.goTo(`/resources/organizations/records/${organizationId}/show`);
    await page.getByRole('link', { name: 'Create sandbox' }).click();
    await page.waitForFunction(() => document.activeElement?.matches('main h1'));
    await page.getByRole('heading', { name: 'Create a sandbox for AAA Rows?' }).waitFor();
    const isCreated = page.waitForResponse('**/createSandbox');
    await page.keyboard.press('Control+Enter');
    expect((await isCreated).status()).toBe(200);
  });

  it('keeps the heads of a long list in sight', async () => {
    await manyAccounts(panel.service, 60, 'heads');
    const workspace = await panel.signIn('viewer', 'Mo');
    const { page } = workspace;
    for (const width of [1600, 1024]) {
      await page.setViewportSize({ width, height: 700 });
      await workspace.load('/resources/social-accounts?filters.verticals=heads&perPage=50');
      const rows = page.locator('main tbody tr');
      await rows.nth(9).waitFor();
      await rows.last().scrollIntoViewIfNeeded();
      const head = (await page.locator('main thead th').first().boundingBox())!;
      expect([width, head.y >= 0 && head.y < 400]).toEqual([width, true]);
    }
  });
});
