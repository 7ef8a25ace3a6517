import { addMonths, expectCharged, pick, PRICE_CENTS, PROJECT_ID, readEvents, until } from './common.mjs';
import { PanelSession } from './panel.mjs';
import { checkStatement, printStatement } from './statement.mjs';

const MINUTE_MS = 60_000;

/** From the first renewal to the statement. */
export const monthSteps = [
  ['admin', 'The clock moves on by a month', moveOneMonth],
  ['partner', 'The accounts are renewed', readRenewals],
  ['partner', 'One account is released', release],
  ['admin', 'Another month: what was released is not charged', moveAnotherMonth],
  ['partner', 'The wallet’s statement', readStatement],
  ['finance', 'The panel’s ledger says the same', compareLedger],
];

async function moveOneMonth(story) {
  const { report, service, state } = story;
  story.admin = new PanelSession(report, service.origin, 'the admin');
  await story.admin.signIn(service.signIns.admin);
  await moveClock(
    story,
    state.leases
      .map(({ nextRenewalAt }) => nextRenewalAt)
      .sort()
      .at(-1),
  );
  await waitForRenewals(story, 3);
}

async function readRenewals(story) {
  const { partner, report, state } = story;
  const { items } = await partner.call(
    (layers) => layers.wallet.transactions({ kind: 'lease_renewal' }),
    ({ items }) => items.map((item) => pick(item, 'amountCents', 'balanceAfterCents', 'periodStart')),
  );
  report.equal(
    '3 × $150.00',
    items.map(({ amountCents }) => amountCents),
    [-PRICE_CENTS, -PRICE_CENTS, -PRICE_CENTS],
  );
  const charged = Object.fromEntries(items.map(({ socialAccountId, periodStart }) => [socialAccountId, periodStart]));
  const due = Object.fromEntries(
    state.leases.map(({ socialAccountId, nextRenewalAt }) => [socialAccountId, nextRenewalAt]),
  );
  report.equal('each account once, for the month from when it was due', charged, due);

  const page = await partner.call(
    (layers) => layers.leasedAccounts.list({ projectId: PROJECT_ID }),
    ({ items }) => items.map((item) => pick(item, 'handle', 'assignedAt', 'nextRenewalAt')),
  );
  report.equal(
    'all are still assigned',
    page.items.map(({ status }) => status),
    ['assigned', 'assigned', 'assigned'],
  );
  const dues = page.items.map(({ assignedAt }) => addMonths(assignedAt, 2));
  report.equal(
    'the next renewal keeps the day of the assignment',
    page.items.map(({ nextRenewalAt }) => nextRenewalAt),
    dues,
  );

  const events = await readEvents(story, { after: state.lastEventId, last: 'leased_account.renewed' });
  const told = events.map(({ type, data }) => [type, data.transactionId]).sort();
  report.equal('three events tell of them', told, items.map(({ id }) => ['leased_account.renewed', id]).sort());
  state.lastEventId = events.at(-1)?.id;
  state.leases = page.items;
}

