import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import type { Browser, BrowserContext, Locator, Page, Request } from 'playwright-core';
import type { TestApp } from '../../support/app.js';
import { codeName, puzzlingWords } from './plain-words.js';

const screenshots = fileURLToPath(new URL('../../../tmp/screenshots/', import.meta.url));

/** For a busy machine. */
const TIMEOUT_MS = 40_000;

/** The panel's pages read again by themselves so many times as often as they do for staff. */
export const POLLING_SPEEDUP = 5;

/** Both widths that the panel is made for. */
const sizes = [
  { width: 1600, height: 960 },
  { width: 1280, height: 860 },
];

/** Of workspaces that were closed. In a page that has had the panel it loads at half the cost: its scripts are compiled there. */
const unused = new WeakMap<Browser, BrowserContext[]>();

interface Credentials {
  email: string;
  password: string;
}

/** A staff member's browser with a session of its own; it collects unexpected errors. */
export class Workspace {
  /** Errors of the console and of scripts, failed calls, calls to other origins. */
  readonly errors: string[] = [];
  private readonly pendingUrls = new Map<Request, string>();
  private ignored: RegExp | null = null;
  private screenshotCount = 0;

  private constructor(
    private readonly browser: Browser,
    private readonly service: TestApp,
    private readonly name: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  /** @param name begins the file name of each of its screenshots */
  static async open(browser: Browser, service: TestApp, name: string): Promise<Workspace> {
    const context = unused.get(browser)?.pop() ?? (await newContext(browser));
    const workspace = new Workspace(browser, service, name, context, context.pages()[0]!);
    workspace.watch();
    return workspace;
  }

  /** Signs in by the form, and waits for the queue. */
  async signInByForm({ email, password }: Credentials): Promise<void> {
    await this.load('');
    await this.page.getByLabel('Email').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.getByRole('heading', { name: 'Queue' }).waitFor();
  }

  /** Signs in by what the form sends, and waits for the page of that place below `/admin`. */
  async signIn({ email, password }: Credentials, place = ''): Promise<void> {
    const { baseUrl } = this.service;
    const answer = await this.context.request.post(`${baseUrl}/admin/login`, {
      form: { email, password },
      headers: { Origin: baseUrl },
      maxRedirects: 0,
    });
    if (answer.status() !== 302) throw new Error(`Could not sign in: ${answer.status()} ${await answer.text()}`);
    await this.load(place);
    await this.page.locator('main h1').first().waitFor();
  }

  /** Goes to a place below `/admin`: from a page of the panel as its links do, until it is read, else by loading it. */
  async goTo(place: string): Promise<void> {
    const isOfPanel = /^($|[?]|[/](pages|resources)[/])/.test(place);
    if (isOfPanel && (await this.page.evaluate(isPanel))) await this.follow(place);
    else await this.load(place);
  }

  /** Loads a place below `/admin`, as by its address. */
  async load(place: string): Promise<void> {
    await this.page.goto(`${this.service.baseUrl}/admin${place}`);
  }

  /** Goes there from the page that is open, as a link of the console does, and waits until it is read. */
  async follow(place: string): Promise<void> {
    await this.page.evaluate(followLink, `/admin${place}`);
    await this.settle();
  }

  /** From now on such errors are expected. */
  ignoreErrors(pattern: RegExp): void {
    this.ignored = pattern;
  }

  /** Waits until the page has read and shows everything. */
  async settle(): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    while (this.pendingUrls.size > 0 || (await this.page.evaluate(isReading))) {
      if (Date.now() > deadline)
        throw new Error(`${this.page.url()} still reads: ${[...this.pendingUrls.values()].join(', ')}`);
      await pause(10);
    }
  }

  /** Nothing may overflow at either width. With `SCREENSHOTS=on` it is also kept as a picture in `tmp/screenshots`. */
  async screenshot(step: string): Promise<void> {
    if (process.env.SCREENSHOTS !== 'on') return this.expectNoOverflow();
    this.screenshotCount += 1;
    mkdirSync(screenshots, { recursive: true });
    const prefix = `${this.name}-${String(this.screenshotCount).padStart(2, '0')}-${step}`;
    await this.expectNoOverflow(async ({ width }) => {
      await this.page.evaluate(() => document.fonts.ready);
      const file = path.join(screenshots, `${prefix}-${width}.png`);
      await this.page.screenshot({ path: file, animations: 'disabled' });
    });
  }

