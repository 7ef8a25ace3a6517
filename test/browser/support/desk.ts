import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { TestApp } from '../../support/app.js';

const screenshots = fileURLToPath(new URL('../../../tmp/screenshots/', import.meta.url));

/** Both widths that the panel is made for. */
const sizes = [
  { width: 1600, height: 960 },
  { width: 1280, height: 860 },
];

/** A colleague's browser: a session of its own, and a list of everything that should not have happened in it. */
export class Desk {
  /** What the console complained of, what could not be loaded, what came from elsewhere. */
  readonly faults: string[] = [];
  private kept = 0;

  private constructor(
    private readonly service: TestApp,
    private readonly name: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  /** @param name begins the file name of each of its screenshots */
  static async open(browser: Browser, service: TestApp, name: string): Promise<Desk> {
    const context = await browser.newContext({ viewport: sizes[0], locale: 'en-GB', timezoneId: 'Europe/Berlin' });
    context.setDefaultTimeout(20_000);
    const desk = new Desk(service, name, context, await context.newPage());
    desk.watch();
    return desk;
  }

  /** Signs in by the form, and waits for the queue. */
  async signIn({ email, password }: { email: string; password: string }): Promise<void> {
    await this.page.goto(`${this.service.baseUrl}/admin`);
    await this.page.getByLabel('Email').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.getByRole('heading', { name: 'Queue' }).waitFor();
  }

  /** Goes to a place below `/admin`. */
  async goTo(place: string): Promise<void> {
    await this.page.goto(`${this.service.baseUrl}/admin${place}`);
  }

  /** A screenshot at each width; neither may be wider than its window. */
  async keep(step: string): Promise<void> {
    this.kept += 1;
    mkdirSync(screenshots, { recursive: true });
    for (const size of sizes) {
      await this.page.setViewportSize(size);
      await this.page.evaluate(() => document.fonts.ready);
      const file = `${this.name}-${String(this.kept).padStart(2, '0')}-${step}-${size.width}.png`;
      await this.page.screenshot({ path: path.join(screenshots, file), animations: 'disabled' });
      expect([step, size.width, await this.page.evaluate(cutOff)]).toEqual([step, size.width, []]);
    }
    await this.page.setViewportSize(sizes[0]!);
  }

  close(): Promise<void> {
    return this.context.close();
  }

  private watch(): void {
    const { page, faults, service } = this;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== 'data:' && origin !== service.baseUrl) faults.push(`from elsewhere: ${request.url()}`);
    });
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText;
      // A page that one leaves drops what it was still reading.
      if (why !== 'net::ERR_ABORTED') faults.push(`failed: ${request.url()} ${why}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) faults.push(`answered ${response.status()}: ${response.url()}`);
    });
  }
}

/** Runs in the page: what reaches beyond the window's or its own scroller's edge. */
function cutOff(): string[] {
  const scrollers = [document.documentElement, ...document.querySelectorAll('[data-css="app-content"], .lc-scroll')];
  return scrollers
    .filter((element) => element.scrollWidth > element.clientWidth)
    .map((element) => `${element.className || element.tagName}: ${element.scrollWidth} > ${element.clientWidth}`);
}

/** What each part of a request's page is. */
export function requestPage(page: Page) {
  const card = (title: string): Locator =>
    page.locator('.lc-card', { has: page.getByRole('heading', { name: title, exact: true }) });
  const preview = page.getByRole('region', { name: 'The next assignment' });
  return {
    askedFor: card('Asked for'),
    wallet: card('Wallet'),
    preview,
    /** The button that assigns, once it may be pressed. */
    assign: preview.getByRole('button', { name: /^Assign — / }).and(page.locator(':not([aria-disabled])')),
    fitting: page.getByRole('list', { name: 'Accounts that fit' }),
    nearly: page.getByRole('list', { name: 'Accounts that fall short' }),
    found: page.getByRole('list', { name: 'Accounts found' }),
    assigned: page.getByRole('table', { name: 'Assigned accounts' }),
    note: card('Note'),
    noteText: page.getByLabel(/^(Internal note|Note to the partner)$/),
    blocker: page.getByRole('region', { name: 'Blocker' }),
    whatHappened: card('What happened'),
    claim: page.locator('.lc-title .lc-chip', { hasText: /hold(s)? it until/ }),
    refusal: preview.locator('..').getByRole('alert'),
    dialog: page.getByRole('dialog'),
  };
}
