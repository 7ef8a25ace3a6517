import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { aColleague } from '../http/admin/panel.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { aPartner, aRequest } from '../support/makers.js';
import { startChromium } from './support/chromium.js';
import { Workspace } from './support/workspace.js';

/** Everything that a first visit of the queue may send, headers included. */
const COLD_PAGE_BYTES = 1_100_000;

let service: TestApp;
let browser: Browser;

beforeAll(async () => {
  [service, browser] = await Promise.all([startTestApp(), startChromium()]);
});
afterAll(async () => {
  await browser.close();
  await service.close();
});

/** What comes over the wire from now on: its address and bytes. What the browser has stored costs none. */
async function watchTransfers({ page, context }: Workspace): Promise<() => { address: string; bytes: number }[]> {
  const devTools = await context.newCDPSession(page);
  const addresses = new Map<string, string>();
  const bytes = new Map<string, number>();
  devTools.on('Network.requestWillBeSent', ({ requestId, request }) => addresses.set(requestId, request.url));
  devTools.on('Network.requestServedFromCache', ({ requestId }) => addresses.delete(requestId));
  devTools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => bytes.set(requestId, encodedDataLength));
  await devTools.send('Network.enable');
  return () => {
    const transfers = [...addresses].map(([id, url]) => ({
      address: url.replace(service.baseUrl, ''),
      bytes: bytes.get(id) ?? 0,
    }));
    return transfers.filter((transfer) => transfer.bytes > 0 && transfer.address.startsWith('/'));
  };
}

describe('What the queue loads', () => {
  it('is at most 1.1 MB on a first visit, and data alone on the next', async () => {
    await aRequest(service, await aPartner(service));
    const colleague = await aColleague(service, 'operator');
    const known = await Workspace.open(browser, service, 'loading');
    await known.signIn(colleague);
    const cookies = await known.context.cookies();

    const workspace = await Workspace.open(browser, service, 'loading');
    await workspace.context.addCookies(cookies);
    const cold = await watchTransfers(workspace);
    await workspace.load('');
    await workspace.page.getByRole('heading', { name: 'Queue' }).waitFor();
    await workspace.settle();
    const loaded = cold();
    expect(loaded.map(({ address }) => address)).toEqual(
      expect.arrayContaining([expect.stringContaining('/design-system.bundle.'), expect.stringMatching(/[.]woff2$/)]),
    );
    const total = loaded.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(total).toBeLessThanOrEqual(COLD_PAGE_BYTES);

    const warm = await watchTransfers(workspace);
    await workspace.load('/pages/queue');
    await workspace.page.getByRole('heading', { name: 'Queue' }).waitFor();
    await workspace.settle();
    const again = warm().map(({ address }) => address);
    expect(again).toContain('/admin/pages/queue');
    expect(again.filter((address) => !/^[/]admin[/](api|pages)[/]/.test(address))).toEqual([]);
    expect([...known.errors, ...workspace.errors]).toEqual([]);
    await Promise.all([known.close(), workspace.close()]);
  });
});
