import { describe, expect, it } from '@jest/globals';
import { aPartner } from '../support/makers.js';
import { call } from '../support/calls.js';
import { axeViolations } from './support/axe.js';
import { Console } from './support/console.js';

const panel = new Console('keys');

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
