import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toDemoText, makeDemoOnce, type Demo } from '../../../src/demo/make-demo.js';
import { PUBLISHED_PROJECT_ID } from '../../../src/demo/published-page.js';
import { blockerKinds, leaseRequestStatuses } from '../../../src/lease-requests/lease-request-status.js';
import { parseApiKey } from '../../../src/partner-api/api-key-format.js';
import { roles } from '../../../src/authorization/roles.js';
import { startTestApp, testSettings, type TestApp } from '../../support/app.js';
import { expectCleanBooks } from '../../support/ledger.js';
import { createTestDatabase } from '../../support/database.js';
import { anAccount, aPartner } from '../../support/makers.js';

let service: TestApp;
let demo: Demo;

beforeAll(async () => {
  const database = await createTestDatabase();
  demo = (await makeDemoOnce(testSettings(database.url)))!;
  const app = await startTestApp({}, database.url);
  service = { ...app, close: () => app.close().then(database.drop) };
});
afterAll(() => service.close());

async function values(sql: string): Promise<unknown[]> {
  const found: { value: unknown }[] = await service.dataSource.query(sql);
  return found.map(({ value }) => value);
}

describe('the demo', () => {
  it('leaves clean books', () => expectCleanBooks(service));

  it('tells a sign-in of each role, and the passwords are kept as hashes', async () => {
    expect(demo.signIns.map(({ role }) => role).sort()).toEqual([...roles].sort());
    for (const { email, role, password } of demo.signIns) {
      const [person] = await service.dataSource.query(
        'SELECT role, password_hash AS hash FROM staff_user WHERE email = $1',
        [email],
      );
      expect(person).toMatchObject({ role, hash: expect.stringMatching(/^\$argon2id\$/) });
      expect(password).toMatch(/^[a-z2-9-]{20,}$/);
    }
    expect(new Set(demo.signIns.map(({ password }) => password)).size).toBe(roles.length);
  });

  it('has the published page’s project with a funded wallet, and a key for it', async () => {
    expect(demo.partner.projectId).toBe(PUBLISHED_PROJECT_ID);
    expect(parseApiKey(demo.partner.apiKey)).not.toBeNull();
    const [balance] = await values(
      `SELECT balance_cents AS value FROM ledger_account WHERE id = 'wallet:${demo.partner.organizationId}'`,
    );
    expect(balance).toBeGreaterThanOrEqual(5 * 15_000);
  });

  it('answers the printed curl, of which only host and key were replaced, with 202', async () => {
    const { curl } = toDemoText(demo, service.baseUrl);
    const body = /-d '([^']*)'/.exec(curl)![1]!;
    const path = `/v1/projects/${PUBLISHED_PROJECT_ID}/leased-accounts/request`;
    expect(curl).toContain(`curl ${service.baseUrl}${path}`);
    const headers = Object.fromEntries(
      [...curl.matchAll(/-H "([^:]+): ([^"]+)"/g)].map(([, name, value]) => [name, value]),
    );
    expect(Object.keys(headers)).toEqual(['Authorization', 'Idempotency-Key', 'Content-Type']);
    const answer = await fetch(service.baseUrl + path, { method: 'POST', headers, body });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ requestId: expect.stringMatching(/^lreq_/), status: 'requested' });
  });

  it('has partners with rich, short and empty wallets', async () => {
    const covers = await values(
      `SELECT balance_cents / coalesce(price_cents, 15000) AS value
         FROM ledger_account JOIN organization ON organization.id = organization_id WHERE kind = 'wallet'`,
    );
    expect(covers.length).toBeGreaterThanOrEqual(8);
    expect(covers).toEqual(expect.arrayContaining([0, 1]));
    expect(Math.max(...(covers as number[]))).toBeGreaterThanOrEqual(20);
  });

  it('has about 300 accounts over a dozen verticals, languages and countries, of every status', async () => {
    const [accounts] = await values('SELECT count(*) AS value FROM social_account');
    expect(accounts).toBe(300);
    expect((await values('SELECT DISTINCT verticals[1] AS value FROM social_account')).length).toBeGreaterThanOrEqual(
      12,
    );
    expect((await values('SELECT DISTINCT language AS value FROM social_account')).length).toBeGreaterThanOrEqual(12);
    expect((await values('SELECT DISTINCT unnest(countries) AS value FROM social_account')).length).toBeGreaterThan(12);
    expect(await values('SELECT DISTINCT status AS value FROM social_account')).toHaveLength(6);
    expect(await values("SELECT handle AS value FROM social_account WHERE handle !~ '^[A-Za-z0-9._]{1,24}$'")).toEqual(
      [],
    );
  });

  it('has a pool that fits the published request more than once', async () => {
    const [fits] = await values(
      `SELECT count(*) AS value FROM social_account
        WHERE status = 'available' AND 'coffee' = ANY (verticals) AND primary_language = 'en' AND countries && '{US,CA,GB}'`,
    );
    expect(fits).toBeGreaterThanOrEqual(10);
  });

  it('has requests in every state and with every blocker, fresh and old', async () => {
    const states = await values('SELECT DISTINCT status AS value FROM lease_request');
    expect(states.sort()).toEqual([...leaseRequestStatuses].sort());
    const blockers = await values('SELECT DISTINCT blocker AS value FROM lease_request WHERE blocker IS NOT NULL');
    expect(blockers.sort()).toEqual([...blockerKinds].sort());
    const partly = await values(
      "SELECT id AS value FROM lease_request WHERE status = 'requested' AND assigned_count > 0 AND blocker IS NULL",
    );
    expect(partly.length).toBeGreaterThan(0);
    const [youngest, oldest] = (
      await service.dataSource.query(
        `SELECT extract(epoch FROM now() - max(submitted_at)) / 60 AS youngest, extract(epoch FROM now() - min(submitted_at)) / 86400 AS oldest
           FROM lease_request WHERE status = 'requested'`,
      )
    ).flatMap(Object.values);
    expect(Number(youngest)).toBeLessThan(30);
    expect(Number(oldest)).toBeGreaterThan(3);
  });

  it('has live, released, disconnected and undone leases, and none due for renewal this week', async () => {
    const states = await values("SELECT DISTINCT status || ' ' || coalesce(end_reason, '') AS value FROM lease");
    expect(states.sort()).toEqual(['active ', 'ended released_by_partner', 'ended removed_by_layers', 'undone ']);
    const due = await values("SELECT id AS value FROM lease WHERE next_renewal_at < now() + interval '3 days'");
    expect(due).toEqual([]);
  });

  it('happened in the past, in an order that can be', async () => {
    const future = await values(
      `SELECT id AS value FROM audit_event WHERE occurred_at > now() UNION ALL SELECT id FROM lease WHERE assigned_at > now()`,
    );
    expect(future).toEqual([]);
    const before = await values(
      `SELECT lease.id AS value FROM lease JOIN social_account account ON account.id = social_account_id
         JOIN lease_request request ON request.id = lease_request_id
        WHERE lease.assigned_at <= account.created_at OR lease.assigned_at <= request.submitted_at`,
    );
    expect(before).toEqual([]);
  });
});

