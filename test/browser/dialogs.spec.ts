import { describe, expect, it } from '@jest/globals';
import { FulfillmentService } from '../../src/fulfillment/fulfillment.service.js';
import { aPartner, aRequestThatFits, aStaffMember, manyAccounts } from '../support/makers.js';
import { Console, toRequestPath } from './support/console.js';
import { requestPage } from './support/workspace.js';

const panel = new Console('dialogs');

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

describe('A form that moves money', () => {
  it('says only what holds for what stands in it', async () => {
    const { organizationId } = await aPartner(panel.service, { name: 'Small Change', walletCents: 10_000 });
    const workspace = await panel.signIn('finance', 'Cent', `/resources/wallets/records/${organizationId}/adjust`);
    const { page } = workspace;
    await page.getByLabel('Amount in dollars').fill('150');
    const preview = page.locator('.lc-preview');
    await preview.getByText('$250.00').waitFor();
    await page.getByRole('button', { name: 'Deduct' }).click();
    await page.getByText('The wallet holds only $100.00').waitFor();
    expect(await preview.innerText()).toMatch(/^Wallet\s*\$100\.00 → \$100\.00$/);

    await workspace.goTo(`/resources/wallets/records/${organizationId}/reverseTopUp`);
    const owed = page.getByText('While anything is owed');
    const certain = page.getByText('$100.00 is taken from the wallet, which keeps $0.00; nothing is owed.');
    await owed.waitFor();
    const topUp = page.getByRole('option', { name: /\$100\.00/ });
    const id = await topUp.getAttribute('value');
    await page.getByLabel('Which top-up').selectOption(id);
    await certain.waitFor();
    expect(await owed.count()).toBe(0);
    await page.getByLabel('Which top-up').selectOption('');
    await owed.waitFor();
    await page.getByLabel('ID of the top-up').fill(id!);
    await certain.waitFor();
    expect(await owed.count()).toBe(0);
  });

  it('drops a refusal when another direction is chosen', async () => {
    const { organizationId } = await aPartner(panel.service, { walletCents: 10_000 });
    const workspace = await panel.signIn('finance', 'Turn', `/resources/wallets/records/${organizationId}/adjust`);
    const { page } = workspace;
    await page.getByLabel('Amount in dollars').fill('5');
    await page.getByLabel('Reason').fill('Counted twice');
    const notice = { type: 'error', message: 'This is refused.' };
    await page.route('**/records/*/adjust', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ json: { notice } }) : route.continue(),
    );
    await page.getByRole('button', { name: 'Add $5.00' }).click();
    await page.getByText('This is refused.').waitFor();
    await page.getByRole('button', { name: 'Deduct', exact: true }).click();
    await page.getByText('This is refused.').waitFor({ state: 'detached' });
  });
});
