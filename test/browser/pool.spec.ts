import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { aColleague } from '../http/admin/panel.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { anAccount, aPartner, aRequest, manyAccounts } from '../support/makers.js';
import { startChromium } from './support/chromium.js';
import { Workspace } from './support/workspace.js';

let service: TestApp;
let browser: Browser;
let workspace: Workspace;

beforeAll(async () => {
  [service, browser] = await Promise.all([startTestApp(), startChromium()]);
  workspace = await Workspace.open(browser, service, 'pool');
  await workspace.signIn(await aColleague(service, 'operator', 'Omar'));
});
afterEach(() => expect(workspace.errors.splice(0)).toEqual([]));
afterAll(async () => {
  await browser.close();
  await service.close();
});

const file = (...lines: string[]) => ({
  name: 'warmed.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(['handle,followers,vertical,language,geo,status', ...lines, ''].join('\n')),
});
const sizeOfPool = async (): Promise<number> =>
  (await service.dataSource.query('SELECT count(*)::int AS size FROM social_account'))[0].size;

describe('An operator imports a file', () => {
  it('after seeing what it would do, and nothing before', async () => {
    await anAccount(service, { handle: 'known.one', followers: 5, verticals: ['knitting'] });
    const { page } = workspace;
    await workspace.goTo('/resources/social-accounts');
    await page.getByRole('link', { name: 'Import CSV' }).click();
    await page
      .getByLabel('Choose a file…')
      .setInputFiles(file('new.one,900,nitting,en,US,', 'known.one,700,knitting,en,US,', 'bad one,x,,english,UK,'));

    await page.getByRole('heading', { name: 'What warmed.csv would do' }).waitFor();
    const rejected = page.getByRole('table', { name: '1 line left out' });
    expect(await rejected.getByRole('row').nth(1).innerText()).toMatch(/^4\s+handle must/);
    const verticals = page.getByRole('table', { name: '1 vertical new to the pool' });
    expect(await verticals.getByRole('row').nth(1).innerText()).toMatch(/^nitting\s+1\s+knitting$/);
    await workspace.screenshot('import-preview');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download them to fix' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('left-out-of-warmed.csv');
    expect(await readFile(await download.path(), 'utf8')).toMatch(/\r\n4,"handle must.*",bad one,x,,english,UK,\r\n$/);
    expect(await sizeOfPool()).toBe(1);

    await page.getByRole('button', { name: 'Import: add 1, change 1' }).click();
    await page.getByRole('heading', { name: 'Imported: 1 new account, 1 changed one.' }).waitFor();
    await workspace.screenshot('imported');
    expect(await sizeOfPool()).toBe(2);
    await page.getByRole('link', { name: 'To the pool' }).click();
    await page.getByRole('link', { name: '@new.one' }).waitFor();
  });

  it('and shows another preview where the pool changed since', async () => {
    const { page } = workspace;
    await workspace.goTo('/resources/social-accounts/actions/import');
    await page.getByLabel('Choose a file…').setInputFiles(file('late.one,1,tea,en,US,'));
    await page.getByRole('button', { name: 'Import: add 1' }).waitFor();
    await anAccount(service, { handle: 'late.one', verticals: ['tea'] });
    await page.getByRole('button', { name: 'Import: add 1' }).click();
    await page.getByRole('button', { name: 'Import: change 1' }).waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('changed since the preview');
  });

  it('that is no CSV, and reads what it should be', async () => {
    const { page } = workspace;
    await workspace.load('/resources/social-accounts/actions/import');
    workspace.ignoreErrors(/422/);
    const answered = page.waitForResponse(/imports\/accounts\/preview/);
    await page
      .getByLabel('Choose a file…')
      .setInputFiles({ name: 'photo.csv', mimeType: 'text/csv', buffer: Buffer.from('89504e470d0a1a0aff', 'hex') });
    expect((await answered).status()).toBe(422);
    expect(await page.getByRole('alert').innerText()).toContain('is not UTF-8 text');
    await page.getByRole('heading', { name: 'Choose a CSV of accounts' }).waitFor();
  });
});

describe('The list of verticals', () => {
  it('shows a word that the pool does not know, which an operator maps and takes back by the keyboard', async () => {
    const { page } = workspace;
    await anAccount(service, { verticals: ['coffee'], handle: 'bean.one' });
    await aRequest(service, await aPartner(service), { vertical: 'Barista  Things', count: 4 });

    await workspace.goTo('/resources/verticals');
    const row = page.getByRole('row', { name: /barista things/ });
    expect((await row.innerText()).split(/\s*\t\s*/)).toEqual(['barista things', '0', '4', '—', '—']);
    await workspace.screenshot('verticals');
    await row.getByRole('link').press('Enter');
    await page.getByRole('link', { name: 'Map to a vertical' }).press('Enter');
    await page.getByLabel('Vertical of the pool').fill('Coffee');
    await page.keyboard.press('Enter');
    await page.getByText('From now on “barista things” means coffee, on every request.').waitFor();

    await workspace.goTo('/resources/verticals/records/coffee/show');
    await workspace.screenshot('mapped');
    await page.getByRole('link', { name: 'Remove a synonym' }).press('Enter');
    await page.getByRole('radio', { name: 'barista things' }).press('Space');
    await page.getByRole('button', { name: 'Remove “barista things”' }).press('Enter');
    await page.getByText('“barista things” is no longer a synonym.').waitFor();
    expect(await service.dataSource.query('SELECT synonym FROM vertical_synonym')).toEqual([]);
  });

  it('is reached from a request whose word is like none of the pool’s', async () => {
    const { page } = workspace;
    const partner = await aPartner(service);
    const [close, far] = [
      await aRequest(service, partner, { vertical: 'cofee brewing' }),
      await aRequest(service, partner, { vertical: 'Wwwww  wwww' }),
    ];
    await workspace.goTo(`/resources/lease-requests/records/${close.id}/fulfil`);
    const offer = page.getByRole('button', { name: 'coffee? 1 account', exact: true });
    await offer.waitFor();
    await page.getByRole('link', { name: 'Another vertical…' }).waitFor();
    await workspace.screenshot('offers');
    await workspace.goTo(`/resources/lease-requests/records/${far.id}/fulfil`);
    const toSay = page.getByRole('link', { name: 'Map to a vertical…' });
    await toSay.waitFor();
    expect(await page.getByRole('button', { name: /accounts?$/ }).count()).toBe(0);
    await toSay.click();
    await page.getByText('What does “wwwww wwww” mean?').waitFor();
  });

  it('counts no further than a thousand, and the pool no further than its pages lead', async () => {
    const { page } = workspace;
    await manyAccounts(service, 10_001, 'gardening');
    await workspace.goTo('/resources/verticals');
    await page
      .getByRole('row', { name: /gardening/ })
      .getByRole('cell', { name: '1,000+' })
      .waitFor();

    const pages = page.getByRole('navigation', { name: 'Pages of this list' });
    await workspace.goTo('/resources/social-accounts?page=400');
    await pages.getByRole('link', { name: 'Next' }).press('Enter');
    await pages.getByText('of 10,000+').waitFor();
    await pages.getByText('10,001').waitFor();
    expect(await pages.getByRole('link').allInnerTexts()).toEqual(['← Previous']);
  });
});
