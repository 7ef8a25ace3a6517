import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { MonthCloseService } from '../../../src/accounting/month-close.service.js';
import { readMonthCharges, readMonthFigures } from '../../../src/accounting/month-figures.js';
import { readBooks } from '../../../src/accounting/month-movements.js';
import { listMonths } from '../../../src/accounting/open-months.js';
import { AccountsImport } from '../../../src/account-pool/import/accounts-import.service.js';
import { VerticalsService } from '../../../src/account-pool/verticals.service.js';
import { getMonthBounds, toMonth } from '../../../src/core/months.js';
import { DailyStats } from '../../../src/dashboard/daily-stats.service.js';
import { DashboardService } from '../../../src/dashboard/dashboard.service.js';
import { RenewalsForecastService } from '../../../src/forecast/renewals-forecast.service.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { QueueService } from '../../../src/queue/queue.service.js';
import { ServeNextService } from '../../../src/queue/serve-next.service.js';
import { RenewalsService } from '../../../src/renewals/renewals.service.js';
import { SearchService } from '../../../src/search/search.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  aFileOf,
  aPartner,
  aRequest,
  aRequestThatFits,
  aStaffMember,
  theSystem,
  type TestPartner,
} from '../../support/makers.js';
import { aSandbox, aSandboxAccount } from '../../support/sandboxes.js';

let service: TestApp;
let admin: StaffCaller;
let partner: TestPartner;
let sandbox: TestPartner;
let open: { id: string };
let account: { id: string; handle: string };
let before: Record<string, string>;

const get = <T>(type: abstract new (...args: never[]) => T): T => service.app.get(type as never, { strict: false });
const query = (text: string, values: unknown[] = []) => service.dataSource.query(text, values);

/** What staff see, without the moment of looking. */
async function everyView(): Promise<Record<string, string>> {
  const em = service.dataSource.manager;
  const month = getMonthBounds(toMonth(new Date()));
  const search = get(SearchService);
  const queue = await get(QueueService).page(admin, {});
  const views = {
    queue: { ...queue, rows: queue.rows.map((row) => ({ ...row, dueShare: null })) },
    dashboard: { ...(await get(DashboardService).figures({ days: '7' })), asOf: null },
    forecast: { ...(await get(RenewalsForecastService).page()), clock: null },
    month: await readMonthFigures(em, month, await readBooks(em, month)),
    shownMonth: await get(MonthCloseService).view(),
    charges: await readMonthCharges(em, month),
    months: await listMonths(em, new Date()),
    verticals: await query('SELECT vertical, available, wanted FROM panel_vertical ORDER BY vertical'),
    renewals: await get(RenewalsService).run(theSystem(), { dryRun: true, now: '2099-01-01T00:00:00Z' }),
    searched: await Promise.all(
      ['Brew', 'sandbox', 'sbx word', 'play money', '10000', 'sandboxed', 'a note of the sandbox'].map((q) =>
        search.find(admin, { q, all: 'on' }),
      ),
    ),
  };
  return Object.fromEntries(Object.entries(views).map(([name, view]) => [name, JSON.stringify(view)]));
}

beforeAll(async () => {
  service = await startTestApp();
  admin = await aStaffMember(service, 'admin');
  partner = await aPartner(service, { name: 'Brew Media' });
  const real = await aRequestThatFits(service, { count: 2 });
  await get(FulfillmentService).assign(admin, { leaseRequestId: real.request.id, socialAccountId: real.account.id });
  // Open and blocked, so that nothing of it is offered or held.
  await get(ReviewService).note(theSystem(), {
    leaseRequestId: real.request.id,
    ...{ body: 'Waiting', visibility: 'internal', blocker: 'policy' },
  });
  await query('UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL');
  before = await everyView();

  sandbox = await aSandbox(service, partner);
  account = await aSandboxAccount(service);
  const closed = await aRequest(service, sandbox, { count: 1, vertical: 'sbx word' });
  const { leaseId } = await get(FulfillmentService).assign(theSystem(), {
    leaseRequestId: closed.id,
    socialAccountId: account.id,
  });
  await query(
    "UPDATE lease SET status = 'past_due', past_due_since = now() - interval '1 day', retry_at = now(), next_renewal_at = now() - interval '1 day' WHERE id = $1",
    [leaseId],
  );
  open = await aRequest(service, sandbox, { vertical: 'sbx word', count: 5 });
  await aSandboxAccount(service);
  await aSandboxAccount(service, ['sbx word']);
  await get(ReviewService).note(theSystem(), {
    leaseRequestId: open.id as never,
    ...{ body: 'a note of the sandbox', visibility: 'partner' },
  });
  await query("UPDATE lease_request SET due_at = now() - interval '5 days' WHERE id = $1", [open.id]);
});
afterAll(() => service.close());

describe('A sandbox is in no view of staff:', () => {
  it.each(['queue', 'dashboard', 'forecast', 'month', 'charges', 'months', 'verticals', 'renewals', 'searched'])(
    '%s',
    async (name) => {
      expect((await everyView())[name]).toBe(before[name]);
    },
  );

  it('nor in the days that are stored', async () => {
    await get(DailyStats).store();
    const [stored] = await query(
      "SELECT count(*) AS n FROM kept_day WHERE (figures ->> 'submitted')::int > 0 AND day < current_date",
    );
    expect(stored.n).toBe(0);
  });

  it('but is found by its id', async () => {
    const find = async (q: string) => get(SearchService).find(admin, { q });
    expect((await find(sandbox.organizationId)).counts.partners).toBe(1);
    expect((await find(open.id)).counts.requests).toBe(1);
    expect((await find(account.id)).counts.accounts).toBe(1);
  });

  it('serve next never offers one', async () => {
    const served = await get(ServeNextService).serveNext(admin);
    expect(served).toMatchObject({ requestId: null, isQueueEmpty: false });
  });

  it('its words are not known to the pool', async () => {
    expect(await get(VerticalsService).isKnown(service.dataSource.manager, 'sbx word')).toBe(false);
    expect(await query("SELECT vertical FROM known_vertical WHERE vertical = 'sbx word'")).toEqual([]);
  });

  it('a file of accounts does not touch its accounts', async () => {
    const file = aFileOf(`${account.handle},5,tea,en,US,available`);
    const report = await get(AccountsImport).import(admin, file);
    expect(report).toMatchObject({
      created: 0,
      updated: 0,
      rejected: [{ reason: 'handle is that of a sandbox account' }],
    });
  });
});
