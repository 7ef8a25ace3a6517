import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { clearUpServices, newDataDir, ServiceProcess } from '../support/service-process.js';
import { startChromium } from './support/chromium.js';

/** Renders every page of the panel over fresh demo data, at both widths, for the guide and for whoever judges the looks. */

const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const widths = [
  { width: 1600, height: 1000 },
  { width: 1280, height: 860 },
];

type Role = 'viewer' | 'operator' | 'finance' | 'admin';

/** What stands on a picture, who sees it, and how they get there from the queue. */
interface Shot {
  name: string;
  role: Role;
  /** Below `/admin`. */
  place?: string;
  get?: (page: Page, panel: Panel) => Promise<void>;
}

/** The panel's JSON as the person at the page may read it. */
class Panel {
  constructor(private readonly page: Page) {}

  read<Answer>(place: string): Promise<Answer> {
    return this.page.evaluate(async (url) => {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`${url}: ${await answer.text()}`);
      return answer.json() as Promise<Answer>;
    }, `/admin/api/${place}`);
  }

  /** The first record of a list. */
  async first(resource: string, query = ''): Promise<string> {
    const { records } = await this.read<{ records: { id: string }[] }>(`resources/${resource}/actions/list${query}`);
    return records[0]!.id;
  }

  /** The newest lease of a status. */
  async lease(status: string): Promise<{ organizationId: string; socialAccountId: string }> {
    const { records } = await this.read<{ records: { params: { organizationId: string; socialAccountId: string } }[] }>(
      `resources/leases/actions/list?filters.status=${status}`,
    );
    return records[0]!.params;
  }

  /** The most urgent open request of a view. */
  async request(query: string): Promise<string> {
    const { rows } = await this.read<{ rows: { id: string }[] }>(`pages/queue?${query}`);
    return rows[0]!.id;
  }
}

const goTo = (page: Page, place: string) => page.goto(`${new URL(page.url()).origin}/admin${place}`);
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name }).first().waitFor();

async function openRequest(page: Page, panel: Panel): Promise<void> {
  const id = await panel.request('view=all&q=Quinn%20Coffee');
  await goTo(page, `/resources/lease-requests/records/${id}/fulfil`);
  await page.getByRole('list', { name: 'Accounts that fit' }).waitFor();
}

/** Day by day until some wallets are short: one sees what is past due and what was lost. */
async function letLeasesFallDue(page: Page): Promise<void> {
  const advance = (span: string) => page.getByRole('button', { name: span, exact: true });
  for (const span of ['1 week', '1 week', '1 week', '1 day', '1 day']) {
    await advance(span).click();
    await advance('1 day').waitFor({ timeout: 60_000 });
  }
  await page.getByRole('table', { name: /^Past due leases/ }).waitFor();
}

