import type { LeaseRequestId } from '../../src/core/ids.js';
import { describe, expect, it } from '@jest/globals';
import { ClaimsService } from '../../src/lease-requests/claims.service.js';
import { FulfillmentService } from '../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../src/fulfillment/review.service.js';
import { requestState } from '../support/ledger.js';
import { aPartner, aRequest, aRequestThatFits, aStaffMember, anAccount } from '../support/makers.js';
import { Console, getRow, isCut, toRequestPath, waitForRows, waitForSelected } from './support/console.js';
import { POLLING_SPEEDUP, requestPage } from './support/workspace.js';

const panel = new Console('queue');

describe('The queue', () => {
  it('narrows the queue by what the address says, and counts each view', async () => {
    const { request } = await aRequestThatFits(panel.service, { vertical: 'sailing', name: 'Spinnaker' });
    const review = panel.service.app.get(ReviewService, { strict: false });
    const operator = await aStaffMember(panel.service, 'operator');
    await review.note(operator, {
      leaseRequestId: request.id,
      body: 'Which waters?',
      visibility: 'partner',
      blocker: 'needs_clarification',
    });
    await panel.service.app.get(ClaimsService, { strict: false }).unclaim(operator, { leaseRequestId: request.id });
    const workspace = await panel.signIn('operator', 'Eve');
    const { page } = workspace;
    await page.getByRole('button', { name: /^Blocked/ }).click();
    await page.getByLabel('Vertical').fill('Sailing');
    await page.keyboard.press('Enter');
    await waitForRows(workspace, 1);
    await getRow(workspace, request.id).getByText('Needs clarification · 3').waitFor();
    expect(await getRow(workspace, request.id).getByText('Needs clarification', { exact: true }).evaluate(isCut)).toBe(
      false,
    );
    expect(new URL(page.url()).search).toBe('?view=blocked&vertical=Sailing');
    expect(await getRow(workspace, request.id).innerText()).toContain('paused');
    await page.reload();
    await getRow(workspace, request.id).waitFor();
    expect(await page.getByRole('button', { name: /^Blocked/ }).getAttribute('aria-pressed')).toBe('true');
    await workspace.screenshot('narrowed');
    const wish = getRow(workspace, request.id).locator('.lc-chips .lc-chip');
    for (const width of [1440, 1366, 1280, 1600]) {
      await page.setViewportSize({ width, height: 900 });
      expect([width, await wish.first().evaluate(isCut), await wish.nth(1).evaluate(isCut)]).toEqual([
        width,
        false,
        false,
      ]);
    }
    await page.goto(`${panel.service.baseUrl}/admin?view=blocked&vertical=knitting`);
    await page.getByText('No request matches these filters.').waitFor();
    await workspace.screenshot('none-match');
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await getRow(workspace, request.id).waitFor();
    expect(new URL(page.url()).search).toBe('?view=blocked');
  });

  it('says that it still reads while what it shows was asked for before', async () => {
    const request = await aRequest(panel.service, await aPartner(panel.service), { vertical: 'lacrosse' });
    const workspace = await panel.signIn('operator', 'Ned');
    const { page } = workspace;
    const none = page.getByText(/No request matches|Nothing is waiting|You have claimed no requests/);
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
    await getRow(workspace, request.id).waitFor();
    await page.getByRole('button', { name: /^Mine/ }).click();
    await page.locator('[aria-busy="true"]').getByRole('table').waitFor();
    await page.getByText('reading…').waitFor();
    letGo();
    await page.unroute(/\/api\/pages\/queue/);
    letGo();
    await page.getByText('You have claimed no requests.').waitFor();
  });

  it('counts what is left after earlier requests, and the page of a request names them', async () => {
    const partner = await aPartner(panel.service, { name: 'Fencing Club', walletCents: 8 * 15_000 });
    for (let n = 0; n < 7; n += 1) await anAccount(panel.service, { verticals: ['fencing'] });
    const first = await aRequest(panel.service, partner, { vertical: 'fencing', count: 6 });
    const second = await aRequest(panel.service, partner, { vertical: 'fencing', count: 8 });
    const third = await aRequest(panel.service, partner, { vertical: 'fencing', count: 2 });
    const workspace = await panel.signIn('operator', 'Fay', '?vertical=fencing');
    const { page } = workspace;
    await waitForRows(workspace, 3);
    const cells = async ({ id }: { id: string }) => {
      const row = getRow(workspace, id);
      const texts = await Promise.all([5, 6].map((column) => row.locator('td').nth(column).innerText()));
      return texts.map((text) => text.split(/\s*\n\s*/).join(', '));
    };
    expect(await cells(first)).toEqual(['all 6', '7']);
    expect(await cells(second)).toEqual(['2 of 8, all 8 alone', '1, 7 alone']);
    expect(await cells(third)).toEqual(['none, all 2 alone', 'none, 7 alone']);
    await workspace.screenshot('net');

    await workspace.goTo(toRequestPath(second));
    await page.getByText('▲ covers 2 of 8 after earlier requests').waitFor();
    await page.getByText('all 8 alone · $900.00 more needed for all').waitFor();
    await page.getByText('best first · 1 after earlier requests').waitFor();
    const before = page
      .locator('section.lc-card')
      .filter({ has: page.getByRole('heading', { name: 'Ahead in the queue' }) });
    expect(await before.innerText()).toMatch(
      /6 × fencing, Fencing Club\s+.* left\s+takes money for 6 accounts and up to 6 accounts that fit/,
    );
    const on = requestPage(page);
    await page.keyboard.press('m');
    await page.getByText('1 account marked: the pool has no more after earlier requests.').waitFor();
    for (const key of ['j', 'Space', 'j', 'Space']) await page.keyboard.press(key);
    await on.preview.getByText('▲ Takes from earlier requests: money for 1 account and 2 accounts.').waitFor();
    await workspace.screenshot('net-request');
    await page.keyboard.press('a');
    await on.dialog.getByText('Takes from earlier requests: money for 1 account and 2 accounts.').waitFor();
    await workspace.screenshot('net-several');
    await page.keyboard.press('Escape');
    await workspace.goTo(toRequestPath(third));
    await on.assign.waitFor();
    await page.keyboard.press('m');
    await on.refusal.getByText('Nothing is marked: the wallet covers none after earlier requests.').waitFor();

    await before.getByRole('link', { name: /6 × fencing/ }).click();
    await page.waitForURL(`**${toRequestPath(first)}`);
    await page.getByText('covers the 6 still wanted, and 2 more').waitFor();
    await on.assign.waitFor();
    await page.keyboard.press('m');
    await page.getByText('6 accounts marked: all that is still wanted.').waitFor();
    await page.keyboard.press('m');
    await page.getByText('6 accounts are already marked: all that is still wanted.').waitFor();
    await page.keyboard.press('a');
    await on.dialog.getByRole('heading', { name: /^Assign 6 accounts to/ }).waitFor();
  });

  it('keeps the order of its own words around a name that runs from right to left', async () => {
    const partner = await aPartner(panel.service, { name: 'קפה 24' });
    const request = await aRequest(panel.service, partner, { vertical: 'קפה', count: 2 });
    const workspace = await panel.signIn('operator', 'Rut', '?vertical=קפה');
    const { page } = workspace;
    await waitForRows(workspace, 1);
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog', { name: 'Note on 2 × \u2068קפה\u2069 for \u2068קפה 24\u2069' });
    await dialog.waitFor();
    await workspace.screenshot('right-to-left-note');
    await page.keyboard.press('Escape');
    await workspace.goTo(toRequestPath(request));
    const heading = page.getByRole('heading', { level: 1 });
    await heading.waitFor();
    expect(await heading.locator('bdi').allInnerTexts()).toEqual(['קפה', 'קפה 24']);
    expect(await page.title()).toContain('2 × \u2068קפה\u2069 for \u2068קפה 24\u2069');
    await workspace.screenshot('right-to-left');
  });

  it('blocks several rows with one note and reports each', async () => {
    const partner = await aPartner(panel.service, { name: 'Bulk & Sons' });
    const requests = [
      await aRequest(panel.service, partner),
      await aRequest(panel.service, partner, { vertical: 'darts' }),
    ];
    const workspace = await panel.signIn('operator', 'Gus');
    const { page } = workspace;
    await page.getByRole('combobox', { name: 'Partner:' }).fill('Bulk & Sons');
    await page.keyboard.press('Enter');
    await waitForRows(workspace, 2);
    for (const { id } of requests) await getRow(workspace, id).getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Block…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Blocker').selectOption('policy');
    await dialog.getByLabel('Note', { exact: true }).fill('Waiting for a decision.');
    await dialog.getByRole('button', { name: 'Block 2' }).click();
    await page.getByText('2 requests blocked.').waitFor();
    for (const { id } of requests) expect(await requestState(panel.service, id)).toMatchObject({ blocker: 'policy' });
  });

  it('rejects several with one note, says which one was refused and why, and keeps that one marked', async () => {
    const partner = await aPartner(panel.service, { name: 'Refusals & Co' });
    const requests = [];
    for (let n = 0; n < 3; n += 1) requests.push(await aRequest(panel.service, partner, { vertical: 'quoits' }));
    const held = requests[1]!;
    const begun = await aRequestThatFits(panel.service, { vertical: 'quoits', count: 3 });
    const colleague = await aStaffMember(panel.service, 'operator');
    await panel.service.app
      .get(FulfillmentService, { strict: false })
      .assign(colleague, { leaseRequestId: begun.request.id, socialAccountId: begun.account.id });
    const workspace = await panel.signIn('operator', 'Ivy', '?vertical=quoits');
    const { page } = workspace;
    await waitForRows(workspace, 4);
    for (const key of ['x', 'j', 'x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText('4 requests marked').waitFor();
    await panel.service.app.get(ClaimsService, { strict: false }).claim(colleague, { leaseRequestId: held.id });
    await page.getByRole('button', { name: 'Reject…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('9 accounts asked for are given up. That is final.').waitFor();
    await dialog.getByText('One has accounts assigned already and will be refused').waitFor();
    await dialog.getByLabel('Reason').selectOption('policy');
    await dialog.getByLabel('Note, as each partner sees it').fill('Not this season.');
    await dialog.getByRole('button', { name: 'Reject 4' }).click();
    await dialog
      .getByText(/2 requests rejected, 2 not\. .*Refusals & Co, quoits .* has claimed this request until/)
      .waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('2 requests marked').waitFor();
    await waitForRows(workspace, 2);
    expect(await getRow(workspace, held.id).getByRole('checkbox').isChecked()).toBe(true);
    const statuses = await Promise.all(requests.map(async ({ id }) => (await requestState(panel.service, id)).status));
    expect(statuses).toEqual(['rejected', 'requested', 'rejected']);
  });

  it('keeps what one moves to in sight, and comes back to it with the view and the filters', async () => {
    const name = 'شركة النخيل الذهبي المحدودة للتجارة والتوزيع والتسويق الإلكتروني';
    const { partner, request } = await aRequestThatFits(panel.service, { vertical: 'petanque', name });
    for (let n = 0; n < 15; n += 1) {
      await aRequest(panel.service, partner, { vertical: 'petanque' });
      await anAccount(panel.service, { handle: `boule.${n}`, verticals: ['petanque'] });
    }
    const workspace = await panel.signIn('operator', 'Pia');
    const { page } = workspace;
    await page.setViewportSize({ width: 1280, height: 860 });
    const address = `${panel.service.baseUrl}/admin?vertical=petanque&view=unclaimed`;
    await page.goto(address);
    await waitForRows(workspace, 16);
    const ids = await page.locator('.lc-queue tbody tr').evaluateAll((all) => all.map(({ id }) => id));
    for (const id of ids.slice(1)) {
      await page.keyboard.press('j');
      await waitForSelected(workspace, id, null, '.lc-keys');
    }
    await page.keyboard.press('x');
    await waitForSelected(workspace, ids[15]!, null, '.lc-bulk');
    await workspace.screenshot('last-marked');
    await page.setViewportSize({ width: 1280, height: 860 });
    for (const id of ids.slice(0, 15).reverse()) {
      await page.keyboard.press('k');
      await waitForSelected(workspace, id, null, '.lc-bulk');
    }
    const direction = (element: Element) => getComputedStyle(element).direction;
    expect(await getRow(workspace, request.id).getByText(name).evaluate(direction)).toBe('rtl');

    await page.getByRole('button', { name: /^Unclaimed/ }).click();
    for (const key of ['j', 'j', 'Enter']) await page.keyboard.press(key);
    await page.waitForURL(`**${toRequestPath({ id: ids[2]! })}`);
    const on = requestPage(page);
    await on.assign.waitFor();
    const candidates = await on.fitting.locator('.lc-candidate').evaluateAll((all) => all.map(({ id }) => id));
    for (const id of candidates.slice(1)) {
      await page.keyboard.press('j');
      await waitForSelected(workspace, id, '.lc-preview', '.lc-keys');
    }
    for (const id of candidates.slice(1, -1).reverse()) {
      await page.keyboard.press('k');
      await waitForSelected(workspace, id, '.lc-preview', '.lc-keys');
    }
    await page.keyboard.press('Escape');
    await page.waitForURL(address);
    await waitForSelected(workspace, ids[2]!, null, '.lc-keys');
    await page.keyboard.press('j');
    await waitForSelected(workspace, ids[3]!, null, '.lc-keys');
    await page.reload();
    await waitForSelected(workspace, ids[3]!, null, '.lc-keys');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Queue' }).click();
    await page.waitForURL(address);
    await waitForSelected(workspace, ids[3]!, null, '.lc-keys');
  });

  it('shows every row once as one scrolls, stays there while it reads again, and comes back there', async () => {
    const partner = await aPartner(panel.service, { name: 'Many & More' });
    const colleague = await aStaffMember(panel.service, 'operator');
    for (let n = 0; n < 120; n += 1) await aRequest(panel.service, partner, { vertical: 'bowls' });
    const workspace = await panel.signIn('operator', 'Uma');
    const { page } = workspace;
    const rows = page.locator('.lc-queue tbody tr');
    const shownIds = () => rows.evaluateAll((all) => all.map(({ id }) => id));
    await page.goto(`${panel.service.baseUrl}/admin?partner=Many+%26+More`);
    await page.getByText(/^50\+ of .* match/).waitFor();
    const begun = Date.now();
    const reads: string[] = [];
    page.on('request', (request) => request.url().includes('/api/pages/queue') && reads.push(request.url()));
    for (let n = 0; n < 60; n += 1) await page.keyboard.press('j');
    await rows.nth(51).waitFor();
    // One that is shown becomes the last, and one that is not yet the first.
    const [[last], first] = [await shownIds(), (await aRequest(panel.service, partner, { vertical: 'bowls' })).id];
    await panel.service.dataSource.query("UPDATE lease_request SET due_at = due_at + interval '9 days' WHERE id = $1", [
      last,
    ]);
    await panel.service.dataSource.query("UPDATE lease_request SET due_at = due_at - interval '9 days' WHERE id = $1", [
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
    expect(reads.length).toBeLessThan(10 + (3 * POLLING_SPEEDUP * (Date.now() - begun)) / 6_000);

    const chosen = ids[100]!;
    await getRow(workspace, chosen).getByRole('checkbox').check();
    await getRow(workspace, chosen).scrollIntoViewIfNeeded();
    const placeBefore = await getRow(workspace, chosen).boundingBox();
    await panel.service.app
      .get(ClaimsService, { strict: false })
      .claim(colleague, { leaseRequestId: chosen as LeaseRequestId });
    await getRow(workspace, chosen).getByText('operator').waitFor();
    expect(await getRow(workspace, chosen).boundingBox()).toEqual(placeBefore);
    expect(await getRow(workspace, chosen).getByRole('checkbox').isChecked()).toBe(true);

    await getRow(workspace, chosen).getByRole('link').click();
    await requestPage(page).askedFor.waitFor();
    await page.goBack();
    await getRow(workspace, chosen).waitFor();
    await page.waitForFunction((id) => document.getElementById(id)?.className === 'on', chosen);
    const box = await getRow(workspace, chosen).boundingBox();
    expect(box!.y > 0 && box!.y < 960).toBe(true);
    await page.getByRole('button', { name: /^Overdue/ }).click();
    await waitForRows(workspace, 1);
    await page.goBack();
    await rows.nth(49).waitFor();
    expect(new URL(page.url()).search).toBe('?partner=Many+%26+More');
  });

  it('does not extend the session by what it reads by itself', async () => {
    const { page } = await panel.signIn('operator', 'Una');
    const reads = (isUnasked: boolean) =>
      page.waitForRequest(
        (request) =>
          new URL(request.url()).pathname.endsWith('/pages/queue') &&
          new URL(request.url()).searchParams.has('view') &&
          'x-unasked' in request.headers() === isUnasked,
      );
    await Promise.all([reads(false), page.reload()]);
    await reads(true);
    await Promise.all([reads(false), page.keyboard.press('r')]);
  });
});
