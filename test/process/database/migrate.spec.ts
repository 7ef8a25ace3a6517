import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { migrate } from '../../../src/database/migrate.js';
import { migrations } from '../../../src/database/migrations/index.js';
import { PreparingClient } from '../../../src/database/prepared-statements.js';
import { expectRefusal, runInProcess, runMigrateInProcess } from '../../support/command-line.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { atOnce } from '../../support/makers.js';
import { until } from '../../support/until.js';

const timeouts = {
  statement_timeout: '15s',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '15s',
  transaction_timeout: '25s',
};

let server: pg.Client;
beforeAll(async () => {
  const url = new URL(process.env.TEST_POSTGRES_URL!);
  url.pathname = '/postgres';
  server = new pg.Client({ connectionString: url.href });
  await server.connect();
});
afterAll(() => server.end());
afterEach(() => void jest.restoreAllMocks());

const migrated = (url: string) => migrate({ databaseUrl: url, preparedStatements: true });

async function asClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What a session has of our time-outs. */
async function timeoutsOf(client: pg.Client): Promise<Record<string, string>> {
  const { rows } = await client.query(
    'SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY($1)',
    [Object.keys(timeouts)],
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

describe('Migrating an empty database', () => {
  let name: string;
  let url: string;
  beforeEach(async () => {
    name = `test_${randomBytes(8).toString('hex')}`;
    await server.query(`CREATE DATABASE ${name}`);
    url = Object.assign(new URL(process.env.TEST_POSTGRES_URL!), { pathname: `/${name}` }).href;
  });
  afterEach(() => server.query(`DROP DATABASE ${name} WITH (FORCE)`));

  it('sets the defaults of the role in this database', async () => {
    expect(await migrated(url)).toHaveLength(migrations.length);
    expect(await asClient(url, timeoutsOf)).toEqual(timeouts);
    const { rows } = await asClient(url, (client) => client.query('SHOW random_page_cost'));
    expect(rows).toEqual([{ random_page_cost: '1.1' }]);
  });

  it('is done once by several who start at the same moment', async () => {
    const ran = await atOnce(4, () => migrated(url));
    expect(ran.flat().sort()).toEqual(migrations.map(({ name }) => name).sort());
  });

  it('waits for as long as a rebuilding takes, although an answer elsewhere would be given up', async () => {
    const waits = PreparingClient.silenceMilliseconds;
    PreparingClient.silenceMilliseconds = 50;
    try {
      await asClient(url, async (other) => {
        await other.query('SELECT pg_advisory_lock(7214530001)');
        const waiting = migrated(url).then((ran) => ran.length);
        // Ten times as long as an answer may take elsewhere.
        await until('it has waited for the lock', async () => {
          const { rowCount } = await other.query(
            `SELECT FROM pg_stat_activity
              WHERE datname = current_database() AND wait_event = 'advisory' AND clock_timestamp() - query_start > interval '0.5 s'`,
          );
          return rowCount! > 0;
        });
        await other.query('SELECT pg_advisory_unlock(7214530001)');
        expect(await waiting).toBe(migrations.length);
      });
      expect(PreparingClient.silenceMilliseconds).toBe(50);
    } finally {
      PreparingClient.silenceMilliseconds = waits;
    }
  });

  it('leaves nothing of a migration that fails, and goes on from there', async () => {
    const last = migrations.at(-1)!;
    jest.spyOn(last.prototype, 'up').mockImplementation(async (runner) => {
      await runner.query('CREATE TABLE half_done (id integer)');
      throw new Error('planted fault');
    });
    await expect(migrated(url)).rejects.toThrow('planted fault');
    jest.restoreAllMocks();
    const halfDone = await asClient(url, (client) => client.query("SELECT to_regclass('half_done') AS name"));
    expect(halfDone.rows).toEqual([{ name: null }]);
    expect(await migrated(url)).toEqual([last.name]);
  });
});

describe('A database that a later version migrated', () => {
  it('is refused with one line that names the migration, and nothing is changed', async () => {
    const database = await createTestDatabase();
    await asClient(database.url, (client) =>
      client.query(`INSERT INTO migration (timestamp, name) VALUES (9999999999999, 'Later9999999999999')`),
    );
    const refusal = /^The database has migrations that this version does not know: Later9999999999999\. [^\n]+$/;
    await expect(migrated(database.url)).rejects.toThrow(refusal);
    const environment = { DATABASE_URL: database.url };
    expectRefusal(await runMigrateInProcess(environment, ['down']), 'Later9999999999999');
    expectRefusal(await runInProcess(environment, ['money:thaw']), 'Later9999999999999');
    const status = await runMigrateInProcess(environment, ['status']);
    expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\nunknown Later9999999999999\n$/) });
    await database.drop();
  });
});

