import fs from 'node:fs';
import { URLSearchParams, URL } from 'node:url';
import { fetch } from 'undici';
import { withClient } from '../databases.mjs';
import { benchCaller, withServices } from '../operator.mjs';

const { OrganizationsService } = await import('../../dist/src/partners/organizations.service.js');
const { StaffService } = await import('../../dist/src/staff/staff.service.js');

const OPERATORS = 8;
export const WALLET_CENTS = 10_000_000_000;
const PASSWORD = 'a password for the bench 77';
const FLOOR_SESSION = 'floor_session';

/**
 * @param count of partners; of a tier with limits, so that each call takes its tokens
 * @returns partners with a key, and operators who can sign in, of a migrated database
 */
export function seedProduct(databaseUrl, count) {
  return withServices(databaseUrl, async (get) => {
    const partners = [];
    for (let n = 0; n < count; n += 1) {
      const partner = await get(OrganizationsService).create(benchCaller, {
        name: `Bench ${n}`,
        projects: ['Bench'],
        walletCents: WALLET_CENTS,
        confirmedCents: WALLET_CENTS,
        tier: 'partner',
      });
      const { organizationId, apiKey, projects } = partner;
      partners.push({ organizationId, apiKey, projectId: projects[0].id });
    }
    return { partners, operators: await createOperators(get) };
  });
}

export async function createOperators(get) {
  const emails = Array.from({ length: OPERATORS }, (_, n) => `bench.${n}@staff.example`);
  for (const email of emails) {
    await get(StaffService).create(benchCaller, { email, role: 'operator', password: PASSWORD });
  }
  return emails;
}

/** @returns the header of each operator's session */
export function signIn(origin, emails) {
  return Promise.all(
    emails.map(async (email) => {
      const response = await fetch(`${origin}/admin/login`, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({ email, password: PASSWORD }),
        redirect: 'manual',
      });
      const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0]);
      if (cookie.length === 0) throw new Error(`${email} could not sign in: ${response.status}`);
      return cookie.join('; ');
    }),
  );
}

/**
 * The floor's tables, with the partners and keys of a seeded product.
 * @returns the header of each session
 */
export function seedFloor(databaseUrl, productUrl) {
  return withClient(databaseUrl, async (floor) => {
    // What the service's migration sets for its own database.
    await floor.query(`ALTER DATABASE ${new URL(databaseUrl).pathname.slice(1)} SET random_page_cost = 1.1`);
    await floor.query(fs.readFileSync(new URL('../floor/schema.sql', import.meta.url), 'utf8'));
    for (const [table, text] of Object.entries(copied)) {
      const rows = await withClient(productUrl, async (product) => (await product.query(text)).rows);
      await floor.query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1)`, [
        JSON.stringify(rows),
      ]);
    }
    const sessions = Array.from({ length: OPERATORS }, (_, n) => `session${n}`);
    await floor.query(
      `WITH staff AS (INSERT INTO staff_user (id, role) SELECT 'stf_' || sid, 'operator' FROM unnest($1::text[]) sid)
       INSERT INTO staff_session (sid, staff_id, expire) SELECT sid, 'stf_' || sid, now() + interval '1 day' FROM unnest($1::text[]) sid`,
      [sessions],
    );
    return sessions.map((sid) => `${FLOOR_SESSION}=${sid}`);
  });
}

const copied = {
  organization: 'SELECT id, name, 15000 AS price_cents FROM organization',
  project: 'SELECT id, organization_id FROM project',
  api_key: `SELECT id, organization_id, prefix, '\\x' || encode(secret_digest, 'hex') AS secret_digest, env, scopes, 6000 AS reads_per_minute, 3000 AS writes_per_minute,
                   500000 AS writes_per_day FROM api_key`,
  ledger_account: "SELECT id, organization_id, balance_cents, wallet_seq FROM ledger_account WHERE kind = 'wallet'",
};
