import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Clock } from '../../src/core/clock.js';
import { aColleague } from '../http/admin/panel.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { setClock } from '../support/ledger.js';
import { aPartner, aRequest, anAccount } from '../support/makers.js';
import { startChromium } from './support/chromium.js';
import { toRequestPath } from './support/console.js';
import { Workspace } from './support/workspace.js';

const EVENING = new Date('2026-11-30T20:00:00Z');

/** A reader in Berlin, a house in Tokyo, where it is the first of December already. */
describe('Days that staff type', () => {
  let service: TestApp;
  let browser: Browser;
  let workspace: Workspace;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startTestApp({ businessTimeZone: 'Asia/Tokyo' }), startChromium()]);
    setClock(service, EVENING);
    service.app.get(Clock, { strict: false }).toBusinessTime = () => EVENING;
    workspace = await Workspace.open(browser, service, 'days');
    await workspace.signIn(await aColleague(service, 'operator', 'Omar'));
  });
  afterAll(async () => {
    expect(workspace.errors).toEqual([]);
    await browser.close();
    await service.close();
  });

  it('stay as they are typed, are what the address says, and include their last day', async () => {
    for (const [handle, at] of [
      ['in.tokyo', '2026-11-30T14:59:59Z'],
      ['next.day', '2026-11-30T15:00:00Z'],
    ]) {
      const { id } = await anAccount(service, { handle });
      await service.dataSource.query('UPDATE social_account SET updated_at = $2 WHERE id = $1', [id, at]);
    }
    const path = 'filters.updatedAt~~to';
    const { page } = workspace;
    await workspace.goTo('/resources/social-accounts');
    await page.getByRole('button', { name: 'Filter' }).click();
    const filter = page.getByRole('form', { name: 'Filter' });
    expect(await filter.innerText()).toContain('Days and times in Asia/Tokyo');
    const until = filter.getByLabel(/until$/);
    await until.focus();
    // The browser itself is American.
    await page.keyboard.type('11302026');
    expect(await until.inputValue()).toBe('2026-11-30');
    await filter.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(({ searchParams }) => searchParams.get(path) === '2026-11-30');
    await workspace.settle();
    expect(await page.getByRole('link', { name: '@next.day' }).count()).toBe(0);
    await page.getByRole('link', { name: '@in.tokyo' }).waitFor();

    await filter.getByLabel(/until, time$/).fill('23:59');
    await workspace.screenshot('filter');
    await filter.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(({ searchParams }) => searchParams.get(path) === '2026-11-30T23:59');
    await page.reload();
    await page.getByRole('button', { name: /^Filter/ }).click();
    expect(await until.inputValue()).toBe('2026-11-30');
    await until.fill('');
    await filter.getByRole('button', { name: 'Apply' }).click();
    expect(await filter.getByRole('alert').innerText()).toContain('choose a day for 23:59');
  });

  it('begin tomorrow where they say when to look again', async () => {
    const request = await aRequest(service, await aPartner(service));
    const { page } = workspace;
    await workspace.goTo(toRequestPath(request));
    await page.getByRole('button', { name: 'Assign' }).first().waitFor();
    await page.keyboard.press('n');
    await page.getByLabel('Blocker').selectOption('other');
    expect(await page.locator('input[type=date]').first().getAttribute('min')).toBe('2026-12-02');
  });
});
