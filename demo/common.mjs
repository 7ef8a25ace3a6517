import { setTimeout as pause } from 'node:timers/promises';
import { DateTime } from 'luxon';

export const WALLET_CENTS = 150_000;
export const PRICE_CENTS = 15_000;
/** As the published page has it. */
export const PROJECT_ID = 'prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39';

const WAIT_MS = 30_000;
const PAUSE_MS = 50;

/** Asks again until the answer is yes. @throws Error after 30 s */
export async function until(report, what, isSo) {
  report.progress(what);
  const deadline = performance.now() + WAIT_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}.`);
    await pause(PAUSE_MS);
  }
}

/** A month on at the same time of day, or the last day of a shorter month. */
export function addMonths(iso, months) {
  return DateTime.fromISO(iso, { zone: 'utc' }).plus({ months }).toISO();
}

/** An object with those of its fields. */
export function pick(object, ...names) {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}

/** Reads the wallet: it holds what it had at first less so many months of accounts. */
export async function expectCharged({ partner, report }, what, months) {
  const { creditBalance } = await partner.call(
    (layers) => layers.whoami(),
    (whoami) => pick(whoami, 'creditBalance'),
  );
  report.equal(what, WALLET_CENTS - creditBalance, months * PRICE_CENTS);
}

/**
 * Waits for the webhooks, and holds them against what `GET /v1/events` has.
 * @param after the id of an event @default from the first one on
 * @param last the type of the one that is waited for
 * @returns the events, in the order of their commits
 */
export async function readEvents({ partner, receiver, report }, { after, last }) {
  const countOf = (events) => events.filter(({ type }) => type === last).length;
  const known = receiver.received.findIndex(({ event }) => event.id === after) + 1;
  const arrived = () => receiver.received.slice(known).map(({ event }) => event);
  await until(report, `a webhook ${last}`, () => countOf(arrived()) > 0);
  const { items } = await partner.call(
    (layers) => layers.events.list({ projectId: PROJECT_ID, after }),
    (page) => page.items.map(({ id, type }) => `${id} ${type}`),
  );
  await until(report, `${items.length} webhooks`, () => items.every(({ id }) => receiver.ids.includes(id)));
  for (const { event, headers } of receiver.received.slice(known)) {
    report.note(`POST /hook  ${headers['x-layers-event-id']}  ${event.type}`);
  }
  report.equal('no signature is wrong, none is older than 5 minutes', receiver.refused, []);
  const delivered = items.map(({ id }) => receiver.received.find(({ event }) => event.id === id));
  const bodies = delivered.map((one) => one.event);
  report.equal('each came by webhook, with the body of GET /v1/events', bodies, items);
  const named = delivered.map(({ headers }) => headers['x-layers-event-id']);
  report.equal(
    'X-Layers-Event-Id names it',
    named,
    items.map(({ id }) => id),
  );
  return items;
}
