import { describe, expect, it } from '@jest/globals';
import type { Route } from 'playwright-core';
import { aPartner } from '../support/makers.js';
import { Console } from './support/console.js';

const panel = new Console('forms');

describe('A field that chooses another record', () => {
  it('takes no record of an older answer by Enter, and sends nothing for a name that was not chosen', async () => {
    await aPartner(panel.service, { name: 'Alpha' });
    const wanted = await aPartner(panel.service, { name: 'Alpha Beta' });
    await aPartner(panel.service, { name: 'Alpine' });
    const workspace = await panel.signIn('admin', 'Ann');
    const { page } = workspace;
    await workspace.goTo('/resources/api-keys/actions/new');
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
    const workspace = await panel.signIn('admin', 'Bob');
    const { page } = workspace;
    await workspace.goTo('/resources/projects');
    await page.getByRole('button', { name: 'Filter' }).click();
    const field = page.getByRole('combobox', { name: 'Partner' });
    await field.fill('no such partner');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('status').getByText('Nothing is called “no such partner”.').waitFor();
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
    await page.getByRole('link', { name: 'Without Partner' }).click();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[role="combobox"]')!.value === '');
    expect(await page.getByRole('list', { name: 'Filtered by' }).count()).toBe(0);
  });
});
