import { mkdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { aPartner, type TestPartner } from '../support/makers.js';
import { axeViolations } from './support/axe.js';
import { startChromium } from './support/chromium.js';
import { findUnreachable } from './support/keyboard.js';

let service: TestApp;
let browser: Browser;
let partner: TestPartner;
let context: BrowserContext;
let page: Page;
/** What must not be: messages of the console, violations of the policy among them, errors of scripts, calls elsewhere. */
let errors: string[];

beforeAll(async () => {
  [service, browser] = await Promise.all([startTestApp(), startChromium()]);
  partner = await aPartner(service);
});
afterAll(async () => {
  await browser.close();
  await service.close();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(40_000);
  page = await context.newPage();
  errors = [];
  page.on('console', (message) => errors.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => errors.push(`script: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== service.baseUrl) errors.push(`from elsewhere: ${request.url()}`);
  });
});
afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

async function open(address: string): Promise<void> {
  await page.goto(service.baseUrl + address);
  await page.evaluate(() => document.fonts.ready);
}

/** With `SCREENSHOTS=on`, in `tmp/screenshots`. */
async function screenshot(name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== 'on') return;
  mkdirSync('tmp/screenshots', { recursive: true });
  await page.screenshot({ path: `tmp/screenshots/reference-${name}.png`, animations: 'disabled' });
}

/** The form of a route, opened. */
async function openForm(operationId: string): Promise<Locator> {
  const section = page.locator(`#${operationId}`);
  await section.locator('.try > summary').click();
  return section.locator('form');
}

const readBody = async (form: Locator) => JSON.parse((await form.locator('.outcome pre').textContent())!);

describe('trying a route out', () => {
  it('calls it with the pasted key, which is kept nowhere else', async () => {
    await open('/docs#whoami');
    await page.getByLabel('Your key').fill(partner.apiKey);
    const form = await openForm('whoami');
    await form.getByRole('button', { name: 'Send' }).click();
    await form.locator('.status', { hasText: '200' }).waitFor();
    expect(await readBody(form)).toMatchObject({ organizationId: partner.organizationId });
    const shown = await form.locator('.headers').textContent();
    expect(shown).toMatch(/X-Request-Id\s*req_/);
    expect(shown).toContain('X-RateLimit-Remaining');
    await screenshot('tried');

    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(kept).not.toContain('lp_');
    expect(page.url()).not.toContain('lp_');
    await page.reload();
    expect(await page.getByLabel('Your key').inputValue()).toBe('');
  });

  it('sends a body and a new Idempotency-Key each time', async () => {
    await open('/docs#requestLeasedAccounts');
    await page.getByLabel('Your key').fill(partner.apiKey);
    const form = await openForm('requestLeasedAccounts');
    await form.getByLabel('projectId').fill(partner.projectId);
    await form.getByLabel('projectId').blur();
    expect(await form.getByLabel('Body, JSON').inputValue()).toContain(partner.projectId);
    expect(await form.locator('.live').isVisible()).toBe(true);
    const sent = new Set<string>();
    const answered = new Set<string>();
    for (let n = 0; n < 2; n += 1) {
      const answer = page.waitForResponse((response) => response.url().endsWith('/leased-accounts/request'));
      await form.getByRole('button', { name: 'Send' }).click();
      const response = await answer;
      sent.add(response.request().headers()['idempotency-key']!);
      answered.add(((await response.json()) as { requestId: string }).requestId);
      await form.locator('.status', { hasText: '202' }).waitFor();
    }
    expect([sent.size, answered.size]).toEqual([2, 2]);
    // Typed once, it stands in the forms of other routes too.
    expect(await (await openForm('listProjectLeasedAccounts')).getByLabel('projectId').inputValue()).toBe(
      partner.projectId,
    );
  });

  it('shows an error as it is answered', async () => {
    await open('/docs#getLeaseRequest');
    await page.getByLabel('Your key').fill(partner.apiKey);
    const form = await openForm('getLeaseRequest');
    await form.getByLabel('requestId').fill('no-such-request');
    await form.getByLabel('requestId').press('Enter');
    await form.locator('.status.bad', { hasText: '404' }).waitFor();
    expect((await readBody(form)).error).toMatchObject({
      code: 'NOT_FOUND',
      requestId: expect.stringMatching(/^req_/),
    });
    // Chromium reports each answer of an error.
    expect(errors.splice(0)).toEqual([expect.stringContaining('404')]);
  });

  it('asks for a key first', async () => {
    await open('/docs#getWallet');
    const form = await openForm('getWallet');
    await form.getByRole('button', { name: 'Send' }).click();
    expect(await form.locator('.outcome').textContent()).toContain('Paste a key');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('key');
  });
});

describe('samples', () => {
  it('are all in the language that was chosen, on the next page too', async () => {
    await open('/docs#requestLeasedAccounts');
    const shown = () =>
      page
        .locator('.sample:visible')
        .evaluateAll((all) => [...new Set(all.map((one) => (one as HTMLElement).dataset.language))]);
    expect(await shown()).toEqual(['curl']);
    await page.locator('#whoami').getByRole('button', { name: 'Python' }).click();
    expect(await shown()).toEqual(['python']);
    await screenshot('python');
    await page.reload();
    expect(await shown()).toEqual(['python']);
    const pressed = page.locator('#whoami .languages [aria-pressed="true"]');
    expect(await pressed.textContent()).toBe('Python');
  });

  it('name the address of this server', async () => {
    await open('/docs#install');
    const texts = await page.locator('#install pre').allTextContents();
    expect(texts.join('\n')).toContain(`${service.baseUrl}/docs/clients/layers-partner.tgz`);
    expect(texts.join('\n')).not.toContain('api.example');
  });

  it('are copied', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: service.baseUrl });
    await open('/docs#whoami');
    await page.locator('#whoami').getByRole('button', { name: 'TypeScript' }).click();
    await page.locator('#whoami .copy').click();
    await page.locator('#whoami .copy', { hasText: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('await layers.whoami()');
  });
});

describe('the menu', () => {
  const visible = () => page.locator('.menu li:visible a > span:first-child').allTextContents();

  it('finds a route by its path, by its method and by what it does', async () => {
    await open('/docs');
    await page.keyboard.press('/');
    await page.keyboard.type('delete webhook');
    expect(await visible()).toEqual(['Delete a webhook endpoint']);
    await page.keyboard.press('Enter');
    await page.waitForURL(/#deleteWebhookEndpoint$/);
    await page.getByLabel('Find a route or a page').fill('no such thing');
    expect(await visible()).toEqual([]);
    expect(await page.locator('.nothing').textContent()).toBe('Nothing has “no such thing”.');
  });

  it('marks what is read, and opens on a narrow window', async () => {
    await open('/docs#getWallet');
    await page.locator('.menu [aria-current]', { hasText: 'Read the wallet' }).waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    const menu = page.getByRole('button', { name: 'Menu' });
    await menu.click();
    expect(await menu.getAttribute('aria-expanded')).toBe('true');
    await page.locator('.menu').getByText('Idempotency').click();
    await page.waitForURL(/#idempotency$/);
    expect(await page.locator('.menu').isVisible()).toBe(false);
  });
});

describe('every page', () => {
  const addresses = ['/docs', '/docs/guides/webhooks', '/docs/guides/sandbox', '/docs/guides/changelog'];

  it.each(addresses)('can be read by everybody: %s', async (address) => {
    await open(address);
    expect(await axeViolations(page)).toEqual([]);
    for (const details of await page.locator('#requestLeasedAccounts details').all()) {
      await details.evaluate((one: HTMLDetailsElement) => (one.open = true));
    }
    expect(await axeViolations(page)).toEqual([]);
  });

  it('is reached by the keyboard, with a ring', async () => {
    await open('/docs/guides/webhooks');
    expect(await findUnreachable(page)).toEqual([]);
  });

  it.each([1440, 1024, 640, 390])('fits a window of %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 860 });
    for (const address of [...addresses, '/docs#requestLeasedAccounts', '/docs#errors']) {
      await open(address);
      await screenshot(`${width}${address.replace(/\W+/g, '-')}`);
      expect([address, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([address, width]);
    }
  });
});
