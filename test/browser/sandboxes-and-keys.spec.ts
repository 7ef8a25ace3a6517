import { describe, expect, it } from '@jest/globals';
import { FulfillmentService } from '../../src/fulfillment/fulfillment.service.js';
import { call } from '../support/calls.js';
import { aPartner, aRequest, theSystem } from '../support/makers.js';
import { aSandbox, aSandboxAccount } from '../support/sandboxes.js';
import { axeViolations } from './support/axe.js';
import { Console } from './support/console.js';

const panel = new Console('sandboxes-and-keys');
const DAY_MS = 86_400_000;

/** Runs in the page: the links of tables that stand on more than one line, and tables wider than their cards. */
function findCramped(): string[] {
  const broken = [...document.querySelectorAll('td a')].filter((link) => link.getClientRects().length > 1);
  const cut = [...document.querySelectorAll('.lc-scroll')].filter((card) => card.scrollWidth > card.clientWidth);
  return [...broken, ...cut].map(({ textContent }) => textContent!);
}

describe('The pages of a sandbox', () => {
  it('show its own time and the days from it, with every table as wide as its card', async () => {
    const partner = await aPartner(panel.service, { name: 'Brew Media' });
    const sandbox = await aSandbox(panel.service, partner);
    const request = await aRequest(panel.service, sandbox);
    const account = await aSandboxAccount(panel.service);
    await panel.service.app
      .get(FulfillmentService, { strict: false })
      .assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
    await panel.service.dataSource.query(
      "UPDATE api_key SET last_used_at = now(), last_used_address = '203.0.113.254'",
    );
    await panel.service.dataSource.query('UPDATE organization SET clock_ahead_ms = $2 WHERE id = $1', [
      sandbox.organizationId,
      15 * DAY_MS,
    ]);
    const workspace = await panel.signIn('admin', 'Ann');
    const { page } = workspace;
    await page.setViewportSize({ width: 1440, height: 800 });
    const times: string[] = [];
    for (const resource of ['organizations', 'wallets']) {
      await workspace.goTo(`/resources/${resource}/records/${sandbox.organizationId}/show`);
      times.push((await page.locator('.lc-strip time').getAttribute('datetime'))!);
      await workspace.settle();
      expect([resource, await page.evaluate(findCramped)]).toEqual([resource, []]);
      // The key alone was used in real time.
      expect(await page.getByText(/just now|today|min ago/).count()).toBe(resource === 'wallets' ? 0 : 1);
      await workspace.screenshot(resource);
      await page.setViewportSize({ width: 1440, height: 800 });
    }
    for (const time of times) expect(Math.floor((Date.parse(time) - Date.now()) / DAY_MS)).toBe(14);
    await workspace.goTo(`/resources/organizations/records/${partner.organizationId}/show`);
    await page.getByText('This partner has a sandbox.').waitFor();
    await workspace.settle();
    expect(await page.evaluate(findCramped)).toEqual([]);
    await workspace.screenshot('partner');
  });
});

describe('An admin', () => {
  it('creates a sandbox and reads its key, once', async () => {
    const partner = await aPartner(panel.service, { name: 'Key Coffee' });
    const workspace = await panel.signIn(
      'admin',
      'Ada',
      `/resources/organizations/records/${partner.organizationId}/createSandbox`,
    );
    const { page } = workspace;
    await page.getByRole('button', { name: 'Create the sandbox' }).click();
    const key = await page.getByText(/^lp_test_/).innerText();
    await workspace.screenshot('sandbox');
    expect(await axeViolations(page)).toEqual([]);
    const { body } = await call(panel.service, 'GET', '/v1/whoami', { key });
    expect(body.parentOrganizationId).toBe(partner.organizationId);
    await page.getByLabel('I have saved it').check();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.waitForURL(new RegExp(`/records/${body.organizationId}/show$`));
    expect(await page.getByText(key).count()).toBe(0);
  });

  it('rotates a key, whose old secret works until the end that was chosen', async () => {
    const partner = await aPartner(panel.service);
    const workspace = await panel.signIn('admin', 'Ada', `/resources/api-keys/records/${partner.apiKeyId}/rotate`);
    const { page } = workspace;
    await page.getByLabel('The old key stops working').selectOption({ label: 'At once' });
    await page.getByRole('button', { name: 'Rotate key' }).click();
    const key = await page.getByText(/^lp_live_/).innerText();
    expect((await call(panel.service, 'GET', '/v1/whoami', { key })).body.apiKeyId).toBe(partner.apiKeyId);
    expect((await call(panel.service, 'GET', '/v1/whoami', { key: partner.apiKey })).status).toBe(401);
  });
});
