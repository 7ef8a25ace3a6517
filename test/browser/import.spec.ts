import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { aColleague } from '../http/admin/panel.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { anAccount } from '../support/makers.js';
import { startChromium } from './support/chromium.js';
import { Workspace } from './support/workspace.js';

let service: TestApp;
let browser: Browser;
let workspace: Workspace;

beforeAll(async () => {
  [service, browser] = await Promise.all([startTestApp(), startChromium()]);
  workspace = await Workspace.open(browser, service, 'import');
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
    await anAccount(service, { handle: 'known.one', followers: 5 });
    const { page } = workspace;
    await workspace.goTo('/resources/social-accounts');
    await page.getByRole('link', { name: 'Import CSV' }).click();
    await page
      .getByLabel('Choose a file…')
      .setInputFiles(file('new.one,900,cofee,en,US,', 'known.one,700,coffee,en,US,', 'bad one,x,,english,UK,'));

    await page.getByRole('heading', { name: 'What warmed.csv would do' }).waitFor();
    const rejected = page.getByRole('table', { name: '1 line left out' });
    expect(await rejected.getByRole('row').nth(1).innerText()).toMatch(/^4\s+handle must/);
    const verticals = page.getByRole('table', { name: '1 vertical new to the pool' });
    expect(await verticals.getByRole('row').nth(1).innerText()).toMatch(/^cofee\s+1\s+coffee$/);
    await workspace.screenshot('preview');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download them to fix' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('left-out-of-warmed.csv');
    expect(await readFile(await download.path(), 'utf8')).toMatch(/\r\n4,"handle must.*",bad one,x,,english,UK,\r\n$/);
    expect(await sizeOfPool()).toBe(1);

    await page.getByRole('button', { name: 'Import: add 1, change 1' }).click();
    await page.getByRole('heading', { name: 'Imported: 1 new account, 1 changed one.' }).waitFor();
    await workspace.screenshot('done');
    expect(await sizeOfPool()).toBe(2);
    await page.getByRole('link', { name: 'To the pool' }).click();
    await page.getByRole('link', { name: '@new.one' }).waitFor();
  });

  it('and shows another preview where the pool changed since', async () => {
    const { page } = workspace;
    await workspace.goTo('/resources/social-accounts/actions/import');
    await page.getByLabel('Choose a file…').setInputFiles(file('late.one,1,tea,en,US,'));
    await page.getByRole('button', { name: 'Import: add 1' }).waitFor();
    await anAccount(service, { handle: 'late.one' });
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