  /** Nothing makes the page wider than a window of a laptop or a narrow one; 640 is one of 1280 at a zoom of 200 %. */
  async expectNarrowFits(): Promise<void> {
    for (const [width, height] of [
      [1440, 900],
      [1366, 768],
      [1024, 768],
      [640, 430],
    ] as const) {
      await this.page.setViewportSize({ width, height });
      expect([width, await this.page.evaluate(findTooWide)]).toEqual([width, []]);
    }
    await this.page.setViewportSize(sizes[0]!);
  }

  /** At each width. @param look is called at each, before it is checked */
  async expectNoOverflow(look: (size: { width: number }) => Promise<void> = async () => undefined): Promise<void> {
    for (const size of sizes) {
      await this.page.setViewportSize(size);
      await look(size);
      expect([size.width, await this.page.evaluate(findOverflow)]).toEqual([size.width, []]);
    }
    await this.page.setViewportSize(sizes[0]!);
  }

  /** No name, value or time is shown as the code has it, and no word that puzzles. The audit log's own records may. */
  async expectPlainWords(): Promise<void> {
    const { texts, labels } = await this.page.evaluate(readWords);
    const found = texts.filter((text) => puzzlingWords.some((words) => words.test(text)));
    expect(found).toEqual([]);
    for (const label of labels) expect(label).not.toMatch(codeName);
  }

  /** Ends every session of this service. Taking the cookie away is not enough: an answer on its way gives it again. */
  async endSessions(): Promise<void> {
    await this.service.dataSource.query('DELETE FROM staff_session');
  }

  /** Another workspace may get its page, with nothing left of what was kept, typed or intercepted in it. */
  async close(): Promise<void> {
    const { browser, context, page, service } = this;
    if (page.isClosed()) return context.close();
    await Promise.all(context.pages().map((each) => each !== page && each.close()));
    page.removeAllListeners();
    await Promise.all([context, page].map((each) => each.unrouteAll({ behavior: 'ignoreErrors' })));
    await page.mouse.move(-1, -1);
    await page.setViewportSize(sizes[0]!);
    await leave(page, service);
    await context.clearCookies();
    unused.set(browser, [...(unused.get(browser) ?? []), context]);
  }

