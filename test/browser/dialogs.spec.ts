import { describe, expect, it } from '@jest/globals';
import { FulfillmentService } from '../../src/fulfillment/fulfillment.service.js';
import { aRequestThatFits, aStaffMember, manyAccounts } from '../support/makers.js';
import { Console, toRequestPath } from './support/console.js';
import { requestPage } from './support/workspace.js';

const panel = new Console('replace');

describe('Replacing an account that was undone', () => {
  it('is not offered that account again, and is asked in a window of 900 px without scrolling the dialog', async () => {
    const { request, account } = await aRequestThatFits(panel.service, { count: 1, vertical: 'curling' });
    await manyAccounts(panel.service, 9, 'curling');
    const fulfillment = panel.service.app.get(FulfillmentService, { strict: false });
    const operator = await aStaffMember(panel.service, 'operator');
    const assignment = { leaseRequestId: request.id, socialAccountId: account.id };
    await fulfillment.assign(operator, assignment);
    const workspace = await panel.signIn('admin', 'Fay');
    const { page } = workspace;
    await page.setViewportSize({ width: 1440, height: 900 });
    await workspace.goTo(toRequestPath(request));
    const on = requestPage(page);
    const replace = on.assigned.getByRole('button', { name: /^Replace / });

    await replace.click();
    await on.dialog.getByRole('radio', { name: /Quarantine/ }).waitFor();
    await on.dialog
      .getByRole('radio', { name: /followers/ })
      .nth(5)
      .waitFor();
    expect(await on.dialog.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)).toBe(0);
    await workspace.screenshot('dialog');
    await page.setViewportSize({ width: 1440, height: 900 });
    await on.dialog.getByRole('searchbox').fill('no such account');
    await page.keyboard.press('Escape');
    await on.dialog.waitFor({ state: 'detached' });

    await fulfillment.undoAssign(operator, assignment);
    await page.getByText('undone, the charge was refunded').waitFor();
    await page.getByRole('button', { name: /^Replace @/ }).click();
    await on.dialog.getByRole('searchbox').fill(account.handle);
    await on.dialog.getByText('No free account matches this search.').waitFor();
  });
});

describe('Esc in a search field', () => {
  it('closes the dialog that it stands in at once, and empties the field of the page for the search', async () => {
    const workspace = await panel.signIn('viewer', 'Esc');
    const { page } = workspace;
    await page.keyboard.press('Control+k');
    const dialog = page.getByRole('dialog', { name: 'Search' });
    await dialog.getByRole('combobox').fill('anything');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });

    await workspace.goTo('/pages/search?q=anything');
    await page.getByText('Esc').and(page.locator('kbd')).first().waitFor();
    await page.getByRole('combobox').press('Escape');
    await page.waitForURL((url) => url.search === '');
    expect(await page.getByRole('combobox').inputValue()).toBe('');
  });
});

describe('A filter of the queue', () => {
  it('is as wide as what it filters by', async () => {
    const workspace = await panel.signIn('viewer', 'Wide');
    const { page } = workspace;
    await workspace.goTo(
      '/?language=en-GB&vertical=cooking%20and%20baking&partner=Northern%20Lights%20Media&q=lreq_01HXZ',
    );
    await page.getByLabel('Language').waitFor();
    for (const width of [1024, 1280, 1366, 1440, 1600]) {
      await page.setViewportSize({ width, height: 860 });
      const texts = await page
        .locator('.lc-filter input, .lc-filter select')
        .evaluateAll((fields) =>
          fields.map((field) => (field.scrollWidth > field.clientWidth ? (field as HTMLInputElement).value : '')),
        );
      expect([width, texts.filter((text) => text !== '')]).toEqual([width, []]);
    }
  });
});
