import type { LeaseRequestId } from '../../src/core/ids.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ClaimsService } from '../../src/lease-requests/claims.service.js';
import { FulfillmentService } from '../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../src/fulfillment/review.service.js';
import type { Role } from '../../src/authorization/roles.js';
import { aColleague } from '../http/admin/panel.js';
import { startPanelApp, type TestApp } from '../support/app.js';
import { expectCleanBooks, requestState } from '../support/ledger.js';
import { aPartner, aRequest, aRequestThatFits, aStaffMember, anAccount, topUp } from '../support/makers.js';
import { axeViolations } from './support/axe.js';
import { startChromium } from './support/chromium.js';
import { Desk, requestPage } from './support/workspace.js';

let service: TestApp;
let browser: Browser;
const desks: Desk[] = [];

beforeAll(async () => {
  [service, browser] = await Promise.all([startPanelApp(), startChromium()]);
});
afterEach(async () => {
  const faults = desks.flatMap((desk) => desk.faults);
  await Promise.all(desks.splice(0).map((desk) => desk.close()));
  await service.dataSource.query(
    "UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL WHERE status = 'requested'",
  );
  expect(faults).toEqual([]);
  await expectCleanBooks(service);
});
afterAll(async () => {
  await browser.close();
  await service.close();
});

async function at(role: Role, name: string): Promise<Desk> {
  const [desk, colleague] = await Promise.all([
    Desk.open(browser, service, `console-${name}`),
    aColleague(service, role, name),
  ]);
  desks.push(desk);
  await desk.signIn(colleague);
  return desk;
}

const placeOf = (request: { id: string }) => `/resources/lease-requests/records/${request.id}/fulfil`;
const rowOf = (desk: Desk, id: string) => desk.page.locator(`#${id}`);

/** Runs in the page: whether all of that stands in the window, above the keys at its foot. */
function isWhole(selector: string): boolean {
  const { top, bottom } = document.querySelector(selector)!.getBoundingClientRect();
  return top >= 0 && bottom <= document.querySelector('.lc-keys')!.getBoundingClientRect().top;
}

/** Waits until the queue shows what its address asks for, and that is so many rows. */
async function queueShows({ page }: Desk, count: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('[aria-busy="false"] > * > .lc-queue > tbody > tr').length === wanted,
    count,
  );
}

/** Waits until this row or candidate is selected and stands between these edges, to the pixel. */
async function standsBetween({ page }: Desk, id: string, above: string | null, below: string): Promise<void> {
  await page.waitForFunction(
    ([itsId, upper, lower]) => {
      const one = document.getElementById(itsId!);
      if (!one) return false;
      const { top, bottom } = one.getBoundingClientRect();
      const edge = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
      const floor = edge(lower!);
      const ceiling = upper === null ? 0 : edge(upper!)?.bottom;
      return one.classList.contains('on') && floor && top > ceiling! - 1 && bottom < floor.top + 1;
    },
    [id, above, below] as const,
  );
}

/** Runs in the page: whether there is more in it than can be seen. */
const isCut = (element: Element): boolean => element.scrollWidth > element.clientWidth;

