import { describe, expect, it } from '@jest/globals';
import { ClaimsService } from '../../src/lease-requests/claims.service.js';
import { ReviewService } from '../../src/fulfillment/review.service.js';
import { requestState } from '../support/ledger.js';
import { aRequest, aRequestThatFits, aStaffMember, anAccount, topUp } from '../support/makers.js';
import { axeViolations } from './support/axe.js';
import { Console, getRow, isWhole, toRequestPath } from './support/console.js';
import { requestPage } from './support/workspace.js';

const panel = new Console('console');

describe('The console', () => {
  it('is cleared with the keyboard alone: found, claimed, three marked and assigned, the next one opened', async () => {
    const { request, partner } = await aRequestThatFits(panel.service, {
      count: 3,
      vertical: 'archery',
      name: 'Longbow Ltd',
    });
    for (let n = 1; n <= 4; n += 1) {
      await anAccount(panel.service, { handle: `arrow.${n}`, verticals: ['archery'], followers: 1_000 * (10 - n) });
    }
    const other = await aRequest(panel.service, partner, { vertical: 'archery', count: 2 });
    const workspace = await panel.signIn('operator', 'Ana');
    const { page } = workspace;
    await getRow(workspace, request.id).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(request.id);
    await page.getByRole('option', { name: /Longbow Ltd/ }).waitFor();
    await page.keyboard.press('Enter');
    const on = requestPage(page);
    await on.assign.waitFor();
    await page.keyboard.press('c');
    await page.getByText(/^claimed by you until \d\d:\d\d$/).waitFor();
    await on.assign.waitFor();
    await page.keyboard.press('Space');
    await page.keyboard.press('a');
    expect(await on.dialog.innerText()).toContain('Assign 1 — $150.00');
    await page.keyboard.press('Escape');
    await on.dialog.waitFor({ state: 'hidden' });
    expect(await requestState(panel.service, request.id)).toMatchObject({ assignedCount: 0 });
    for (const key of ['j', 'Space', 'j', 'Space', 'j', 'Space']) await page.keyboard.press(key);
    await page.getByText('3 accounts are still wanted and marked; unmark one first.').waitFor();
    expect(await on.preview.innerText()).toContain('$1,000.00 → $550.00');
    await workspace.screenshot('marked');
    await page.keyboard.press('a');
    expect(await on.dialog.innerText()).toContain('Assign 3 — $450.00');
    await page.keyboard.press('Enter');
    await on.assigned.getByText('@arrow.3').waitFor();
    expect(await requestState(panel.service, request.id)).toMatchObject({ status: 'assigned', assignedCount: 3 });
    await workspace.screenshot('assigned');
    await page.keyboard.press('Escape');
    await getRow(workspace, other.id).waitFor();
    expect(await getRow(workspace, request.id).count()).toBe(0);
    await workspace.goTo(toRequestPath(other));
    await on.assign.waitFor();
    await page.keyboard.press('e');
    await page.getByRole('dialog', { name: 'Reject this request' }).waitFor();
  });

  it('stops at the first refusal of several and says what was and was not done', async () => {
    const { request } = await aRequestThatFits(panel.service, { count: 3, vertical: 'fencing', walletCents: 100_000 });
    const accounts: { id: string; handle: string }[] = [];
    for (const handle of ['foil.one', 'foil.two', 'foil.three']) {
      accounts.push(
        await anAccount(panel.service, { handle, verticals: ['fencing'], followers: 9_000 - accounts.length }),
      );
    }
    const workspace = await panel.signIn('operator', 'Bea', toRequestPath(request));
    const { page } = workspace;
    const on = requestPage(page);
    await on.assign.waitFor();
    for (const key of ['Space', 'j', 'Space', 'j', 'Space', 'a']) await page.keyboard.press(key);
    await on.dialog.waitFor();
    await panel.service.dataSource.query("UPDATE social_account SET status = 'retired' WHERE id = $1", [
      accounts[1]!.id,
    ]);
    await page.keyboard.press('Enter');
    await on.refusal.waitFor();
    expect(await on.refusal.innerText()).toMatch(
      /1 account assigned: @foil\.one\. Stopped at @foil\.two: .* Not assigned: @foil\.two, @foil\.three\./s,
    );
    expect(await requestState(panel.service, request.id)).toMatchObject({ assignedCount: 1, status: 'requested' });
  });

  it('keeps two colleagues from one request: the claim shows without a reload, is taken over after a confirmation, a stale page says so', async () => {
    const { request } = await aRequestThatFits(panel.service, { count: 2, vertical: 'rowing', name: 'Oarsome' });
    await anAccount(panel.service, { handle: 'oar.one', verticals: ['rowing'] });
    await anAccount(panel.service, { handle: 'oar.two', verticals: ['rowing'], followers: 5 });
    const [ana, jo] = await Promise.all([panel.signIn('operator', 'Cleo'), panel.signIn('operator', 'Dan')]);
    await getRow(jo, request.id).waitFor();
    await ana.goTo(toRequestPath(request));
    await requestPage(ana.page).assign.waitFor();
    await ana.page.keyboard.press('c');
    await ana.page.getByText(/^claimed by you until/).waitFor();
    await getRow(jo, request.id)
      .getByText(/Cleo, 1\d min/)
      .waitFor();

    await jo.goTo(toRequestPath(request));
    await jo.page.getByText(/^claimed by Cleo until \d\d:\d\d$/).waitFor();
    expect(await requestPage(jo.page).preview.innerText()).toContain('take it over, or leave a note');
    await jo.page.getByRole('button', { name: 'Take over…' }).click();
    await jo.page.getByRole('dialog').getByRole('button', { name: 'Take over' }).click();
    await jo.page.getByText(/^claimed by you until/).waitFor();
    await requestPage(jo.page).dialog.waitFor({ state: 'detached' });
    await requestPage(jo.page).assign.waitFor();
    await jo.page.keyboard.press('a');
    await requestPage(jo.page).assigned.getByText('@oar.one').waitFor();

    await ana.page.getByText(/^claimed by Dan until/).waitFor();
    await requestPage(ana.page).assigned.getByText('@oar.one').waitFor();
    expect(await requestState(panel.service, request.id)).toMatchObject({ assignedCount: 1 });
    await ana.page.keyboard.press('e');
    await requestPage(ana.page)
      .refusal.getByText(/Dan has claimed it until/)
      .waitFor();
    await jo.page.keyboard.press('c');
    await requestPage(ana.page).refusal.waitFor({ state: 'detached' });
  });

  it('keeps every marked account in sight, and the whole note form with what became of the note', async () => {
    const { request } = await aRequestThatFits(panel.service, { count: 13, vertical: 'chess', walletCents: 300_000 });
    for (let n = 1; n <= 13; n += 1) {
      await anAccount(panel.service, { handle: `rook.${n}`, verticals: ['chess'], followers: 90_000 - n });
    }
    const workspace = await panel.signIn('operator', 'Wim');
    const { page } = workspace;
    const on = requestPage(page);
    await page.setViewportSize({ width: 1280, height: 860 });

    workspace.ignoreErrors(/401|503/);
    await page.route(/\/api\/.*\/fulfil/, (route) => route.fulfill({ status: 503, json: {} }));
    await workspace.goTo(toRequestPath(request));
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
    await page.getByRole('status').getByText('Note added.').waitFor();
    expect(await on.noteText.inputValue()).toBe('');

    await workspace.endSessions();
    await page.keyboard.type('Nobody is there to hear it.');
    await page.keyboard.press('Control+Enter');
    await on.note.getByText(/^You have been signed out/).waitFor();
    await page.waitForFunction(isWhole, '.lc-composer');
    expect(await on.noteText.inputValue()).toBe('Nobody is there to hear it.');
  });

  it('wakes a row, says why until somebody opens it, and replaces a lost account at no cost', async () => {
    const { partner, request } = await aRequestThatFits(panel.service, {
      count: 2,
      vertical: 'curling',
      walletCents: 0,
    });
    await anAccount(panel.service, { handle: 'stone.one', verticals: ['curling'], followers: 900 });
    await anAccount(panel.service, { handle: 'stone.two', verticals: ['curling'], followers: 800 });
    const review = panel.service.app.get(ReviewService, { strict: false });
    await review.note(await aStaffMember(panel.service, 'operator'), {
      leaseRequestId: request.id,
      body: 'Empty.',
      visibility: 'partner',
      blocker: 'wallet_short',
    });
    await panel.service.dataSource.query(
      'UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL WHERE id = $1',
      [request.id],
    );
    const workspace = await panel.signIn('operator', 'Fay');
    const { page } = workspace;
    await getRow(workspace, request.id).getByText('Wallet short · 2').waitFor();
    await topUp(panel.service, partner.organizationId, 30_000);
    await getRow(workspace, request.id).getByText('Unblocked: top-up').waitFor();
    await getRow(workspace, request.id).getByRole('link').click();
    const on = requestPage(page);
    await page.getByText('The blocker was removed automatically: top-up.').waitFor();
    await on.assign.waitFor();
    await page.keyboard.press('a');
    await on.assigned.getByText('@stone.one').waitFor();
    expect(await page.getByText('The blocker was removed automatically').count()).toBe(0);
    await on.assigned.getByRole('button', { name: 'Replace @stone.one…' }).click();
    await on.dialog.getByText('@stone.two').click();
    await on.dialog.getByLabel('Reason', { exact: true }).fill('Banned yesterday');
    await on.dialog.getByText('Choose what happens to the old account').waitFor();
    await workspace.screenshot('replace');
    await on.dialog.getByLabel('Quarantine: something is wrong').check();
    await on.dialog.getByRole('button', { name: /^Replace — / }).click();
    await on.assigned.getByText('@stone.two').waitFor();
    await page.getByRole('heading', { name: '1 assigned, 1 replaced' }).waitFor();
    expect(await on.whatHappened.innerText()).toContain(
      'replaced @stone.one with @stone.two: Banned yesterday · the old one went into quarantine',
    );
    expect(await on.wallet.innerText()).toContain('$150.00');
    await workspace.screenshot('replaced');
    await page.keyboard.press('Escape');
    await getRow(workspace, request.id).waitFor();
    expect(await getRow(workspace, request.id).innerText()).not.toContain('Unblocked');
  });

  it('finds things from every page, with the keyboard alone', async () => {
    const { partner } = await aRequestThatFits(panel.service, { vertical: 'polo', name: 'Chukka Club' });
    const workspace = await panel.signIn('viewer', 'Mia');
    const { page } = workspace;
    for (const [place, key] of [
      ['/pages/dashboard', '/'],
      ['/resources/wallets', '/'],
      ['/resources/social-accounts', 'Control+k'],
    ] as const) {
      await workspace.goTo(place);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.keyboard.press(key);
      await page.getByRole('dialog', { name: 'Search' }).waitFor();
      // At once: the hits of a part of it would be replaced under the arrow.
      await page.keyboard.insertText('chukka');
      await page.getByRole('option').nth(1).waitFor();
      if (place === '/pages/dashboard') expect(await axeViolations(page)).toEqual([]);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/resources/organizations/records/${partner.organizationId}/show`);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await workspace.goTo('/pages/search?q=chukka');
    await page.getByRole('option').nth(1).waitFor();
    expect(await page.getByRole('option').first().innerText()).toContain('polo');
    await workspace.screenshot('search');
  });

  it('has nothing serious that axe finds: sign-in, queue, request, dashboard', async () => {
    const { request } = await aRequestThatFits(panel.service, { vertical: 'judo' });
    await anAccount(panel.service, { verticals: ['judo'] });
    const stranger = await panel.open('axe');
    await stranger.goTo('/login');
    await stranger.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await axeViolations(stranger.page)).toEqual([]);
    const workspace = await panel.signIn('operator', 'Hal');
    await getRow(workspace, request.id).waitFor();
    expect(await axeViolations(workspace.page)).toEqual([]);
    await workspace.page.keyboard.press('?');
    await workspace.page.getByRole('dialog').waitFor();
    expect(await axeViolations(workspace.page)).toEqual([]);
    await workspace.goTo(toRequestPath(request));
    await requestPage(workspace.page).assign.waitFor();
    expect(await axeViolations(workspace.page)).toEqual([]);
    await workspace.goTo('/pages/dashboard');
    await workspace.page.getByRole('heading', { name: 'What to warm next' }).waitFor();
    expect(await axeViolations(workspace.page)).toEqual([]);
    await workspace.screenshot('dashboard');
    await workspace.page.getByRole('button', { name: 'Show as tables' }).click();
    await workspace.page.getByRole('button', { name: 'Show as charts' }).waitFor();
    expect(await axeViolations(workspace.page)).toEqual([]);
    const claims = panel.service.app.get(ClaimsService, { strict: false });
    await claims.claim(await aStaffMember(panel.service, 'operator'), { leaseRequestId: request.id });
    await workspace.page.getByRole('link', { name: /^Claimed/ }).click();
    await workspace.page.getByText(/^1 of \d+ matches/).waitFor();
    await getRow(workspace, request.id).waitFor();
  });
});
