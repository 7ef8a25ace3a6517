import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ClaimsService } from '../../src/lease-requests/claims.service.js';
import { FulfillmentService } from '../../src/fulfillment/fulfillment.service.js';
import type { Role } from '../../src/authorization/roles.js';
import { aColleague } from '../http/admin/panel.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { accountStatus, balanceOf, expectCleanBooks, liveLeasesOf, requestState } from '../support/ledger.js';
import { call } from '../support/calls.js';
import { anAccount, aPartner, aRequest, aRequestThatFits, aStaffMember, theSystem } from '../support/makers.js';
import { startChromium } from './support/chromium.js';
import { Workspace, requestPage } from './support/workspace.js';

let service: TestApp;
let browser: Browser;
const workspaces: Workspace[] = [];

beforeAll(async () => {
  [service, browser] = await Promise.all([startTestApp(), startChromium()]);
});
afterEach(async () => {
  const errors = workspaces.flatMap((workspace) => workspace.errors);
  await Promise.all(workspaces.splice(0).map((workspace) => workspace.close()));
  expect(errors).toEqual([]);
  await expectCleanBooks(service);
});
afterAll(async () => {
  await browser.close();
  await service.close();
});

/** A colleague at the own browser, signed in. @param place below `/admin`, where they begin */
async function at(role: Role, name: string, shots: string, place = ''): Promise<Workspace> {
  const [workspace, colleague] = await Promise.all([
    Workspace.open(browser, service, shots),
    aColleague(service, role, name),
  ]);
  workspaces.push(workspace);
  await workspace.signIn(colleague, place);
  return workspace;
}

const placeOf = (request: { id: string }) => `/resources/lease-requests/records/${request.id}/fulfil`;

/** Two operators, each with a request open and ready to assign. */
async function twoAtOnce(shots: string, first: { id: string }, second: { id: string }) {
  const both = await Promise.all([
    at('operator', 'Ana', shots, placeOf(first)),
    at('operator', 'Ben', shots, placeOf(second)),
  ]);
  await Promise.all(both.map(({ page }) => requestPage(page).assign.waitFor()));
  return both;
}

/** These pages are not refreshed until each has an answer to its assignment: they act on what they show. */
async function beforeTheyReadAgain(workspaces: Workspace[], act: () => Promise<unknown>): Promise<void> {
  let readOn = () => {};
  const reading = new Promise<void>((resolve) => (readOn = resolve));
  await Promise.all(
    workspaces.map(({ page }) => page.route(/\/fulfil/, (route) => reading.then(() => route.continue()))),
  );
  const answered = workspaces.map(({ page }) => page.waitForResponse((response) => response.url().endsWith('/assign')));
  await act();
  await Promise.all(answered);
  readOn();
}

/** Both press `a` at once: one succeeds, the other is refused. */
async function oneWins(both: Workspace[]): Promise<{ loser: Workspace; refusal: string }> {
  await beforeTheyReadAgain(both, () => Promise.all(both.map(({ page }) => page.keyboard.press('a'))));
  const results = await Promise.all(
    both.map(async (workspace) => {
      const { refusal } = requestPage(workspace.page);
      const told = workspace.page.getByRole('status', { name: 'Notifications' });
      const done = told.getByText('charged, the wallet holds').last();
      await done.or(refusal).waitFor();
      return { workspace, refusal: (await refusal.count()) > 0 ? await refusal.innerText() : null };
    }),
  );
  const refused = results.filter(({ refusal }) => refusal !== null);
  expect(refused).toHaveLength(1);
  const loser = refused[0]!;
  await loser.workspace.screenshot('refused');
  return { loser: loser.workspace, refusal: loser.refusal! };
}

