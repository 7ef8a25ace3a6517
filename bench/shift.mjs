// npm run bench:shift        a shift in the large house: operators who look at the queue, and those who work through it
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { openHouses, quantile, timed } from './houses.mjs';

const LOOKING = 20;
const WORKING = 5;
const EVERY_MS = 10_000;
const ASSIGNMENTS = 20;

const houses = await openHouses();
const { FulfillmentService } = await import('../src/fulfillment/fulfillment.service.ts');
const { ReviewService } = await import('../src/fulfillment/review.service.ts');
const { WalletsService } = await import('../src/wallets/wallets.service.ts');
const { Transactions } = await import('../src/core/transactions.ts');
const { LedgerVerifier } = await import('../src/accounting/ledger-verifier.ts');
const { DailyStats } = await import('../src/dashboard/daily-stats.service.ts');

const caller = (number) => ({
  kind: 'staff',
  staffId: `stf_${String(number).padStart(26, '0')}`,
  name: `Colleague ${number}`,
  role: 'admin',
  callId: 'req_bench',
});

function tell(what, took) {
  const [middle, high] = [0.5, 0.95].map((share) => quantile(took, share).toFixed(1).padStart(8));
  console.log(`${what.padEnd(46)} ${middle} ${high}   of ${took.length}`);
  return quantile(took, 0.95);
}

/** Open requests whose wallet pays, each with accounts that fit. */
async function work(house) {
  const { rows } = await house.database.query(`
    SELECT request.id, ARRAY(SELECT social_account_id FROM pool_entry entry WHERE entry.vertical = request.vertical_key ORDER BY random() LIMIT 5) AS accounts
      FROM lease_request request
      JOIN organization ON organization.id = request.organization_id AND organization.suspended_at IS NULL
      JOIN ledger_account wallet ON wallet.organization_id = request.organization_id AND wallet.balance_cents > 100000
     WHERE request.status = 'requested' AND request.blocker IS NULL AND request.claimed_by IS NULL ORDER BY random() LIMIT 500`);
  return rows.filter(({ accounts }) => accounts.length > 0);
}

async function looking(house, until, took) {
  await pause(Math.random() * EVERY_MS);
  while (performance.now() < until) {
    took.push(await timed(() => house.get('/pages/queue')));
    await pause(EVERY_MS);
  }
}

async function working(house, who, requests, took) {
  const fulfilment = house.app.get(FulfillmentService, { strict: false });
  let refused = 0;
  for (const { id, accounts } of requests) {
    const at = performance.now();
    try {
      await fulfilment.assign(who, { leaseRequestId: id, socialAccountId: accounts[0] });
      took.push(performance.now() - at);
    } catch {
      refused += 1;
    }
    await pause(200);
  }
  return refused;
}

async function shift(house) {
  const requests = await work(house);
  const share = Math.min(ASSIGNMENTS, Math.floor(requests.length / WORKING));
  const [looked, assigned] = [[], []];
  const until = performance.now() + 2 * EVERY_MS;
  await Promise.all([
    ...Array.from({ length: LOOKING }, () => looking(house, until, looked)),
    ...Array.from({ length: WORKING }, (_, n) =>
      working(house, caller(n + 1), requests.slice(n * share, (n + 1) * share), assigned),
    ),
  ]);
  return { looked, assigned };
}

/** From the commit until the last of the blocked requests has woken. */
async function waking(house, blocker, makePossible) {
  const { rows } = await house.database.query(
    `SELECT id FROM lease_request WHERE status = 'requested' AND blocker IS NULL AND claimed_by IS NULL AND organization_id = 'org_' || lpad('1', 26, '0') LIMIT 50`,
  );
  const review = house.app.get(ReviewService, { strict: false });
  for (const { id } of rows) {
    await review.note(caller(1), { leaseRequestId: id, body: 'Waiting.', visibility: 'internal', blocker });
  }
  const at = performance.now();
  await makePossible(rows.map(({ id }) => id));
  await house.app.get(Transactions, { strict: false }).idle();
  return { blocked: rows.length, milliseconds: performance.now() - at };
}

for (const name of ['small', 'large']) {
  const house = houses[name];
  console.log(`\n${name}: milliseconds, the middle one and the 95th percentile`);
  const idle = [];
  for (let round = 0; round < LOOKING; round += 1) idle.push(await timed(() => house.get('/pages/queue')));
  const before = tell('queue, nobody else there', idle);
  const { looked, assigned } = await shift(house);
  const during = tell(`queue, ${LOOKING} looking and ${WORKING} assigning`, looked);
  tell('an assignment meanwhile', assigned);
  console.log(`the queue's 95th percentile during a shift: × ${(during / before).toFixed(2)}`);
  const topUp = await waking(house, 'wallet_short', () =>
    house.app.get(WalletsService, { strict: false }).topUp(caller(1), {
      organizationId: `org_${'1'.padStart(26, '0')}`,
      amountCents: 1_000_000,
      reference: `Bench ${Date.now()}`,
    }),
  );
  console.log(`${topUp.blocked} requests woke ${topUp.milliseconds.toFixed(0)} ms after a top-up`);
  await house.app.get(DailyStats, { strict: false }).store();
  const { faults } = await house.app.get(LedgerVerifier, { strict: false }).verify();
  console.log(`Ledger: ${faults.length} faults`);
}
await houses.close();