describe('The command migrate', () => {
  it('reverts the last migration, runs it again and tells where it is', async () => {
    const database = await createTestDatabase();
    const run = async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await runMigrateInProcess({ DATABASE_URL: database.url }, args);
      expect([exitCode, stderr]).toEqual([0, '']);
      return stdout.trim().split('\n');
    };
    const last = migrations.at(-1)!.name;
    expect(await run('up')).toEqual(['There is nothing to migrate.']);
    expect(await run('down')).toEqual([`reverted ${last}`]);
    const status = await run('status');
    expect(status).toHaveLength(migrations.length);
    expect(status.slice(-2)).toEqual([`done    ${migrations.at(-2)!.name}`, `pending ${last}`]);
    expect(await run('up')).toEqual([`done ${last}`]);
    expect((await run('status')).at(-1)).toBe(`done    ${last}`);
    await database.drop();
  });

  it('makes no database only to tell that nothing was done in one', async () => {
    const DATA_DIR = path.join(os.tmpdir(), `no-database-${randomBytes(6).toString('hex')}`);
    for (const command of ['status', 'down']) {
      expect(await runMigrateInProcess({ DATA_DIR }, [command])).toEqual({
        exitCode: 0,
        stdout: `There is no database in ${DATA_DIR} yet: migrate up or a start makes it.\n`,
        stderr: '',
      });
    }
    expectRefusal(await runInProcess({ DATA_DIR }, ['ledger:verify']), `There is no database in ${DATA_DIR} yet`);
    expect(fs.existsSync(DATA_DIR)).toBe(false);
  });

  it('shows its commands when asked', async () => {
    const help = await runMigrateInProcess({}, ['--help']);
    expect(help).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringContaining('status  lists') });
  });

  it.each([[[]], [['sideways']], [['up', 'down']], [['toString']]])(
    'refuses what it does not know: %j',
    async (args) => {
      expectRefusal(await runMigrateInProcess({}, args), 'name one of up, down, status');
    },
  );
});

describe('Migrating a database that is up to date', () => {
  let database: TestDatabase;
  let sent: string[];
  beforeEach(async () => {
    database = await createTestDatabase();
    sent = [];
    const query = pg.Client.prototype.query as unknown as (...args: unknown[]) => unknown;
    jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
      const [text] = args;
      sent.push(typeof text === 'string' ? text : String((text as { text: string }).text));
      return query.apply(this, args);
    } as never);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await database.drop();
  });

  it('leaves the session as it was, for a pooler hands it to others', async () => {
    const found: Promise<Record<string, string>>[] = [];
    const end = pg.Client.prototype.end as unknown as (...args: unknown[]) => unknown;
    jest.spyOn(pg.Client.prototype, 'end').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
      const left = timeoutsOf(this);
      found.push(left);
      return left.then(() => end.apply(this, args));
    } as never);
    expect(await migrated(database.url)).toEqual([]);
    expect(found.length).toBeGreaterThan(0);
    for (const left of await Promise.all(found)) expect(left).toEqual(timeouts);
  });

  it('takes no lock that outlives its transaction, and sets nothing that does', async () => {
    await migrated(database.url);
    expect(sent.filter((text) => /pg_advisory_lock|pg_advisory_unlock/.test(text))).toEqual([]);
    expect(sent.filter((text) => /(^|;)\s*SET (?!LOCAL |TRANSACTION )/i.test(text))).toEqual([]);
    expect(sent.filter((text) => text.includes('pg_advisory_xact_lock'))).toHaveLength(1);
  });

  it('sets a timeout again only where it differs', async () => {
    const set = () => sent.filter((text) => text.startsWith('ALTER ROLE'));
    await migrated(database.url);
    expect(set()).toEqual([]);
    await asClient(database.url, async (client) => {
      const { rows } = await client.query('SELECT quote_ident(current_user) AS role, current_database() AS database');
      await client.query(`ALTER ROLE ${rows[0].role} IN DATABASE ${rows[0].database} SET lock_timeout = '99s'`);
    });
    sent = [];
    await migrated(database.url);
    expect(set()).toEqual([expect.stringContaining("SET lock_timeout = '10s'")]);
    jest.restoreAllMocks();
    expect(await asClient(database.url, timeoutsOf)).toEqual(timeouts);
  });
});
