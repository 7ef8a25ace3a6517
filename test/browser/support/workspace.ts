import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import type { Browser, BrowserContext, Locator, Page, Request } from 'playwright-core';
import type { TestApp } from '../../support/app.js';

const screenshots = fileURLToPath(new URL('../../../tmp/screenshots/', import.meta.url));

/** How long a page may take on a machine that has much else to do; what works waits for nothing. */
const PATIENCE_MS = 40_000;

/** Both widths that the panel is made for. */
const sizes = [
  { width: 1600, height: 960 },
  { width: 1280, height: 860 },
];

/** A colleague's browser: a session of its own, and a list of everything that should not have happened in it. */
export class Desk {
  /** What the console complained of, what could not be loaded, what came from elsewhere. */
  readonly faults: string[] = [];
  /** The addresses of what the page is reading. */
  private readonly underWay = new Map<Request, string>();
  private pardoned: RegExp | null = null;
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
    context.setDefaultTimeout(PATIENCE_MS);
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

  /** From now on faults like this one are no faults: what the test does next is meant to be refused. */
  pardon(fault: RegExp): void {
    this.pardoned = fault;
  }

  /** Waits until the page reads nothing more and shows what it has read. */
  async settle(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (this.underWay.size > 0 || (await this.page.evaluate(isReading))) {
      if (Date.now() > deadline)
        throw new Error(`${this.page.url()} still reads: ${[...this.underWay.values()].join(', ')}`);
      await pause(10);
    }
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
    const { page, service, underWay } = this;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.note(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.note(`script: ${error.message}`));
    page.on('request', (request) => {
      underWay.set(request, request.url());
      const { protocol, origin } = new URL(request.url());
      if (protocol !== 'data:' && origin !== service.baseUrl) this.note(`from elsewhere: ${request.url()}`);
    });
    page.on('requestfinished', (request) => underWay.delete(request));
    page.on('requestfailed', (request) => {
      underWay.delete(request);
      const why = request.failure()?.errorText;
      // A page that one leaves drops what it was still reading.
      if (why !== 'net::ERR_ABORTED') this.note(`failed: ${request.url()} ${why}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) this.note(`answered ${response.status()}: ${response.url()}`);
    });
  }

  private note(fault: string): void {
    if (!this.pardoned?.test(fault)) this.faults.push(fault);
  }
}

/** Runs in the page: whether it says that it reads, once what it has read is drawn. */
function isReading(): Promise<boolean> {
  return new Promise((resolve) => {
    const look = () => resolve(document.querySelector('.lc-loading, .lc-stale, [aria-busy="true"]') !== null);
    requestAnimationFrame(() => requestAnimationFrame(look));
  });
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