describe('Two colleagues at once', () => {
  it('want one account for two requests: one gets it, the other is refused and charged nothing', async () => {
    const [one, other] = await Promise.all([aPartner(service), aPartner(service)]);
    const account = await anAccount(service, { handle: 'tealeaf.diary', verticals: ['tea'] });
    const requests = await Promise.all([one, other].map((partner) => aRequest(service, partner, { vertical: 'tea' })));

    const { refusal } = await oneWins(await twoAtOnce('one-account', requests[0]!, requests[1]!));
    expect(refusal).toContain(
      'The account @tealeaf.diary is already leased; nothing was charged. Choose another account.',
    );
    expect(await liveLeasesOf(service, account.id)).toBe(1);
    const balances = await Promise.all([one, other].map(({ organizationId }) => balanceOf(service, organizationId)));
    expect(balances.sort()).toEqual([100_000, 85_000]);
  });

  it('begin on one request at once: one holds it, the other sees who until when, takes it over and goes on', async () => {
    const { partner, request } = await aRequestThatFits(service, { count: 3 });
    const both = await twoAtOnce('one-request', request, request);
    await both[1]!.page.keyboard.press('j');
    const { loser, refusal } = await oneWins(both);
    const winner = both.find((workspace) => workspace !== loser)!;
    const [mine, theirs] = loser === both[0] ? ['Ana', 'Ben'] : ['Ben', 'Ana'];
    const until = await requestPage(winner.page).claim.innerText();
    expect(until).toMatch(/^claimed by you until \d\d:\d\d$/);
    const time = until.slice(-5);
    expect(refusal).toContain(`${theirs} has claimed this request until ${time}; nothing was changed.`);
    expect(await balanceOf(service, partner.organizationId)).toBe(85_000);

    const on = requestPage(loser.page);
    await on.claim.getByText(`claimed by ${theirs} until ${time}`).waitFor();
    await loser.page.keyboard.press('c');
    await on.dialog.getByText('Their next action on it will be refused with your name.').waitFor();
    await loser.screenshot('take-over');
    await on.dialog.getByRole('button', { name: 'Take over' }).click();
    await on.claim.getByText('claimed by you until').waitFor();
    await on.assign.waitFor();
    await loser.page.keyboard.press('a');
    await on.askedFor.getByText('2 of 3').waitFor();
    expect(await balanceOf(service, partner.organizationId)).toBe(70_000);

    // The page that lost it follows by itself, and says who has it now.
    await requestPage(winner.page).claim.getByText(`claimed by ${mine} until`).waitFor();
    await requestPage(winner.page).askedFor.getByText('2 of 3').waitFor();
    await winner.page.keyboard.press('a');
    await requestPage(winner.page).preview.getByText(`▲ ${mine} has claimed it until`).waitFor();
    await winner.screenshot('taken-over');
    expect(await balanceOf(service, partner.organizationId)).toBe(70_000);
  });

  it('follow each other: a page that has not been read again since is refused with what was done', async () => {
    const { partner, request, accounts } = await aRequestThatFits(service, { count: 3 });
    const ben = await at('operator', 'Ben', 'stale-page', placeOf(request));
    const on = requestPage(ben.page);
    await on.assign.waitFor();
    const chosen = await on.fitting.locator('[aria-current="true"]').getAttribute('id');
    const assignedAccount = accounts.find(({ id }) => id !== chosen)!;
    const ana = await aStaffMember(service, 'operator');
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    await beforeTheyReadAgain([ben], async () => {
      await fulfilment.assign(ana, { leaseRequestId: request.id, socialAccountId: assignedAccount.id });
      await service.app.get(ClaimsService, { strict: false }).unclaim(ana, { leaseRequestId: request.id });
      await ben.page.keyboard.press('a');
    });
    await on.refusal.getByText(`${ana.name} assigned @${assignedAccount.handle}`).waitFor();
    expect(await on.refusal.innerText()).toMatch(
      /Someone changed this request after you opened it: .* Nothing was done; check it again\./,
    );
    await ben.screenshot('refused');
    expect(await balanceOf(service, partner.organizationId)).toBe(85_000);
    await on.askedFor.getByText('1 of 3').waitFor();
    await on.assign.waitFor();
    await ben.page.keyboard.press('a');
    await on.askedFor.getByText('2 of 3').waitFor();
  });

  it('spend the last of one wallet: the other sees what it holds and what is needed', async () => {
    const { partner, request } = await aRequestThatFits(service, { count: 2, walletCents: 20_000 });
    const next = await aRequest(service, partner, { count: 2, vertical: 'pets' });
    await anAccount(service, { verticals: ['pets'] });
    const { loser, refusal } = await oneWins(await twoAtOnce('wallet-short', request, next));
    expect(refusal).toContain('The wallet holds $50.00; $150.00 is needed.');
    expect(await balanceOf(service, partner.organizationId)).toBe(5_000);

    const { preview, wallet } = requestPage(loser.page);
    await preview.getByText('▲ $100.00 short').waitFor();
    await wallet.getByText('▲ covers none of the 2 still wanted').waitFor();
    expect(await preview.getByRole('button', { name: /^Assign — / }).getAttribute('aria-disabled')).toBe('true');
  });
});

