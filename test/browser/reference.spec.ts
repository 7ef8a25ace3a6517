import { mkdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { aPartner, aRequest, type TestPartner } from '../support/makers.js';
import { axeViolations } from './support/axe.js';
import { startChromium } from './support/chromium.js';
import { findUnreachable } from './support/keyboard.js';
import { findScrollers, isInWindow } from './support/scrolling.js';
import { leave } from './support/workspace.js';

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
  context = await browser.newContext();
  context.setDefaultTimeout(40_000);
  page = await context.newPage();
  page.on('console', (message) => errors.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => errors.push(`script: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== service.baseUrl) errors.push(`from elsewhere: ${request.url()}`);
  });
});
afterAll(async () => {
  await browser.close();
  await service.close();
});
beforeEach(async () => {
  errors = [];
  await page.setViewportSize({ width: 1440, height: 900 });
});
afterEach(async () => {
  expect(errors).toEqual([]);
  await leave(page, service);
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

/** Things are looked for in their own part of the page: the whole reference has twenty thousand elements. */
const keyBar = () => page.locator('.key');
const keyField = () => keyBar().getByLabel('Your key');

async function pasteKey(key: string, told: string): Promise<void> {
  await keyField().fill(key);
  await page.locator('.key-status', { hasText: told }).waitFor();
}

describe('trying a route out', () => {
  it('calls it with the pasted key, and shows the answer beneath the button', async () => {
    await open('/docs#whoami');
    await pasteKey(partner.apiKey, '1 project');
    const form = await openForm('whoami');
    await form.getByRole('button', { name: 'Send' }).click();
    await form.locator('.status', { hasText: '200' }).waitFor();
    expect(await readBody(form)).toMatchObject({ organizationId: partner.organizationId });
    await screenshot('tried');
    // The headers are below the body, folded.
    const parts = form.locator('.answer > *');
    expect(await parts.evaluateAll((all) => all.map(({ tagName }) => tagName))).toEqual(['FIGURE', 'DETAILS']);
    const headers = form.locator('.headers');
    expect(await headers.isVisible()).toBe(false);
    await form.locator('.answer summary').click();
    expect(await headers.textContent()).toMatch(/X-Request-Id\s*req_[^]*X-RateLimit-Remaining/);
  });

  it.each([
    [1440, 900],
    [390, 844],
  ])('shows status and body at once in a window of %i × %i, and only the page scrolls', async (width, height) => {
    await page.setViewportSize({ width, height });
    await open('/docs#requestLeasedAccounts');
    await pasteKey(partner.apiKey, '1 project');
    const form = await openForm('requestLeasedAccounts');
    await form.getByRole('button', { name: 'Send' }).click();
    await form.locator('.status', { hasText: '202' }).waitFor();
    expect(await isInWindow(form.locator('.answer-line'))).toBe(true);
    expect(await isInWindow(form.locator('.outcome pre'))).toBe(true);
    await screenshot(`answer-${width}`);
    expect(await findScrollers(page.locator('main'))).toEqual([]);
  });

  it('shows the beginning of a long answer, and all of it when asked', async () => {
    for (let n = 0; n < 3; n += 1) await aRequest(service, partner);
    await open('/docs#listLeaseRequests');
    await pasteKey(partner.apiKey, '1 project');
    const form = await openForm('listLeaseRequests');
    await form.getByRole('button', { name: 'Send' }).click();
    await form.locator('.status', { hasText: '200' }).waitFor();
    const shown = async () => (await form.locator('.outcome pre').textContent())!.split('\n').length;
    expect(await shown()).toBe(40);
    await form.getByRole('button', { name: /^Show all \d+ lines$/ }).click();
    expect((await readBody(form)).items.length).toBeGreaterThanOrEqual(3);
  });

  it('keeps the key in the memory of the tab, from page to page, until it is forgotten', async () => {
    await open('/docs#whoami');
    await pasteKey(partner.apiKey, '1 project');
    const form = await openForm('whoami');
    await form.getByRole('button', { name: 'Send' }).click();
    await form.locator('.status', { hasText: '200' }).waitFor();
    await page.locator('.menu').getByText('The sandbox', { exact: true }).click();
    await page.getByRole('heading', { name: 'The sandbox', level: 1 }).waitFor();
    expect(await page.title()).toBe('The sandbox – Partner API');
    expect(await keyField().count()).toBe(0);
    expect(await page.locator('.menu [aria-current]').textContent()).toBe('The sandbox');
    await page.goBack();
    await form.locator('.status', { hasText: '200' }).waitFor();
    expect(await keyField().inputValue()).toBe(partner.apiKey);

    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state]),
    );
    expect(kept).not.toContain('lp_');
    expect(page.url()).not.toContain('lp_');
    expect(await page.locator('#key-hint').textContent()).toContain('a reload forgets it');
    await keyBar().getByRole('button', { name: 'Forget the key' }).click();
    expect(await keyField().inputValue()).toBe('');
    expect(await page.locator('#projects option').count()).toBe(0);
    await pasteKey(partner.apiKey, '1 project');
    await page.reload();
    expect(await keyField().inputValue()).toBe('');
  });

  it('takes the key on the reference that was reached from a guide', async () => {
    await open('/docs/guides/quickstart');
    expect(await page.locator('#key').count()).toBe(0);
    await page.locator('.menu').getByText('Read the wallet').click();
    await page.waitForURL(/\/docs#getWallet$/);
    await pasteKey(partner.apiKey, '1 project');
    const form = await openForm('getWallet');
    await form.getByRole('button', { name: 'Send' }).click();
    await form.locator('.status', { hasText: '200' }).waitFor();
    expect(await isInWindow(page.locator('#getWallet h3'))).toBe(true);
  });

  it('tells of a key that is not taken', async () => {
    await open('/docs');
    await pasteKey(`${partner.apiKey.slice(0, -8)}AAAAAAAA`, 'Not taken: UNAUTHENTICATED');
    // Chromium reports each answer of an error.
    expect(errors.splice(0)).toEqual([expect.stringContaining('401')]);
  });

  it('sends a body and a new Idempotency-Key each time', async () => {
    await open('/docs#requestLeasedAccounts');
    await pasteKey(partner.apiKey, '1 project');
    const form = await openForm('requestLeasedAccounts');
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
  });

  it('takes a project once: offered by the key, the same in path and body, and in every other form', async () => {
    const other = await aPartner(service, { projects: 2 });
    await open('/docs#requestLeasedAccounts');
    const form = await openForm('requestLeasedAccounts');
    const [project, body] = [form.getByLabel('projectId', { exact: true }), form.getByLabel('Body, JSON')];
    const readProjects = async () => [await project.inputValue(), JSON.parse(await body.inputValue()).projectId];
    await pasteKey(partner.apiKey, '1 project');
    expect(await readProjects()).toEqual([partner.projectId, partner.projectId]);
    // Another organization's key has others, and more than one.
    await pasteKey(other.apiKey, '2 projects');
    expect(await project.inputValue()).toBe('');
    const offered = await page
      .locator('#projects option')
      .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    expect(offered.sort()).toEqual([...other.projectIds].sort());
    expect(await project.getAttribute('list')).toBe('projects');
    const [first, second] = other.projectIds as [string, string];
    await project.fill(first);
    expect(await readProjects()).toEqual([first, first]);
    await body.fill((await body.inputValue()).replace(first, second));
    expect(await readProjects()).toEqual([second, second]);
    const list = await openForm('listProjectLeasedAccounts');
    expect(await list.getByLabel('projectId').inputValue()).toBe(second);
  });

  it('shows an error as it is answered', async () => {
    await open('/docs#getLeaseRequest');
    await keyField().fill(partner.apiKey);
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
    expect(await isInWindow(form.locator('.answer-line'))).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('key');
    await page.locator('#key').fill('lp_test_nonsense');
    await keyBar().getByText('Not a whole key').waitFor();
    expect(await form.locator('.outcome').textContent()).toBe('');
  });

  it('says that a key is not taken, and leaves room for it, on a narrow window too', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open('/docs');
    await page.locator('#key').fill(`lp_test_0123456789ABCDEF_${'x'.repeat(43)}`);
    await keyBar().getByText('Not taken: UNAUTHENTICATED').waitFor();
    await screenshot('key-not-taken');
    expect((await page.locator('#key').boundingBox())!.width).toBeGreaterThan(120);
    await keyBar().getByRole('button', { name: 'Forget' }).click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(errors.splice(0)).toEqual([expect.stringContaining('401')]);
  });
});

describe('samples', () => {
  it('are all in the language that was chosen, on the next page too', async () => {
    await open('/docs#requestLeasedAccounts');
    const shown = () =>
      page
        .locator('.operation .sample:visible')
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

  it('of guides follow the same choice; where it is missing the first one shows', async () => {
    await open('/docs/guides/events');
    const shown = () =>
      page
        .locator('.alternatives .sample:visible')
        .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.language));
    expect(await shown()).toEqual(['typescript', 'curl']);
    await page.getByRole('button', { name: 'Python' }).first().click();
    expect(await shown()).toEqual(['python', 'python']);
    await page.locator('.menu').getByRole('link', { name: 'Keys', exact: true }).click();
    await page.waitForURL(/keys$/);
    expect(await shown()).toEqual(['python', 'python']);
    await open('/docs#whoami');
    expect(await page.locator('#whoami .sample:visible').getAttribute('data-language')).toBe('python');
  });

  it('name the address of this server', async () => {
    await open('/docs#install');
    const texts = await page.locator('#install pre').allTextContents();
    expect(texts.join('\n')).toContain(`${service.baseUrl}/docs/clients/layers-partner.tgz`);
    expect(texts.join('\n')).not.toContain('api.example');
  });

  it('are copied, by the keyboard too', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: service.baseUrl });
    const readClipboard = () => page.evaluate(() => navigator.clipboard.readText());
    await open('/docs#whoami');
    await page.locator('#whoami').getByRole('button', { name: 'TypeScript' }).click();
    await page.locator('#whoami').getByRole('button', { name: 'Copy the sample: Who am I' }).first().click();
    await page.locator('#whoami .copy', { hasText: 'Copied' }).waitFor();
    expect(await readClipboard()).toContain('await layers.whoami()');

    await open('/docs/guides/keys');
    const block = page.locator('figure.code').last();
    await block.getByRole('button', { name: 'Copy the code' }).focus();
    await page.keyboard.press('Enter');
    await block.getByRole('button', { name: 'Copied the code' }).waitFor();
    await page.locator('p[role="status"]', { hasText: 'Copied' }).waitFor({ state: 'attached' });
    expect(await readClipboard()).toContain('layers.apiKeys.kill');
  });

  it.each(['/docs', '/docs/guides/quickstart', '/docs/guides/webhooks', '/docs/guides/keys'])(
    'have a language and a button each: %s',
    async (address) => {
      await open(address);
      await page.locator('.errors details').evaluateAll((all) => {
        for (const one of all) (one as HTMLDetailsElement).open = true;
      });
      const without = await page.locator('main pre:visible').evaluateAll((all) =>
        all.flatMap((pre) => {
          const block = pre.closest('[data-block]') ?? pre.closest('figure');
          const button = block?.querySelector('.copy:not([hidden])');
          const caption = block?.querySelector('figcaption, .next')?.textContent?.trim();
          return button && caption ? [] : [pre.textContent];
        }),
      );
      expect(without).toEqual([]);
    },
  );
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
  /** Each with parts of it that an address may name. */
  const pages: string[][] = [
    ['/docs', '/docs#requestLeasedAccounts', '/docs#errors'],
    ['/docs/guides/webhooks'],
    ['/docs/guides/sandbox'],
    ['/docs/guides/changelog'],
  ];

  it.each(pages)(
    'fits windows of 1440, 1024, 640 and 390 pixels and can be read by everybody: %s',
    async (...places) => {
      for (const place of places) {
        await open(place);
        for (const width of [1440, 1024, 640, 390]) {
          await page.setViewportSize({ width, height: 860 });
          await screenshot(`${width}${place.replace(/\W+/g, '-')}`);
          const shown = await page.evaluate(() => document.documentElement.scrollWidth);
          expect([place, width, shown]).toEqual([place, width, width]);
        }
      }
      await page.setViewportSize({ width: 1440, height: 900 });
      // Those of the other routes stay closed.
      await page.locator('#requestLeasedAccounts details').evaluateAll((all) => {
        for (const one of all) (one as HTMLDetailsElement).open = true;
      });
      expect(await axeViolations(page)).toEqual([]);
    },
  );

  it('is reached by the keyboard, with a ring', async () => {
    await open('/docs/guides/webhooks');
    expect(await findUnreachable(page)).toEqual([]);
  });
});