describe('a demo elsewhere', () => {
  it('is not made again', async () => {
    const [accounts] = await values('SELECT count(*) AS value FROM social_account');
    expect(await makeDemoOnce(service.settings)).toBeNull();
    expect(await values('SELECT count(*) AS value FROM social_account')).toEqual([accounts]);
  });

  it('is made once by two services that start at the same moment', async () => {
    const another = await startTestApp();
    try {
      const demos = await Promise.all([1, 2].map(() => makeDemoOnce(testSettings(another.settings.databaseUrl))));
      expect(demos.filter((made) => made !== null)).toHaveLength(1);
      await expectCleanBooks(another);
    } finally {
      await another.close();
    }
  });

  it('takes nothing from whoever used the database before', async () => {
    const another = await startTestApp();
    try {
      const partner = await aPartner(another, { name: 'quinn coffee' });
      await another.dataSource.query(
        'INSERT INTO project (id, organization_id, name, created_at) VALUES ($1, $2, $3, now())',
        [PUBLISHED_PROJECT_ID, partner.organizationId, 'Taken'],
      );
      const [{ handle }] = await service.dataSource.query('SELECT handle FROM social_account LIMIT 1');
      await anAccount(another, { handle: handle.toUpperCase() });
      const made = (await makeDemoOnce(another.settings))!;
      expect(made.partner.name).toBe('Quinn Coffee (demo)');
      expect(made.partner.projectId).not.toBe(PUBLISHED_PROJECT_ID);
      expect(toDemoText(made, 'http://x').curl).toContain(made.partner.projectId);
      await expectCleanBooks(another);
    } finally {
      await another.close();
    }
  });

  it('leaves nothing behind when it is cut off half-way', async () => {
    const another = await startTestApp();
    try {
      await another.dataSource.query(
        `CREATE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF (SELECT count(*) FROM lease) > 20 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$;
         CREATE TRIGGER fail_late BEFORE INSERT ON lease FOR EACH ROW EXECUTE FUNCTION fail_late();`,
      );
      await expect(makeDemoOnce(another.settings)).rejects.toThrow();
      const [{ n }] = await another.dataSource.query(
        'SELECT (SELECT count(*) FROM organization) + (SELECT count(*) FROM staff_user) + (SELECT count(*) FROM social_account) AS n',
      );
      expect(n).toBe(0);
      await another.dataSource.query('DROP TRIGGER fail_late ON lease');
      expect(await makeDemoOnce(another.settings)).not.toBeNull();
    } finally {
      await another.close();
    }
  });
});