describe('Finance', () => {
  it('tops up and adjusts a wallet, seeing what it will hold, and disconnects a lease with its refund', async () => {
    const { partner, request, account } = await aRequestThatFits(service, { name: 'Kilo & Co', walletCents: 20_000 });
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    await fulfilment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
    const { organizationId, apiKey } = partner;
    const workspace = await at('finance', 'Fay Ling', 'finance');
    const { page } = workspace;

    await page.getByRole('link', { name: 'Wallets' }).click();
    await page.getByRole('link', { name: 'Kilo & Co' }).click();
    await page.getByTestId('action-topUp').waitFor();
    await workspace.screenshot('wallet');
    await page.getByTestId('action-topUp').click();
    await page.getByLabel('Amount in dollars').fill('1,000');
    await page.getByLabel('Reference of the payment').fill('INV-2041');
    await page.getByText('$50.00 → $1,050.00').waitFor();
    await workspace.screenshot('top-up');
    await page.getByRole('button', { name: 'Top up $1,000.00' }).click();
    await page.getByText('Topped up: the wallet holds $1,050.00.').waitFor();
    expect(await balanceOf(service, organizationId)).toBe(105_000);
    await page.getByTestId('action-topUp').click();
    await page.getByLabel('Amount in dollars').fill('10');
    await page.getByLabel('Reference of the payment').fill('INV-2041');
    await page.getByRole('button', { name: 'Top up $10.00' }).click();
    await page.getByRole('alert').getByText('INV-2041').waitFor();
    await page.getByLabel('Reference of the payment').fill('INV-2042');
    await page.getByRole('alert').getByText('INV-2041').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Cancel' }).click();

    await page.getByRole('link', { name: 'Adjust' }).click();
    await page.getByRole('button', { name: 'Deduct' }).click();
    await page.getByLabel('Amount in dollars').fill('12.50');
    await page.getByLabel('Reason').fill('Booked twice by the bank.');
    await page.getByText('$1,050.00 → $1,037.50').waitFor();
    await workspace.screenshot('adjust');
    await page.getByRole('button', { name: 'Deduct $12.50' }).click();
    await page.getByText('Adjusted: the wallet holds $1,037.50.').waitFor();
    await workspace.screenshot('adjusted');
    expect(await balanceOf(service, organizationId)).toBe(103_750);

    await workspace.goTo(placeOf(request));
    const on = requestPage(page);
    await on.assigned.waitFor();
    expect(await on.assign.count()).toBe(0);
    await on.assigned.getByRole('button', { name: `Disconnect @${account.handle}…` }).click();
    await on.dialog.getByText('goes into quarantine, not back to the pool').waitFor();
    await on.dialog.getByLabel('Refund $150.00').check();
    await on.dialog.getByLabel('Reason').fill('The account was banned.');
    await workspace.screenshot('disconnect');
    await on.dialog.getByRole('button', { name: 'Disconnect — refund $150.00' }).click();
    await on.assigned.getByText('disconnected by us').waitFor();
    await workspace.screenshot('disconnected');
    expect(await balanceOf(service, organizationId)).toBe(118_750);
    expect(await accountStatus(service, account.id)).toBe('quarantined');
    const gone = await call(service, 'GET', '/v1/leased-accounts?status=disconnected', { key: apiKey });
    expect(gone.body.items).toMatchObject([{ socialAccountId: account.id, disconnectedReason: 'removed_by_layers' }]);
  });
});

