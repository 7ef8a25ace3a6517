import { describe, expect, it } from '@jest/globals';
import type { Route } from 'playwright-core';
import { OrganizationsService } from '../../src/partners/organizations.service.js';
import { aColleague } from '../http/admin/panel.js';
import { aPartner, aRequest, aRequestThatFits, aStaffMember } from '../support/makers.js';
import { Console, toRequestPath } from './support/console.js';
import { requestPage } from './support/workspace.js';

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

describe('What is typed', () => {
  it('stays where somebody else has changed the record, which is told, and is saved on top of that', async () => {
    const { organizationId } = await aPartner(panel.service, { name: 'Contested', priceCents: 20_000 });
    const workspace = await panel.signIn('admin', 'Cem');
    const { page } = workspace;
    await workspace.goTo(`/resources/organizations/records/${organizationId}/edit`);
    await page.getByLabel('Name', { exact: true }).fill('Contested, Inc.');
    const organizations = panel.service.app.get(OrganizationsService, { strict: false });
    const colleague = { ...(await aStaffMember(panel.service, 'admin')), name: 'Dora' };
    await organizations.update(colleague, { organizationId, priceCents: 12_000, reason: 'Agreed' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByRole('alert')
      .getByText('Dora has changed this after you opened it: price from $200.00 to $120.00.')
      .waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Contested, Inc.');
    expect(await page.getByLabel(/price/i).inputValue()).toBe('120.00');
    await workspace.screenshot('changed-meanwhile');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Contested, Inc.' }).waitFor();
    const [saved] = await panel.service.dataSource.query('SELECT name, price_cents FROM organization WHERE id = $1', [
      organizationId,
    ]);
    expect(saved).toEqual({ name: 'Contested, Inc.', price_cents: 12_000 });
  });

  it('stays while a note is being saved, on the request and in the queue', async () => {
    const request = await aRequest(panel.service, await aPartner(panel.service), { vertical: 'typing' });
    const workspace = await panel.signIn('operator', 'Eve');
    const { page } = workspace;
    const held: Route[] = [];
    const noteCalls = '**/lease-requests/records/*/note';
    await page.route(noteCalls, (route) => void held.push(route));
    const release = async () => {
      while (held.length === 0) await page.waitForRequest(noteCalls);
      await held.pop()!.continue();
    };
    await workspace.goTo(toRequestPath(request));
    const text = requestPage(page).noteText;
    await text.fill('Called them.');
    await text.press('Control+Enter');
    await page.getByRole('button', { name: 'Saving…' }).waitFor();
    await text.pressSequentially(' They call back.');
    await release();
    await page.getByText('Noted.', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Add', exact: true }).waitFor();
    expect(await text.inputValue()).toBe('They call back.');

    await workspace.goTo('?vertical=typing');
    await page.locator(`#${request.id}`).waitFor();
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Internal note').fill('First.');
    await page.keyboard.press('Control+Enter');
    await dialog.getByRole('button', { name: 'One moment…' }).waitFor();
    await dialog.getByLabel('Internal note').pressSequentially(' Second.');
    await release();
    await dialog.getByRole('button', { name: 'Add note' }).waitFor();
    expect(await dialog.getByLabel('Internal note').inputValue()).toBe('Second.');
    await page.unroute(noteCalls);
  });

  it('is left to an input method while it composes', async () => {
    const workspace = await panel.signIn('admin', 'Fei');
    const { page } = workspace;
    await workspace.goTo('/resources/social-accounts/actions/new');
    const words = page.getByLabel('Verticals');
    await words.fill('こーひー');
    await words.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    await words.dispatchEvent('keydown', { key: 'Enter', keyCode: 229 });
    expect([await words.inputValue(), await page.getByRole('button', { name: /^Remove/ }).count()]).toEqual([
      'こーひー',
      0,
    ]);
    await words.press('Enter');
    await page.getByRole('button', { name: 'Remove こーひー' }).waitFor();
    await workspace.goTo('/pages/dashboard');
    await page.getByRole('heading', { level: 1 }).waitFor();
    for (const keys of [{ isComposing: true }, { keyCode: 229 }])
      await page.locator('body').dispatchEvent('keydown', { key: '?', bubbles: true, ...keys });
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});

describe('Somebody who is looking for something', () => {
  it('gets to a link after signing in, and back in from a page that was open when the session ended', async () => {
    const { partner } = await aRequestThatFits(panel.service, { vertical: 'links', name: 'Link & Co' });
    const colleague = await aColleague(panel.service, 'viewer', 'Gil');
    const workspace = await panel.open('link');
    const { page } = workspace;
    const place = `/resources/organizations/records/${partner.organizationId}/show`;
    await workspace.goTo(place);
    await page.getByLabel('Email').fill(colleague.email);
    await page.getByLabel('Password').fill(colleague.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Link & Co' }).waitFor();
    expect(page.url()).toBe(`${panel.service.baseUrl}/admin${place}`);
    await workspace.goTo('?view=mine');
    await page.getByRole('button', { name: /^Blocked/ }).waitFor();
    await workspace.context.clearCookies();
    workspace.ignoreErrors(/401/);
    await page.getByRole('button', { name: /^Blocked/ }).click();
    const signIn = page.getByRole('alert').getByRole('link', { name: 'Sign in' });
    await signIn.waitFor();
    expect([await signIn.getAttribute('href'), await signIn.getAttribute('target')]).toEqual([
      `/admin/login?${new URLSearchParams({ next: '/admin?view=blocked' }).toString()}`,
      '_blank',
    ]);
  });

  it('is told how many match, and gets to all of them and to pages by name', async () => {
    const partner = await aPartner(panel.service, { name: 'Many Wishes' });
    for (let n = 0; n < 7; n += 1) await aRequest(panel.service, partner, { vertical: 'wishing' });
    const workspace = await panel.signIn('operator', 'Hana');
    const { page } = workspace;
    await workspace.goTo('/pages/dashboard');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('many wish');
    const dialog = page.getByRole('dialog', { name: 'Search' });
    await dialog.getByText('8 match, 6 are shown').waitFor();
    expect(await dialog.getByRole('option').first().innerText()).toContain('3 × wishing for Many Wishes');
    await workspace.screenshot('search-some');
    await page.keyboard.press('ArrowUp');
    for (let n = 0; n < 6; n += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('8 found').waitFor();
    expect(await page.getByRole('option').count()).toBe(8);
    await workspace.screenshot('search-all');
    await page.getByRole('combobox').fill('renew');
    await page.getByRole('option', { name: 'Renewals' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/pages/renewals');
  });
});
