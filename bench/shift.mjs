// npm run bench:shift        a shift with a full database: operators who look at the queue, and those who work through it
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { quantile } from './quantile.mjs';
import { openServices, timed } from './services.mjs';

const { values } = parseArgs({
  options: {
    small: { type: 'string', default: '0.01' },
    large: { type: 'string', default: '1' },
    looking: { type: 'string', default: '20' },
    working: { type: 'string', default: '5' },
    // Between two looks at the queue; the shift lasts two of them.
    'every-ms': { type: 'string', default: '10000' },
    assignments: { type: 'string', default: '20' },
  },
});
const LOOKING = Number(values.looking);
const WORKING = Number(values.working);
const EVERY_MS = Number(values['every-ms']);
const ASSIGNMENTS = Number(values.assignments);

const services = await openServices({ small: Number(values.small), large: Number(values.large) });
const { FulfillmentService } = await import('../dist/src/fulfillment/fulfillment.service.js');
const { ReviewService } = await import('../dist/src/fulfillment/review.service.js');
const { WalletsService } = await import('../dist/src/wallets/wallets.service.js');
const { Transactions } = await import('../dist/src/core/transactions.js');
const { LedgerVerifier } = await import('../dist/src/accounting/ledger-verifier.js');
const { DailyStats } = await import('../dist/src/dashboard/daily-stats.service.js');

const caller = (number) => ({
  kind: 'staff',
  staffId: `stf_${String(number).padStart(26, '0')}`,
  name: `Colleague ${number}`,
  role: 'admin',
  callId: 'req_bench',
});

function report(what, took) {
  const [middle, high] = [0.5, 0.95].map((share) => quantile(took, share).toFixed(1).padStart(8));
  console.log(`${what.padEnd(46)} ${middle} ${high}   of ${took.length}`);
  return quantile(took, 0.95);
}

/** Open requests whose wallet pays, each with accounts that fit. */
async function work(service) {
  const { rows } = await service.database.query(`
    SELECT request.id, ARRAY(SELECT social_account_id FROM pool_entry entry WHERE entry.vertical = request.vertical_key ORDER BY random() LIMIT 5) AS accounts
      FROM lease_request request
      JOIN organization ON organization.id = request.organization_id AND organization.suspended_at IS NULL
      JOIN ledger_account wallet ON wallet.organization_id = request.organization_id AND wallet.balance_cents > 100000
     WHERE request.status = 'requested' AND request.blocker IS NULL AND request.claimed_by IS NULL ORDER BY random() LIMIT 500`);
  return rows.filter(({ accounts }) => accounts.length > 0);
}

async function looking(service, until, took) {
  await pause(Math.random() * EVERY_MS);
  while (performance.now() < until) {
    took.push(await timed(() => service.get('/pages/queue')));
    await pause(EVERY_MS);
  }
}

async function working(service, who, requests, took) {
  const fulfillment = service.app.get(FulfillmentService, { strict: false });
  let refused = 0;
  for (const { id, accounts } of requests) {
    const at = performance.now();
    try {
      await fulfillment.assign(who, { leaseRequestId: id, socialAccountId: accounts[0] });
      took.push(performance.now() - at);
    } catch {
      refused += 1;
    }
    await pause(200);
  }
  return refused;
}

async function shift(service) {
  const requests = await work(service);
  const share = Math.min(ASSIGNMENTS, Math.floor(requests.length / WORKING));
  const [looked, assigned] = [[], []];
  const until = performance.now() + 2 * EVERY_MS;
  await Promise.all([
    ...Array.from({ length: LOOKING }, () => looking(service, until, looked)),
    ...Array.from({ length: WORKING }, (_, n) =>
      working(service, caller(n + 1), requests.slice(n * share, (n + 1) * share), assigned),
    ),
  ]);
  return { looked, assigned };
}

/** From the commit until the last of the blocked requests has woken. */
async function waking(service, blocker, makePossible) {
  const { rows } = await service.database.query(
    `SELECT id FROM lease_request WHERE status = 'requested' AND blocker IS NULL AND claimed_by IS NULL AND organization_id = 'org_' || lpad('1', 26, '0') LIMIT 50`,
  );
  const review = service.app.get(ReviewService, { strict: false });
  for (const { id } of rows) {
    await review.note(caller(1), { leaseRequestId: id, body: 'Waiting.', visibility: 'internal', blocker });
  }
  const at = performance.now();
  await makePossible(rows.map(({ id }) => id));
  await service.app.get(Transactions, { strict: false }).idle();
  return { blocked: rows.length, milliseconds: performance.now() - at };
}

for (const name of ['small', 'large']) {
  const service = services[name];
  console.log(`\n${name}: milliseconds, the middle one and the 95th percentile`);
  const idle = [];
  for (let round = 0; round < LOOKING; round += 1) idle.push(await timed(() => service.get('/pages/queue')));
  const before = report('queue, nobody else there', idle);
  const { looked, assigned } = await shift(service);
  const during = report(`queue, ${LOOKING} looking and ${WORKING} assigning`, looked);
  report('an assignment meanwhile', assigned);
  console.log(`the queue's 95th percentile during a shift: × ${(during / before).toFixed(2)}`);
  const topUp = await waking(service, 'wallet_short', () =>
    service.app.get(WalletsService, { strict: false }).topUp(caller(1), {
      organizationId: `org_${'1'.padStart(26, '0')}`,
      amountCents: 1_000_000,
      reference: `Bench ${Date.now()}`,
    }),
  );
  console.log(`${topUp.blocked} requests woke ${topUp.milliseconds.toFixed(0)} ms after a top-up`);
  await service.app.get(DailyStats, { strict: false }).store();
  const { faults } = await service.app.get(LedgerVerifier, { strict: false }).verify();
  console.log(`Ledger: ${faults.length} faults`);
}
await services.close();