describe('A viewer', () => {
  it('reads everything and finds no button that does anything', async () => {
    const { partner, request, account } = await aRequestThatFits(service, { name: 'Petit Four' });
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    await fulfilment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
    const workspace = await at('viewer', 'Vic Ortiz', 'viewer');
    const { page } = workspace;
    await page.getByRole('link', { name: /Petit Four/ }).click();
    const on = requestPage(page);
    await on.assigned.waitFor();
    const buttons = await page.getByRole('main').getByRole('button').allTextContents();
    expect(new Set(buttons)).toEqual(new Set(['copy', 'only notes', 'Next ]']));
    expect(await page.getByRole('checkbox').count()).toBe(0);
    await workspace.screenshot('request');

    for (const key of ['a', 'n', 'u']) await page.keyboard.press(key);
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await requestState(service, request.id)).toMatchObject({ assignedCount: 1 });

    const records = {
      wallets: partner.organizationId,
      organizations: partner.organizationId,
      'social-accounts': account.id,
    };
    for (const [resource, id] of Object.entries(records)) {
      await workspace.goTo(`/resources/${resource}`);
      await page.getByRole('table').waitFor();
      expect([resource, await page.getByTestId(/^action-/).allTextContents()]).toEqual([resource, []]);
      await workspace.goTo(`/resources/${resource}/records/${id}/show`);
      await page.getByRole('navigation', { name: 'Breadcrumb' }).waitFor();
      expect([resource, await page.getByTestId(/^action-/).allTextContents()]).toEqual([resource, []]);
    }
    expect(await page.getByRole('link', { name: 'Staff' }).count()).toBe(0);
  });
});

describe('An admin', () => {
  it('makes a partner, a project and a key that is shown once and works at once', async () => {
    const workspace = await at('admin', 'Ada Lindqvist', 'admin');
    const { page } = workspace;
    await page.getByRole('link', { name: 'Partners' }).click();
    await page.getByRole('link', { name: 'New partner' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Brew Lab');
    await page.getByLabel('Monthly price (optional), in dollars').fill('125.50');
    await workspace.screenshot('new-partner');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Brew Lab is created. Next it needs a project, a key and a top-up.').waitFor();
    await page.getByText('$125.50').waitFor();
    await workspace.screenshot('partner');

    await page.getByRole('link', { name: 'New project' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Launch');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('The project Launch is created.').waitFor();
    await page.getByRole('link', { name: 'Brew Lab' }).click();
    await page.getByRole('link', { name: 'New key' }).click();
    await page.getByLabel(/^Name/).fill('production');
    await page.getByLabel('leased:write').check();
    await workspace.screenshot('new-key');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'The key “production”, shown only now' }).waitFor();
    const key = await page.locator('code').innerText();
    expect(key).toMatch(/^lp_live_[0-9A-HJKMNP-TV-Z]{16}_[\w-]{43}$/);
    await workspace.screenshot('secret');

    const answer = await call(service, 'GET', '/v1/whoami', { key });
    expect(answer.body).toMatchObject({ organizationName: 'Brew Lab', scopes: ['leased:write'], creditBalance: 0 });
    const done = page.getByRole('button', { name: 'Done' });
    expect(await done.isDisabled()).toBe(true);
    await page.getByLabel('I have saved it').check();
    await done.click();
    await page.getByRole('heading', { name: 'production' }).waitFor();
    await workspace.screenshot('key');
    const secret = key.split('_').slice(3).join('_');
    expect(await page.content()).not.toContain(secret);
    await page.reload();
    await page.getByRole('heading', { name: 'production' }).waitFor();
    expect(await page.content()).not.toContain(secret);
  });
});

describe('Signing out', () => {
  it('ends the session, also for a copied cookie', async () => {
    const workspace = await at('operator', 'Ona', 'sign-out');
    const { page, context } = workspace;
    const cookies = await context.cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const read = () => call(service, 'GET', '/admin/api/pages/queue', { headers: { cookie } });
    expect((await read()).status).toBe(200);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect((await read()).status).toBe(401);
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await workspace.goTo('/resources/wallets');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
});
