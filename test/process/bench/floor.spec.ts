import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createEmptyDatabase, type TestDatabase } from '../../support/database.js';
import { freePort } from '../../support/service-process.js';
import { until } from '../../support/until.js';

const SECRET = 'f'.repeat(43);
const PREFIX = '0123456789ABCDEF';
const ORGANIZATION = 'org_floor';
const PROJECT = 'prj_floor';
const PRICE_CENTS = 15_000;

let database: TestDatabase;
let client: pg.Client;
let floor: ChildProcess;
let origin: string;

beforeAll(async () => {
  database = await createEmptyDatabase('C');
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(fs.readFileSync('bench/floor/schema.sql', 'utf8'));
  await client.query(`
    INSERT INTO organization VALUES ('${ORGANIZATION}', 'Floor', ${PRICE_CENTS});
    INSERT INTO project VALUES ('${PROJECT}', '${ORGANIZATION}');
    INSERT INTO ledger_account VALUES ('wallet:${ORGANIZATION}', '${ORGANIZATION}', ${PRICE_CENTS}, 1);
    INSERT INTO staff_user VALUES ('stf_floor', 'operator');
    INSERT INTO staff_session VALUES ('session', 'stf_floor', now() + interval '1 day')`);
  await client.query(
    `INSERT INTO api_key (id, organization_id, prefix, secret_digest, env, scopes, reads_per_minute, writes_per_minute, writes_per_day)
     VALUES ('key_floor', $1, $2, $3, 'live', '{leased:write}', 5, 1000, 1000)`,
    [ORGANIZATION, PREFIX, createHash('sha256').update(SECRET).digest()],
  );
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  floor = spawn(process.execPath, ['bench/floor/floor.mjs'], {
    env: { ...process.env, NODE_OPTIONS: '', FLOOR_DATABASE_URL: database.url, PORT: String(port) },
    stdio: 'inherit',
  });
  await until('the floor answers', () =>
    fetch(`${origin}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
});

afterAll(async () => {
  floor.kill('SIGKILL');
  await once(floor, 'exit');
  await client.end();
  await database.drop();
});

function submit({ secret = SECRET, key = randomUUID(), count = 5 } = {}): Promise<Response> {
  return fetch(`${origin}/v1/projects/${PROJECT}/leased-accounts/request`, {
    method: 'POST',
    headers: { authorization: `Bearer lp_live_${PREFIX}_${secret}`, 'idempotency-key': key },
    body: JSON.stringify({ projectId: PROJECT, count, niche: { vertical: 'coffee', geo: ['US'] } }),
  });
}

async function count(table: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0]!.n;
}

describe('The floor of the bench keeps what it is measured for:', () => {
  it('a call with another secret is refused and takes no token', async () => {
    expect((await submit({ secret: 'x'.repeat(43) })).status).toBe(401);
    expect(await count('rate_bucket')).toBe(0);
  });

  it('a body that breaks a rule is refused', async () => {
    expect((await submit({ count: 51 })).status).toBe(422);
    expect(await count('lease_request')).toBe(0);
  });

  it('of calls at once with one key, one does the work and all get its answer', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => submit({ key })));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(202));
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.has('idempotent-replayed'))).toHaveLength(9);
    for (const table of ['lease_request', 'audit_event', 'idempotency_record']) expect(await count(table)).toBe(1);
    expect((await submit({ key, count: 6 })).status).toBe(409);
  });

  it('twenty assignments at once of accounts to a wallet that pays one charge it once', async () => {
    const { requestId } = (await (await submit()).json()) as { requestId: string };
    await client.query(
      `INSERT INTO social_account SELECT 'sa_' || n, 'floor.' || n, 1000, '{coffee}', 'en', '{US}', 'available', now(), now()
         FROM generate_series(1, 4) n`,
    );
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        fetch(`${origin}/admin/api/resources/lease-requests/records/${requestId}/assign`, {
          method: 'POST',
          headers: { cookie: 'floor_session=session' },
          body: JSON.stringify({ socialAccountId: `sa_${1 + (n % 4)}` }),
        }),
      ),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    for (const [table, rows] of [
      ['lease', 1],
      ['ledger_transfer', 1],
      ['event', 2],
    ] as const) {
      expect(await count(table)).toBe(rows);
    }
    const script: string = '../../../bench/floor/books.mjs';
    const { assertCleanFloor } = await import(script);
    await assertCleanFloor(database.url);
  });

  it('a call beyond the limit is refused', async () => {
    const list = () =>
      fetch(`${origin}/v1/projects/${PROJECT}/leased-accounts`, {
        headers: { authorization: `Bearer lp_live_${PREFIX}_${SECRET}` },
      });
    const statuses = [];
    // The minute may end among them once.
    for (let n = 0; n < 11; n += 1) statuses.push((await list()).status);
    expect(statuses).toContain(200);
    expect(statuses).toContain(429);
  });
});