const shots: Shot[] = [
  { name: 'queue', role: 'operator' },
  {
    name: 'queue-keys',
    role: 'operator',
    get: async (page) => {
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'queue-several',
    role: 'operator',
    get: async (page) => {
      const marks = page.getByRole('checkbox');
      for (const n of [1, 2, 3]) await marks.nth(n).check();
    },
  },
  { name: 'request', role: 'operator', get: openRequest },
  {
    name: 'request-several',
    role: 'operator',
    get: async (page, panel) => {
      await openRequest(page, panel);
      for (const key of ['Space', 'j', 'Space', 'j', 'Space', 'a']) await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'request-final',
    role: 'operator',
    get: async (page, panel) => {
      const id = await panel.first('lease-requests', '?filters.status=partial');
      await goTo(page, `/resources/lease-requests/records/${id}/fulfil`);
      await heading(page, 'What happened');
    },
  },
  { name: 'dashboard', role: 'operator', place: '/pages/dashboard' },
  { name: 'requests', role: 'operator', place: '/resources/lease-requests' },
  { name: 'pool', role: 'operator', place: '/resources/social-accounts' },
  {
    name: 'account',
    role: 'operator',
    get: async (page, panel) => {
      const { socialAccountId } = await panel.lease('ended');
      await goTo(page, `/resources/social-accounts/records/${socialAccountId}/show`);
    },
  },
  { name: 'verticals', role: 'operator', place: '/resources/verticals' },
  {
    name: 'import',
    role: 'operator',
    place: '/resources/social-accounts/actions/import',
    get: async (page) => {
      await page.locator('input[type=file]').setInputFiles({
        name: 'november.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(
          'handle,followers,vertical,language,geo,status\n' +
            'crema.daily,14200,coffee,en,US|CA,available\nflatwhite.fan,9100,coffee,en,GB,warming\n' +
            'two words,100,coffee,en,US,available\nbeans.and.co,many,coffee,en,US,available\n',
        ),
      });
      await page.getByRole('button', { name: /^Import:/ }).waitFor();
    },
  },
  { name: 'leases', role: 'finance', place: '/resources/leases' },
  { name: 'wallets', role: 'finance', place: '/resources/wallets' },
  {
    name: 'wallet',
    role: 'finance',
    get: async (page, panel) => {
      const id = await panel.first('wallets', '?filters.organizationName=Quinn%20Coffee');
      await goTo(page, `/resources/wallets/records/${id}/show`);
    },
  },
  {
    name: 'renewals',
    role: 'finance',
    place: '/pages/renewals',
    get: (page) => heading(page, 'By partner'),
  },
  {
    name: 'renewals-table',
    role: 'finance',
    place: '/pages/renewals?as=tables',
    get: (page) => heading(page, 'By partner'),
  },
  {
    name: 'reverse-top-up',
    role: 'finance',
    get: async (page, panel) => {
      const id = await panel.first('wallets', '?filters.organizationName=Quinn%20Coffee');
      await goTo(page, `/resources/wallets/records/${id}/reverseTopUp`);
      await page.getByLabel('Which top-up').selectOption({ index: 1 });
      await page.getByText(/is taken from the wallet/).waitFor();
    },
  },
  {
    name: 'waiting-movement',
    role: 'finance',
    get: async (page, panel) => {
      const id = await panel.first('wallets', '?filters.organizationName=Quinn%20Coffee');
      await goTo(page, `/resources/wallets/records/${id}/payout`);
      await page.getByLabel('Amount in dollars').fill('1500');
      await page.getByLabel('Reference of the payment').fill('wire 2026-118');
      await page.getByRole('button', { name: 'Propose −$1,500.00' }).click();
      await heading(page, 'Awaiting approval');
    },
  },
  { name: 'month', role: 'finance', place: '/pages/month' },
  { name: 'ledger', role: 'finance', place: '/resources/ledger-transfers' },
  { name: 'partners', role: 'admin', place: '/resources/organizations' },
  {
    name: 'partner',
    role: 'admin',
    get: async (page, panel) => {
      const id = await panel.first('organizations');
      await goTo(page, `/resources/organizations/records/${id}/show`);
    },
  },
  { name: 'keys', role: 'admin', place: '/resources/api-keys' },
  { name: 'audit', role: 'admin', place: '/resources/audit-events' },
  {
    name: 'audit-event',
    role: 'admin',
    get: async (page, panel) => {
      const id = await panel.first('audit-events', '?filters.type=social_account.quarantined');
      await goTo(page, `/resources/audit-events/records/${id}/show`);
    },
  },
  { name: 'invite', role: 'admin', place: '/resources/staff/actions/invite' },
  { name: 'your-account', role: 'admin', place: '/account' },
  { name: 'staff', role: 'admin', place: '/resources/staff' },
  // These come last: the first of them lets the demo's days pass.
  { name: 'renewals-past-due', role: 'admin', place: '/pages/renewals', get: letLeasesFallDue },
  {
    name: 'wallet-past-due',
    role: 'admin',
    get: async (page, panel) => {
      const lease = await panel.lease('past_due');
      await goTo(page, `/resources/wallets/records/${lease.organizationId}/show`);
      await heading(page, 'Statement');
    },
  },
  { name: 'notes', role: 'viewer', place: '/resources/request-notes' },
  { name: 'projects', role: 'viewer', place: '/resources/projects' },
];

/** The sign-ins that a start with new demo data prints. */
function signIns(output: string): Record<Role, { email: string; password: string }> {
  const lines = [...output.matchAll(/^ {2}(viewer|operator|finance|admin) +(\S+@\S+) +(\S+)$/gm)];
  return Object.fromEntries(lines.map(([, role, email, password]) => [role, { email, password }])) as never;
}

async function keep(page: Page, name: string): Promise<void> {
  for (const size of widths) {
    await page.setViewportSize(size);
    await page.waitForLoadState('networkidle');
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: path.join(images, `${name}-${size.width}.png`), animations: 'disabled' });
  }
  await page.setViewportSize(widths[0]!);
}

async function render(browser: Browser, service: ServiceProcess): Promise<void> {
  const people = signIns(service.output);
  for (const role of Object.keys(people) as Role[]) {
    const context = await browser.newContext({ viewport: widths[0], locale: 'en-GB', timezoneId: 'Europe/Berlin' });
    const page = await context.newPage();
    await page.goto(`${service.origin}/admin`);
    await page.getByLabel('Email').fill(people[role].email);
    if (role === 'viewer') await keep(page, 'sign-in');
    await page.getByLabel('Password').fill(people[role].password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading(page, 'Queue');
    for (const { name, place = '', get } of shots.filter((shot) => shot.role === role)) {
      await goTo(page, place);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await get?.(page, new Panel(page));
      await keep(page, name);
      console.log(`docs/images/${name}-{1600,1280}.png`);
    }
    await context.close();
  }
}

mkdirSync(images, { recursive: true });
const [service, browser] = await Promise.all([
  ServiceProcess.started({ DATA_DIR: newDataDir(), DEMO: 'on' }),
  startChromium(),
]);
try {
  await render(browser, service);
} finally {
  await browser.close();
  await clearUpServices();
}