describe('The console', () => {
  it('is cleared with the keyboard alone: found, claimed, three marked and assigned, the next one opened', async () => {
    const { request, partner } = await aRequestThatFits(service, {
      count: 3,
      vertical: 'archery',
      name: 'Longbow Ltd',
    });
    for (let n = 1; n <= 4; n += 1) {
      await anAccount(service, { handle: `arrow.${n}`, verticals: ['archery'], followers: 1_000 * (10 - n) });
    }
    const other = await aRequest(service, partner, { vertical: 'archery', count: 2 });
    const desk = await at('operator', 'Ana');
    const { page } = desk;
    await rowOf(desk, request.id).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(request.id);
    await page.getByRole('option', { name: /Longbow Ltd/ }).waitFor();
    await page.keyboard.press('Enter');
    const on = requestPage(page);
    await on.assign.waitFor();
    await page.keyboard.press('c');
    await page.getByText(/^you hold it until \d\d:\d\d$/).waitFor();
    await on.assign.waitFor();
    await page.keyboard.press('Space');
    await page.keyboard.press('a');
    expect(await on.dialog.innerText()).toContain('Assign 1 — $150.00');
    await page.keyboard.press('Escape');
    await on.dialog.waitFor({ state: 'hidden' });
    expect(await requestState(service, request.id)).toMatchObject({ assignedCount: 0 });
    for (const key of ['j', 'Space', 'j', 'Space', 'j', 'Space']) await page.keyboard.press(key);
    await page.getByText('3 accounts are still wanted and marked; unmark one first.').waitFor();
    expect(await on.preview.innerText()).toContain('$1,000.00 → $550.00');
    await desk.keep('marked');
    await page.keyboard.press('a');
    expect(await on.dialog.innerText()).toContain('Assign 3 — $450.00');
    await page.keyboard.press('Enter');
    await on.assigned.getByText('@arrow.3').waitFor();
    expect(await requestState(service, request.id)).toMatchObject({ status: 'assigned', assignedCount: 3 });
    await desk.keep('assigned');
    await page.keyboard.press('Escape');
    await rowOf(desk, other.id).waitFor();
    expect(await rowOf(desk, request.id).count()).toBe(0);
    await desk.goTo(placeOf(other));
    await on.assign.waitFor();
    await page.keyboard.press('e');
    await page.getByRole('dialog', { name: 'Reject this request' }).waitFor();
  });

  it('stops at the first refusal of several and says what was and was not done', async () => {
    const { request } = await aRequestThatFits(service, { count: 3, vertical: 'fencing', walletCents: 100_000 });
    const accounts: { id: string; handle: string }[] = [];
    for (const handle of ['foil.one', 'foil.two', 'foil.three']) {
      accounts.push(await anAccount(service, { handle, verticals: ['fencing'], followers: 9_000 - accounts.length }));
    }
    const desk = await at('operator', 'Bea');
    const { page } = desk;
    await desk.goTo(placeOf(request));
    const on = requestPage(page);
    await on.assign.waitFor();
    for (const key of ['Space', 'j', 'Space', 'j', 'Space', 'a']) await page.keyboard.press(key);
    await on.dialog.waitFor();
    await service.dataSource.query("UPDATE social_account SET status = 'retired' WHERE id = $1", [accounts[1]!.id]);
    await page.keyboard.press('Enter');
    await on.refusal.waitFor();
    expect(await on.refusal.innerText()).toMatch(
      /1 account assigned: @foil\.one\. Stopped at @foil\.two: .* Not assigned: @foil\.two, @foil\.three\./s,
    );
    expect(await requestState(service, request.id)).toMatchObject({ assignedCount: 1, status: 'requested' });
  });

  it('keeps two colleagues from one request: the claim shows without a reload, is taken over on a word, a stale page says so', async () => {
    const { request } = await aRequestThatFits(service, { count: 2, vertical: 'rowing', name: 'Oarsome' });
    await anAccount(service, { handle: 'oar.one', verticals: ['rowing'] });
    await anAccount(service, { handle: 'oar.two', verticals: ['rowing'], followers: 5 });
    const [ana, jo] = await Promise.all([at('operator', 'Cleo'), at('operator', 'Dan')]);
    await rowOf(jo, request.id).waitFor();
    await ana.goTo(placeOf(request));
    await requestPage(ana.page).assign.waitFor();
    await ana.page.keyboard.press('c');
    await ana.page.getByText(/^you hold it until/).waitFor();
    await rowOf(jo, request.id)
      .getByText(/Cleo, 1\d min/)
      .waitFor();

    await jo.goTo(placeOf(request));
    await jo.page.getByText(/^Cleo holds it until \d\d:\d\d$/).waitFor();
    expect(await requestPage(jo.page).preview.innerText()).toContain('take it over, or leave a note');
    await jo.page.getByRole('button', { name: 'Take over…' }).click();
    await jo.page.getByRole('dialog').getByRole('button', { name: 'Take over' }).click();
    await jo.page.getByText(/^you hold it until/).waitFor();
    await requestPage(jo.page).dialog.waitFor({ state: 'detached' });
    await requestPage(jo.page).assign.waitFor();
    await jo.page.keyboard.press('a');
    await requestPage(jo.page).assigned.getByText('@oar.one').waitFor();

    await ana.page.getByText(/^Dan holds it until/).waitFor();
    await requestPage(ana.page).assigned.getByText('@oar.one').waitFor();
    expect(await requestState(service, request.id)).toMatchObject({ assignedCount: 1 });
    await ana.page.keyboard.press('e');
    await requestPage(ana.page)
      .refusal.getByText(/^Dan holds it until/)
      .waitFor();
    await jo.page.keyboard.press('c');
    await requestPage(ana.page).refusal.waitFor({ state: 'detached' });
  });

  it('keeps every marked account in sight, and the whole note form with what became of the note', async () => {
    const { request } = await aRequestThatFits(service, { count: 13, vertical: 'chess', walletCents: 300_000 });
    for (let n = 1; n <= 13; n += 1) {
      await anAccount(service, { handle: `rook.${n}`, verticals: ['chess'], followers: 90_000 - n });
    }
    const desk = await at('operator', 'Wim');
    const { page } = desk;
    const on = requestPage(page);
    await page.setViewportSize({ width: 1280, height: 860 });

    desk.pardon(/401|503/);
    await page.route(/\/api\/.*\/fulfil/, (route) => route.fulfill({ status: 503, json: {} }));
    await desk.goTo(placeOf(request));
    const again = page.getByRole('button', { name: 'Try again' });
    await again.waitFor();
    await page.unroute(/\/api\/.*\/fulfil/);
    await again.click();
    await on.assign.waitFor();

    expect(await on.fitting.getByRole('listitem').count()).toBe(10);
    for (let n = 1; n <= 10; n += 1) await page.keyboard.press('j');
    await page.keyboard.press('Space');
    for (let n = 1; n <= 3; n += 1) await page.keyboard.press('k');
    const eleventh = on.fitting.getByRole('listitem').nth(10);
    expect(await eleventh.getByRole('checkbox').isChecked()).toBe(true);

    await page.keyboard.press('n');
    await page.waitForFunction(isWhole, '.lc-composer');
    await page.keyboard.type('Ask again on Monday.');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('status').getByText('Noted.').waitFor();
    expect(await on.noteText.inputValue()).toBe('');

    await desk.context.clearCookies();
    await page.keyboard.type('Nobody is there to hear it.');
    await page.keyboard.press('Control+Enter');
    await on.note.getByText(/^You have been signed out/).waitFor();
    await page.waitForFunction(isWhole, '.lc-composer');
    expect(await on.noteText.inputValue()).toBe('Nobody is there to hear it.');
  });

  it('narrows the queue by what the address says, and counts each view', async () => {
    const { request } = await aRequestThatFits(service, { vertical: 'sailing', name: 'Spinnaker' });
    const review = service.app.get(ReviewService, { strict: false });
    const operator = await aStaffMember(service, 'operator');
    await review.note(operator, {
      leaseRequestId: request.id,
      body: 'Which waters?',
      visibility: 'partner',
      blocker: 'needs_clarification',
    });
    await service.app.get(ClaimsService, { strict: false }).unclaim(operator, { leaseRequestId: request.id });
    const desk = await at('operator', 'Eve');
    const { page } = desk;
    await page.getByRole('button', { name: /^Blocked/ }).click();
    await page.getByLabel('Vertical').fill('Sailing');
    await page.keyboard.press('Enter');
    await queueShows(desk, 1);
    await rowOf(desk, request.id).getByText('Needs clarification · 3').waitFor();
    expect(await rowOf(desk, request.id).getByText('Needs clarification', { exact: true }).evaluate(isCut)).toBe(false);
    expect(new URL(page.url()).search).toBe('?view=blocked&vertical=Sailing');
    expect(await rowOf(desk, request.id).innerText()).toContain('paused');
    await page.reload();
    await rowOf(desk, request.id).waitFor();
    expect(await page.getByRole('button', { name: /^Blocked/ }).getAttribute('aria-pressed')).toBe('true');
    await desk.keep('narrowed');
  });

  it('says that it still reads while what it shows was asked for before', async () => {
    const request = await aRequest(service, await aPartner(service), { vertical: 'lacrosse' });
    const desk = await at('operator', 'Ned');
    const { page } = desk;
    const none = page.getByText(/No request matches|Nothing is waiting|You hold no request/);
    await page.getByLabel('Vertical').fill('nobody asks for this');
    await page.keyboard.press('Enter');
    await none.waitFor();
    const held: (() => void)[] = [];
    await page.route(/\/api\/pages\/queue/, (route) => void held.push(() => void route.continue()));
    const letGo = () => held.splice(0).forEach((go) => go());
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('status', { name: 'Loading the queue' }).waitFor();
    expect(await none.count()).toBe(0);
    letGo();
    await rowOf(desk, request.id).waitFor();
    await page.getByRole('button', { name: /^Mine/ }).click();
    await page.locator('[aria-busy="true"]').getByRole('table').waitFor();
    await page.getByText('reading…').waitFor();
    letGo();
    await page.unroute(/\/api\/pages\/queue/);
    letGo();
    await page.getByText('You hold no request.').waitFor();
  });

  it('wakes a row, says why until somebody opens it, and replaces a lost account at no cost', async () => {
    const { partner, request } = await aRequestThatFits(service, { count: 2, vertical: 'curling', walletCents: 0 });
    await anAccount(service, { handle: 'stone.one', verticals: ['curling'], followers: 900 });
    await anAccount(service, { handle: 'stone.two', verticals: ['curling'], followers: 800 });
    const review = service.app.get(ReviewService, { strict: false });
    await review.note(await aStaffMember(service, 'operator'), {
      leaseRequestId: request.id,
      body: 'Empty.',
      visibility: 'partner',
      blocker: 'wallet_short',
    });
    await service.dataSource.query('UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL WHERE id = $1', [
      request.id,
    ]);
    const desk = await at('operator', 'Fay');
    const { page } = desk;
    await rowOf(desk, request.id).getByText('Wallet short · 2').waitFor();
    await topUp(service, partner.organizationId, 30_000);
    await rowOf(desk, request.id).getByText('Woke: top-up').waitFor();
    await rowOf(desk, request.id).getByRole('link').click();
    const on = requestPage(page);
    await page.getByText('The blocker ended by itself: top-up.').waitFor();
    await on.assign.waitFor();
    await page.keyboard.press('a');
    await on.assigned.getByText('@stone.one').waitFor();
    await on.assigned.getByRole('button', { name: 'Replace @stone.one…' }).click();
    await on.dialog.getByText('@stone.two').click();
    await on.dialog.getByLabel('Reason').fill('Banned yesterday');
    await on.dialog.getByRole('button', { name: /^Replace — / }).click();
    await on.assigned.getByText('@stone.two').waitFor();
    await page.getByRole('heading', { name: '1 assigned, 1 replaced' }).waitFor();
    expect(await on.whatHappened.innerText()).toContain('replaced @stone.one by @stone.two: Banned yesterday');
    expect(await on.wallet.innerText()).toContain('$150.00');
    await desk.keep('replaced');
    await page.keyboard.press('Escape');
    await rowOf(desk, request.id).waitFor();
    expect(await rowOf(desk, request.id).innerText()).not.toContain('Woke');
  });

  it('blocks several rows with one note and reports each', async () => {
    const partner = await aPartner(service, { name: 'Bulk & Sons' });
    const requests = [await aRequest(service, partner), await aRequest(service, partner, { vertical: 'darts' })];
    const desk = await at('operator', 'Gus');
    const { page } = desk;
    await page.getByRole('combobox', { name: 'Partner:' }).fill('Bulk & Sons');
    await page.keyboard.press('Enter');
    await queueShows(desk, 2);
    for (const { id } of requests) await rowOf(desk, id).getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Block…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Blocker').selectOption('policy');
    await dialog.getByLabel('Note', { exact: true }).fill('Waiting for a decision.');
    await dialog.getByRole('button', { name: 'Block 2' }).click();
    await page.getByText('✓ 2 requests blocked.').waitFor();
    for (const { id } of requests) expect(await requestState(service, id)).toMatchObject({ blocker: 'policy' });
  });

  it('rejects several with one note, says which one was refused and why, and keeps that one marked', async () => {
    const partner = await aPartner(service, { name: 'Refusals & Co' });
    const requests = [];
    for (let n = 0; n < 3; n += 1) requests.push(await aRequest(service, partner, { vertical: 'quoits' }));
    const held = requests[1]!;
    const begun = await aRequestThatFits(service, { vertical: 'quoits', count: 3 });
    const colleague = await aStaffMember(service, 'operator');
    await service.app
      .get(FulfillmentService, { strict: false })
      .assign(colleague, { leaseRequestId: begun.request.id, socialAccountId: begun.account.id });
    const desk = await at('operator', 'Ivy');
    const { page } = desk;
    await page.goto(`${service.baseUrl}/admin?vertical=quoits`);
    await queueShows(desk, 4);
    for (const key of ['x', 'j', 'x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText('4 requests marked').waitFor();
    await service.app.get(ClaimsService, { strict: false }).claim(colleague, { leaseRequestId: held.id });
    await page.getByRole('button', { name: 'Reject…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('9 accounts asked for are given up. That is final.').waitFor();
    await dialog.getByText('One has accounts assigned already and will be refused').waitFor();
    await dialog.getByLabel('Reason').selectOption('policy');
    await dialog.getByLabel('Note, as each partner reads it').fill('Not this season.');
    await dialog.getByRole('button', { name: 'Reject 4' }).click();
    await dialog
      .getByText(/2 requests rejected, 2 not\. .*Refusals & Co, quoits .* holds this request until/)
      .waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('2 requests marked').waitFor();
    await queueShows(desk, 2);
    expect(await rowOf(desk, held.id).getByRole('checkbox').isChecked()).toBe(true);
    const statuses = await Promise.all(requests.map(async ({ id }) => (await requestState(service, id)).status));
    expect(statuses).toEqual(['rejected', 'requested', 'rejected']);
  });

  it('serves each of two colleagues another request, and says so where there is none', async () => {
    // What earlier tests left open is out of the way.
    const { staffId } = await aStaffMember(service, 'operator');
    await service.dataSource.query(
      "UPDATE lease_request SET claimed_by = $1, claimed_until = now() + interval '10 minutes' WHERE status = 'requested'",
      [staffId],
    );
    const { partner, request } = await aRequestThatFits(service, { vertical: 'croquet', count: 1 });
    const second = await aRequest(service, partner, { vertical: 'croquet', count: 1 });
    await anAccount(service, { verticals: ['croquet'] });
    const colleagues = await Promise.all([at('operator', 'Jan'), at('operator', 'Kim'), at('operator', 'Lou')]);
    await Promise.all(colleagues.map((desk) => rowOf(desk, second.id).waitFor()));
    const [jan, kim, lou] = colleagues;
    await Promise.all([jan, kim].map((desk) => desk!.page.keyboard.press('s')));
    await Promise.all([jan, kim].map((desk) => desk!.page.getByText(/^you hold it until/).waitFor()));
    const served = [jan, kim].map((desk) => /lreq_\w+/.exec(desk!.page.url())![0]);
    expect(new Set(served)).toEqual(new Set([request.id, second.id]));
    await lou!.page.keyboard.press('s');
    await lou!.page.getByText(/^Nothing can be worked on just now/).waitFor();
    expect(new URL(lou!.page.url()).pathname).toBe('/admin');
  });

  it('finds things from every page, with the keyboard alone', async () => {
    const { partner } = await aRequestThatFits(service, { vertical: 'polo', name: 'Chukka Club' });
    const desk = await at('viewer', 'Mia');
    const { page } = desk;
    for (const [place, key] of [
      ['/pages/dashboard', '/'],
      ['/resources/wallets', '/'],
      ['/resources/social-accounts', 'Control+k'],
    ] as const) {
      await desk.goTo(place);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.keyboard.press(key);
      await page.getByRole('dialog', { name: 'Search' }).waitFor();
      await page.keyboard.type('chukka');
      await page.getByRole('option').nth(1).waitFor();
      if (place === '/pages/dashboard') expect(await axeViolations(page)).toEqual([]);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/resources/organizations/records/${partner.organizationId}/show`);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await desk.goTo('/pages/search?q=chukka');
    await page.getByRole('option').nth(1).waitFor();
    expect(await page.getByRole('option').first().innerText()).toContain('polo');
    await desk.keep('search');
  });

  it('has nothing serious that axe finds: sign-in, queue, request, dashboard', async () => {
    const { request } = await aRequestThatFits(service, { vertical: 'judo' });
    await anAccount(service, { verticals: ['judo'] });
    const stranger = await Desk.open(browser, service, 'console-axe');
    desks.push(stranger);
    await stranger.goTo('/login');
    await stranger.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await axeViolations(stranger.page)).toEqual([]);
    const desk = await at('operator', 'Hal');
    await rowOf(desk, request.id).waitFor();
    expect(await axeViolations(desk.page)).toEqual([]);
    await desk.page.keyboard.press('?');
    await desk.page.getByRole('dialog').waitFor();
    expect(await axeViolations(desk.page)).toEqual([]);
    await desk.goTo(placeOf(request));
    await requestPage(desk.page).assign.waitFor();
    expect(await axeViolations(desk.page)).toEqual([]);
    await desk.goTo('/pages/dashboard');
    await desk.page.getByRole('heading', { name: 'What to warm next' }).waitFor();
    expect(await axeViolations(desk.page)).toEqual([]);
    await desk.keep('dashboard');
    await desk.page.getByRole('button', { name: 'Show as tables' }).click();
    await desk.page.getByRole('button', { name: 'Show as charts' }).waitFor();
    expect(await axeViolations(desk.page)).toEqual([]);
    const claims = service.app.get(ClaimsService, { strict: false });
    await claims.claim(await aStaffMember(service, 'operator'), { leaseRequestId: request.id });
    await desk.page.getByRole('link', { name: /^Held now/ }).click();
    await desk.page.getByText(/^1 match of/).waitFor();
    await rowOf(desk, request.id).waitFor();
  });

  it('keeps what one moves to in sight, and comes back to it with the view and the filters', async () => {
    const name = 'شركة النخيل الذهبي المحدودة للتجارة والتوزيع والتسويق الإلكتروني';
    const { partner, request } = await aRequestThatFits(service, { vertical: 'petanque', name });
    for (let n = 0; n < 15; n += 1) {
      await aRequest(service, partner, { vertical: 'petanque' });
      await anAccount(service, { handle: `boule.${n}`, verticals: ['petanque'] });
    }
    const desk = await at('operator', 'Pia');
    const { page } = desk;
    await page.setViewportSize({ width: 1280, height: 860 });
    const address = `${service.baseUrl}/admin?vertical=petanque&view=unclaimed`;
    await page.goto(address);
    await queueShows(desk, 16);
    const ids = await page.locator('.lc-queue tbody tr').evaluateAll((all) => all.map(({ id }) => id));
    for (const id of ids.slice(1)) {
      await page.keyboard.press('j');
      await standsBetween(desk, id, null, '.lc-keys');
    }
    await page.keyboard.press('x');
    await standsBetween(desk, ids[15]!, null, '.lc-bulk');
    await desk.keep('last-marked');
    await page.setViewportSize({ width: 1280, height: 860 });
    for (const id of ids.slice(0, 15).reverse()) {
      await page.keyboard.press('k');
      await standsBetween(desk, id, null, '.lc-bulk');
    }
    const direction = (element: Element) => getComputedStyle(element).direction;
    expect(await rowOf(desk, request.id).getByText(name).evaluate(direction)).toBe('rtl');

    await page.getByRole('button', { name: /^Unclaimed/ }).click();
    for (const key of ['j', 'j', 'Enter']) await page.keyboard.press(key);
    await page.waitForURL(`**${placeOf({ id: ids[2]! })}`);
    const on = requestPage(page);
    await on.assign.waitFor();
    const candidates = await on.fitting.locator('.lc-candidate').evaluateAll((all) => all.map(({ id }) => id));
    for (const id of candidates.slice(1)) {
      await page.keyboard.press('j');
      await standsBetween(desk, id, '.lc-preview', '.lc-keys');
    }
    for (const id of candidates.slice(1, -1).reverse()) {
      await page.keyboard.press('k');
      await standsBetween(desk, id, '.lc-preview', '.lc-keys');
    }
    await page.keyboard.press('Escape');
    await page.waitForURL(address);
    await standsBetween(desk, ids[2]!, null, '.lc-keys');
    await page.keyboard.press('j');
    await standsBetween(desk, ids[3]!, null, '.lc-keys');
    await page.reload();
    await standsBetween(desk, ids[3]!, null, '.lc-keys');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Where this is' }).getByRole('link', { name: 'Queue' }).click();
    await page.waitForURL(address);
    await standsBetween(desk, ids[3]!, null, '.lc-keys');
  });

  it('shows every row once as one scrolls, stays there while it reads again, and comes back there', async () => {
    const partner = await aPartner(service, { name: 'Many & More' });
    const colleague = await aStaffMember(service, 'operator');
    for (let n = 0; n < 120; n += 1) await aRequest(service, partner, { vertical: 'bowls' });
    const desk = await at('operator', 'Uma');
    const { page } = desk;
    const rows = page.locator('.lc-queue tbody tr');
    const shownIds = () => rows.evaluateAll((all) => all.map(({ id }) => id));
    await page.goto(`${service.baseUrl}/admin?partner=Many+%26+More`);
    await page.getByText('50+ match of').waitFor();
    const begun = Date.now();
    const reads: string[] = [];
    page.on('request', (request) => request.url().includes('/api/pages/queue') && reads.push(request.url()));
    for (let n = 0; n < 60; n += 1) await page.keyboard.press('j');
    await rows.nth(51).waitFor();
    // One that is shown becomes the last, and one that is not yet the first.
    const [[last], first] = [await shownIds(), (await aRequest(service, partner, { vertical: 'bowls' })).id];
    await service.dataSource.query("UPDATE lease_request SET due_at = due_at + interval '9 days' WHERE id = $1", [
      last,
    ]);
    await service.dataSource.query("UPDATE lease_request SET due_at = due_at - interval '9 days' WHERE id = $1", [
      first,
    ]);
    while ((await rows.count()) < 121) {
      await page.keyboard.press('End');
      await page.locator('.lc-queue tbody tr').last().scrollIntoViewIfNeeded();
    }
    await page.waitForFunction(
      (ends) => {
        const all = document.querySelectorAll('.lc-queue tbody tr');
        return all.length === 121 && all[0]!.id === ends[0] && all[120]!.id === ends[1];
      },
      [first, last],
    );
    const ids = await shownIds();
    expect(new Set(ids).size).toBe(121);
    // It reads what is shown, three pages at most, every few seconds, and each further page once.
    expect(reads.length).toBeLessThan(10 + (3 * (Date.now() - begun)) / 6_000);

    const chosen = ids[100]!;
    await rowOf(desk, chosen).getByRole('checkbox').check();
    await rowOf(desk, chosen).scrollIntoViewIfNeeded();
    const placeBefore = await rowOf(desk, chosen).boundingBox();
    await service.app
      .get(ClaimsService, { strict: false })
      .claim(colleague, { leaseRequestId: chosen as LeaseRequestId });
    await rowOf(desk, chosen).getByText('operator').waitFor();
    expect(await rowOf(desk, chosen).boundingBox()).toEqual(placeBefore);
    expect(await rowOf(desk, chosen).getByRole('checkbox').isChecked()).toBe(true);

    await rowOf(desk, chosen).getByRole('link').click();
    await requestPage(page).askedFor.waitFor();
    await page.goBack();
    await rowOf(desk, chosen).waitFor();
    await page.waitForFunction((id) => document.getElementById(id)?.className === 'on', chosen);
    const box = await rowOf(desk, chosen).boundingBox();
    expect(box!.y > 0 && box!.y < 960).toBe(true);
    await page.getByRole('button', { name: /^Overdue/ }).click();
    await queueShows(desk, 1);
    await page.goBack();
    await rows.nth(49).waitFor();
    expect(new URL(page.url()).search).toBe('?partner=Many+%26+More');
  });
});