  private watch(): void {
    const { page, service, pendingUrls } = this;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.record(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.record(`script: ${error.message}`));
    page.on('request', (request) => {
      pendingUrls.set(request, request.url());
      const { protocol, origin } = new URL(request.url());
      if (protocol !== 'data:' && origin !== service.baseUrl) this.record(`from elsewhere: ${request.url()}`);
    });
    page.on('requestfinished', (request) => pendingUrls.delete(request));
    page.on('requestfailed', (request) => {
      pendingUrls.delete(request);
      const why = request.failure()?.errorText;
      // Leaving a page aborts its reads.
      if (why !== 'net::ERR_ABORTED') this.record(`failed: ${request.url()} ${why}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) this.record(`answered ${response.status()}: ${response.url()}`);
    });
  }

  private record(error: string): void {
    if (!this.ignored?.test(error)) this.errors.push(error);
  }
}

async function newContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: sizes[0],
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  await context.addInitScript(pollFaster, POLLING_SPEEDUP);
  await context.newPage();
  return context;
}

/** Leaves whatever the page shows, and what it kept. It stays in its process, with all that is compiled there: an empty page would not. */
export async function leave(page: Page, { baseUrl }: TestApp): Promise<void> {
  await page.goto(`${baseUrl}/admin/assets/icon.svg`);
  await page.evaluate(forgetEverything);
}

/** Runs in the page. */
function forgetEverything(): void {
  sessionStorage.clear();
  localStorage.clear();
}

/** Runs in the page: whether the panel is there, with a session. */
function isPanel(): boolean {
  return document.querySelector('[data-css="app-content"]') !== null;
}

/** Runs in the page, before its scripts. */
function pollFaster(speedup: number): void {
  const setInterval = window.setInterval.bind(window);
  window.setInterval = ((callback: () => void, ms = 0) =>
    setInterval(callback, ms < 5_000 ? ms : ms / speedup)) as typeof window.setInterval;
}

/** Runs in the page: React Router's links push an entry of the history, and its `popstate` listener shows it. */
function followLink(address: string): void {
  history.pushState(null, '', address);
  dispatchEvent(new PopStateEvent('popstate'));
}

/** Runs in the page: whether anything is loading, after the next paint. */
function isReading(): Promise<boolean> {
  return new Promise((resolve) => {
    const check = () => resolve(document.querySelector('.lc-loading, .lc-stale, [aria-busy="true"]') !== null);
    requestAnimationFrame(() => requestAnimationFrame(check));
  });
}

/** Runs in the page: the text of each block, as it is shown, and what is shown on hover or read out. */
function readWords(): { texts: string[]; labels: string[] } {
  const blocks = document.body.innerText.split('\n').filter((line) => line.trim() !== '');
  const hidden = ['title', 'aria-label', 'placeholder'].flatMap((name) =>
    [...document.querySelectorAll(`[${name}]`)].map((element) => element.getAttribute(name) ?? ''),
  );
  const labels = [...document.querySelectorAll<HTMLElement>('th, dt, label')].map((label) => label.innerText.trim());
  return { texts: [...new Set([...blocks, ...hidden])], labels };
}

/** Runs in the page: the window and the scrollers whose content is wider than they are. */
function findOverflow(): string[] {
  const scrollers = [document.documentElement, ...document.querySelectorAll('[data-css="app-content"], .lc-scroll')];
  return scrollers
    .filter((element) => element.scrollWidth > element.clientWidth)
    .map((element) => `${element.className || element.tagName}: ${element.scrollWidth} > ${element.clientWidth}`);
}

/** Runs in the page: what makes the page wider than its window, outside of what scrolls by itself. */
function findTooWide(): string[] {
  const scroller = document.querySelector('[data-css="app-content"]') ?? document.documentElement;
  if (scroller.scrollWidth <= scroller.clientWidth && document.documentElement.scrollWidth <= window.innerWidth)
    return [];
  const isInScroller = (element: Element) => {
    for (let one = element.parentElement; one && one !== scroller; one = one.parentElement)
      if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(one).overflowX)) return true;
    return false;
  };
  return [...document.querySelectorAll('main *, .lc-frame-keys')]
    .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1 && !isInScroller(element))
    .slice(0, 3)
    .map((element) => element.outerHTML.slice(0, 140));
}

/** The parts of a request's page. */
export function requestPage(page: Page) {
  const card = (title: string): Locator =>
    page.locator('.lc-card', { has: page.getByRole('heading', { name: title, exact: true }) });
  const preview = page.getByRole('region', { name: 'The next assignment' });
  return {
    askedFor: card('Asked for'),
    wallet: card('Wallet'),
    preview,
    /** The assign button, once it is enabled. */
    assign: preview.getByRole('button', { name: /^Assign — / }).and(page.locator(':not([aria-disabled])')),
    fitting: page.getByRole('list', { name: 'Accounts that fit' }),
    nearly: page.getByRole('list', { name: 'Partial matches' }),
    found: page.getByRole('list', { name: 'Accounts found' }),
    assigned: page.getByRole('table', { name: 'Assigned accounts' }),
    note: card('Note'),
    noteText: page.getByLabel(/^(Internal note|Note to the partner)$/),
    blocker: page.getByRole('region', { name: 'Blocker' }),
    whatHappened: card('What happened'),
    claim: page.locator('.lc-title .lc-chip', { hasText: /claimed by .* until/ }),
    refusal: preview.locator('..').getByRole('alert'),
    dialog: page.getByRole('dialog'),
  };
}