async function release(story) {
  const { admin, client, partner, report, state } = story;
  const { socialAccountId, handle } = state.leases[0];
  state.released = { socialAccountId, handle };
  const reason = 'The campaign is over.';
  const answer = await partner.call((layers) => layers.leasedAccounts.release({ socialAccountId, reason }));
  const expected = { socialAccountId, status: 'disconnected', disconnectedReason: 'released_by_partner' };
  report.equal('released at once', pick(answer, ...Object.keys(expected)), expected);
  const kept = await partner.call(
    (layers) => layers.leasedAccounts.list({ projectId: PROJECT_ID }),
    ({ items }) => items.map((item) => pick(item, 'handle', 'status')),
  );
  report.equal('two are left', kept.items, state.leases.slice(1));
  const status = 'disconnected';
  const gone = await partner.call((layers) => layers.leasedAccounts.list({ projectId: PROJECT_ID, status }));
  const { disconnectedAt, disconnectedReason } = answer;
  report.equal(
    'the other is among the disconnected',
    gone.items.map((item) => pick(item, 'handle', 'disconnectedAt', 'disconnectedReason')),
    [{ handle, disconnectedAt, disconnectedReason }],
  );
  const error = await partner.refused((layers) => layers.leasedAccounts.release({ socialAccountId }));
  report.equal(
    'a second release is NotFound',
    [error instanceof client.NotFound, error.status, error.code],
    [true, 404, 'NOT_FOUND'],
  );
  await expectCharged(story, 'there is no refund', 6);
  const events = await readEvents(story, { after: state.lastEventId, last: 'leased_account.disconnected' });
  report.equal(
    'one event tells of it',
    events.map(({ type, data }) => [type, data.socialAccountId]),
    [['leased_account.disconnected', socialAccountId]],
  );
  const { record } = await admin.get(`/resources/social-accounts/records/${socialAccountId}/show`);
  report.answer(pick(record.params, 'handle', 'status'));
  report.equal('the account is back in the pool', record.params.status, 'available');
}

async function moveAnotherMonth(story) {
  const { report, service, state } = story;
  // A session ends after 12 hours without an action.
  story.admin = new PanelSession(report, service.origin, 'the admin');
  await story.admin.signIn(service.signIns.admin);
  const due = state.leases
    .map(({ nextRenewalAt }) => nextRenewalAt)
    .sort()
    .at(-1);
  await moveClock(story, due);
  await waitForRenewals(story, 5);
}

async function readStatement({ partner, report, state }) {
  const transactions = [];
  await partner.call(async (layers) => {
    for await (const transaction of layers.wallet.transactions()) transactions.push(transaction);
  });
  const oldestFirst = transactions.toReversed();
  const { items } = await partner.call(
    (layers) => layers.leasedAccounts.list({ projectId: PROJECT_ID }),
    () => undefined,
  );
  const handles = new Map([...items, state.released].map(({ socialAccountId, handle }) => [socialAccountId, handle]));
  const wallet = await partner.call((layers) => layers.wallet.get());
  report.line();
  printStatement(report, oldestFirst, handles);
  report.line();
  checkStatement(report, oldestFirst, wallet);
  const charged = oldestFirst.filter(({ socialAccountId }) => socialAccountId === state.released.socialAccountId);
  report.equal('the released account was charged for two months alone', charged.length, 2);
  state.transactions = transactions;
}

async function compareLedger({ report, service, state }) {
  const finance = new PanelSession(report, service.origin, 'finance');
  await finance.signIn(service.signIns.finance);
  const { statement, outlook } = await finance.get(`/resources/wallets/records/${state.organizationId}/overview`);
  report.answer({ lines: statement.lines.length, balanceCents: outlook.balanceCents });
  const toLine = (id, createdAt, line) => ({
    id,
    createdAt,
    ...pick(line, 'kind', 'amountCents', 'balanceAfterCents', 'requestId', 'periodStart'),
  });
  report.equal(
    'the same lines: ids, times, kinds, amounts, balances, requests, months',
    statement.lines.map((line) => toLine(line.transactionId, line.bookedAt, line)),
    state.transactions.map((line) => toLine(line.id, line.createdAt, line)),
  );
  report.equal('the same balance', outlook.balanceCents, state.transactions[0]?.balanceAfterCents);
}

/** To a minute after `due`. */
async function moveClock({ admin }, due) {
  const to = new Date(Date.parse(due) + MINUTE_MS).toISOString();
  await admin.post('/resources/wallets/actions/moveClock', { to });
}

/** The service renews by itself once its clock has moved, and tells of each renewal. */
async function waitForRenewals({ receiver, report }, count) {
  const isRenewal = ({ event }) => event.type === 'leased_account.renewed';
  await until(
    report,
    `the service renews what is due, and posts ${count} webhooks in all`,
    () => receiver.received.filter(isRenewal).length >= count,
  );
}
