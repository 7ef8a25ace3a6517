import { randomUUID } from 'node:crypto';
import { fetch } from 'undici';
import { newSubmission, toSubmission } from './cases.mjs';

const AT_ONCE = 16;
const PAGE = 50;
/** Of the 50 that each request wants, so that none becomes final. */
const ACCOUNTS_A_REQUEST = 40;
const SPREAD_WALLETS = 50;

const oneWallet = ({ partners }) => partners.slice(-1);

/**
 * Makes what the calls of a case need: items for its `toCall`, so many if an item serves for one call only.
 * @param side where, with its partners and operators
 * @param options `wallets` is over how many partners, `assign` makes assignments as the load of the bench does
 */
export const stocks = {
  accept: ({ partners }) => partners,
  replay: (side) => submitted(side, side.partners, 5),
  poll: (side) => submitted(side, side.partners, 5),
  list: async (side, _size, { assign, wallets = SPREAD_WALLETS }) => {
    const partners = side.partners.slice(0, wallets);
    await ensureLeases(side, partners, PAGE + 1, assign);
    return partners;
  },
  'assign-spread': (side, size, { wallets = SPREAD_WALLETS }) =>
    toAssignments(side, side.partners.slice(0, wallets), size),
  'assign-one-wallet': (side, size) => toAssignments(side, oneWallet(side), size),
  release: async (side, size, { assign, wallets = SPREAD_WALLETS }) => {
    const partners = side.partners.slice(0, wallets);
    await ensureLeases(side, partners, Math.ceil(size / partners.length), assign);
    return readLiveLeases(side, partners, size);
  },
};

/** Requests of partners that their side has accepted. */
async function submitted(side, partners, count) {
  const submissions = partners.map((partner) => newSubmission(partner, count));
  await atOnce(submissions, async (submission) => {
    const { path, ...call } = toSubmission(submission);
    const response = await fetch(side.origins[0] + path, call);
    if (response.status !== 202) throw new Error(`${side.name}: ${response.status} ${await response.text()}`);
    submission.requestId = (await response.json()).requestId;
  });
  return submissions;
}

/** Accounts that are free, each for a request with room whose operator is signed in; neighbours differ in request and wallet. */
async function toAssignments(side, partners, size) {
  const requestsEach = Math.ceil(size / ACCOUNTS_A_REQUEST / partners.length);
  const owners = Array.from({ length: requestsEach * partners.length }, (_, n) => partners[n % partners.length]);
  const requests = await submitted(side, owners, PAGE);
  const accounts = await freeAccounts(side, size);
  const sessions = await side.getSessions();
  return accounts.map((socialAccountId, n) => {
    const place = n % requests.length;
    return {
      socialAccountId,
      leaseRequestId: requests[place].requestId,
      cookie: sessions[place % sessions.length],
      origin: side.origins[0],
    };
  });
}

async function freeAccounts(side, size) {
  const ids = Array.from({ length: size }, () => `sa_${randomUUID()}`);
  await side.client.query(
    `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
     SELECT id, 'bench.' || right(id, 20), 10000 + n, '{coffee}', 'en', '{US}', 'available', now(), now()
       FROM unnest($1::text[]) WITH ORDINALITY account (id, n)`,
    [ids],
  );
  return ids;
}

/** At least so many live leases of each partner. */
async function ensureLeases(side, partners, leasesEach, assign) {
  const { rows } = await side.client.query(
    `SELECT organization_id AS id, count(*)::int AS leases FROM lease WHERE status = 'active' AND organization_id = ANY ($1) GROUP BY 1`,
    [partners.map(({ organizationId }) => organizationId)],
  );
  const leasesOf = new Map(rows.map(({ id, leases }) => [id, leases]));
  const missing = leasesEach - Math.min(...partners.map(({ organizationId }) => leasesOf.get(organizationId) ?? 0));
  if (missing > 0) await assign(await toAssignments(side, partners, missing * partners.length));
}

async function readLiveLeases(side, partners, size) {
  const partnerOf = new Map(partners.map((partner) => [partner.organizationId, partner]));
  const { rows } = await side.client.query(
    `SELECT organization_id, social_account_id
       FROM (SELECT *, row_number() OVER (PARTITION BY organization_id ORDER BY id) AS place FROM lease
              WHERE status = 'active' AND organization_id = ANY ($1)) lease
      ORDER BY place LIMIT $2`,
    [[...partnerOf.keys()], size],
  );
  return rows.map((row) => ({ partner: partnerOf.get(row.organization_id), socialAccountId: row.social_account_id }));
}

async function atOnce(list, work) {
  const rest = [...list];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (rest.length > 0) await work(rest.pop());
    }),
  );
}
