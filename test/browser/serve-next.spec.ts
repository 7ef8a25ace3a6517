import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { aRequest, aRequestThatFits, aStaffMember, anAccount } from '../support/makers.js';
import { Console, getRow, toRequestPath } from './support/console.js';

const panel = new Console('serve-next');

describe('Serve next', () => {
  it('says that the queue is empty, as the queue does; a key that needs a row says that there is none', async () => {
    const workspace = await panel.signIn('operator', 'Nia');
    const { page } = workspace;
    await page.getByText('New requests appear here automatically').waitFor();
    await page.keyboard.press('s');
    await page.getByText('The queue is empty: no request is open.').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('No request is selected.').waitFor();
    await workspace.screenshot('empty');
  });

  /** What earlier tests left open is out of the way. */
  async function holdAll(): Promise<void> {
    const { staffId } = await aStaffMember(panel.service, 'operator');
    await panel.service.dataSource.query(
      "UPDATE lease_request SET claimed_by = $1, claimed_until = now() + interval '10 minutes' WHERE status = 'requested'",
      [staffId],
    );
  }

  it('serves each of two colleagues another request, and says so where there is none', async () => {
    await holdAll();
    const { partner, request } = await aRequestThatFits(panel.service, { vertical: 'croquet', count: 1 });
    const second = await aRequest(panel.service, partner, { vertical: 'croquet', count: 1 });
    await anAccount(panel.service, { verticals: ['croquet'] });
    const colleagues = await Promise.all([
      panel.signIn('operator', 'Jan'),
      panel.signIn('operator', 'Kim'),
      panel.signIn('operator', 'Lou'),
    ]);
    await Promise.all(colleagues.map((workspace) => getRow(workspace, second.id).waitFor()));
    const [jan, kim, lou] = colleagues;
    await Promise.all([jan, kim].map((workspace) => workspace!.page.keyboard.press('s')));
    await Promise.all([jan, kim].map((workspace) => workspace!.page.getByText(/^claimed by you until/).waitFor()));
    const served = [jan, kim].map((workspace) => /lreq_\w+/.exec(workspace!.page.url())![0]);
    expect(new Set(served)).toEqual(new Set([request.id, second.id]));
    await lou!.page.keyboard.press('s');
    await lou!.page.getByText(/^There is nothing to work on right now/).waitFor();
    expect(new URL(lou!.page.url()).pathname).toBe('/admin');
  });

  it('serves two tabs of one colleague another request each, and first what that tab holds', async () => {
    await holdAll();
    const { partner } = await aRequestThatFits(panel.service, { vertical: 'curling', count: 1 });
    await aRequest(panel.service, partner, { vertical: 'curling', count: 1 });
    await anAccount(panel.service, { verticals: ['curling'] });
    const workspace = await panel.signIn('operator', 'Mio');
    const first = workspace.page;
    const second = await workspace.context.newPage();
    await second.goto(first.url());
    const rows = (page: Page) => page.locator('.lc-queue tbody tr', { hasText: 'curling' });
    await Promise.all([first, second].map((page) => rows(page).nth(1).waitFor()));
    await Promise.all([first, second].map((page) => page.keyboard.press('s')));
    await Promise.all([first, second].map((page) => page.getByText(/^claimed by you until/).waitFor()));
    const [inFirst, inSecond] = [first, second].map((page) => /lreq_\w+/.exec(page.url())![0]);
    expect(inFirst).not.toBe(inSecond);

    await second.keyboard.press('Escape');
    await rows(second).first().waitFor();
    await second.keyboard.press(inFirst! < inSecond! ? 'k' : 'j');
    await second.locator(`#${inFirst}.on`).waitFor();
    await second.keyboard.press('c');
    await second.getByText(/^You are working on this one in another tab/).waitFor();
    await second.keyboard.press('s');
    await second.getByText(/^You have claimed this one already, and your claims come first/).waitFor();
    await second.waitForURL(`**${toRequestPath({ id: inSecond! })}`);

    await second.getByText(/^claimed by you until/).waitFor();
    await second.keyboard.press('Escape');
    await rows(second).first().waitFor();
    await second.reload();
    await rows(second).first().waitFor();
    await first.keyboard.press('Escape');
    await first.locator(`#${inFirst}.on`).waitFor();
    await first.keyboard.press(inFirst! < inSecond! ? 'j' : 'k');
    await first.locator(`#${inSecond}.on`).waitFor();
    await first.keyboard.press('c');
    await first.getByText(/^You are working on this one in another tab/).waitFor();
    await second.keyboard.press('s');
    await second.waitForURL(`**${toRequestPath({ id: inSecond! })}`);
    await second.getByText(/^claimed by you until/).waitFor();
    await first.close();
    await second.keyboard.press('c');
    await second.getByRole('button', { name: /^Claim/ }).waitFor();
    await second.keyboard.press('Escape');
    await rows(second).first().waitFor();
    await second.keyboard.press('s');
    await second.waitForURL(`**${toRequestPath({ id: inFirst! })}`);
  });
});
