import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startLoggedApp, startTestApp, type LogLine, type TestApp } from '../../support/app.js';
import { call, eventually, expectEnvelope, type Reply } from '../../support/calls.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aPartner, type TestPartner } from '../../support/makers.js';

/** What an operator does to the database, as the server's superuser. */
let server: pg.Client;
let database: TestDatabase;
let name: string;
let role: string;
let service: TestApp & { log: LogLine[] };
let direct: TestApp;
let partner: TestPartner;

beforeAll(async () => {
  database = await createTestDatabase();
  name = new URL(database.url).pathname.slice(1);
  const maintenance = new URL(database.url);
  maintenance.pathname = '/postgres';
  server = new pg.Client({ connectionString: maintenance.href });
  await server.connect();
  role = `role_${randomBytes(6).toString('hex')}`;
  await server.query(`CREATE ROLE ${role} LOGIN PASSWORD 'first'`);
  direct = await startTestApp({}, database.url);
  await direct.dataSource.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`);
  const url = new URL(database.url);
  url.username = role;
  url.password = 'first';
  service = await startLoggedApp({}, url.href);
  partner = await aPartner(direct, { tier: 'internal' });
});
beforeEach(() => void service.log.splice(0));
afterAll(async () => {
  await service.close();
  await direct.dataSource.query(`DROP OWNED BY ${role}`);
  await direct.close();
  await server.query(`DROP ROLE ${role}`);
  await server.end();
  await database.drop();
});

const cutConnections = () =>
  server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = $2', [
    name,
    role,
  ]);
const ready = () => call(service, 'GET', '/readyz');
const read = () => call(service, 'GET', '/v1/leased-accounts', { key: partner.apiKey });
const submit = (key: string = randomUUID()) =>
  call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
    key: partner.apiKey,
    body: { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } },
    headers: { 'idempotency-key': key },
  });

function expectUnavailable(reply: Reply): void {
  expectEnvelope(reply, 503, 'UNAVAILABLE');
  expect(reply.headers['retry-after']).toMatch(/^[1-9]\d*$/);
  expect(reply.body.error.message).toBe('The service cannot reach its database; try again shortly.');
}

/** Until calls are answered again, and the service says that it is ready. */
async function expectRecovery(): Promise<void> {
  const key = randomUUID();
  const submitted = await eventually(async () => {
    const reply = await submit(key);
    return reply.status === 202 ? reply : null;
  });
  expect((await submit(key)).text).toBe(submitted.text);
  expect((await read()).status).toBe(200);
  await eventually(async () => ((await ready()).status === 200 ? true : null));
}

async function expectTrouble(cause: RegExp, code: string): Promise<void> {
  const [written, notReady] = [await submit(), await ready()];
  expectUnavailable(written);
  expectEnvelope(notReady, 503, 'UNAVAILABLE');
  expect(notReady.body.error.message).toMatch(/^Not ready: /);
  expect(notReady.body.error.message).toMatch(cause);
  expect((await call(service, 'GET', '/healthz')).status).toBe(200);
  const id = written.body.error.requestId;
  const line = service.log.find((each) => each.requestId === id && each.res)!;
  expect(line).toMatchObject({ code: 'UNAVAILABLE', cause: expect.stringMatching(cause) });
  expect(line.cause).toMatch(new RegExp(`^${code}: `));
  expect(service.log.filter(({ msg }) => /^Not ready: /.test(msg))).toHaveLength(1);
}

describe('a database that cannot be used', () => {
  it('because it is read-only: calls get 503 with the cause in the log, and connections that are stuck so are given up', async () => {
    await expectRecovery();
    await server.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    try {
      await cutConnections();
      await eventually(async () => ((await ready()).body.error?.message.includes('read-only') ? true : null));
      service.log.splice(0);
      // It is logged once, however often it is asked.
      expect((await ready()).status).toBe(503);
      expectUnavailable(await submit());
      expectUnavailable(await read());
      expect(service.log.filter(({ cause }) => cause === '25006: the database is read-only')).toHaveLength(2);
      expect(service.log.filter(({ cause }) => cause === 'the database is read-only')).toHaveLength(1);
      expect(service.log.filter(({ msg }) => /^Not ready/.test(msg))).toHaveLength(0);
    } finally {
      await server.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    }
    await expectRecovery();
    expect(service.log.filter(({ msg }) => msg === 'Ready again')).toHaveLength(1);
  });

  it.each([
    ['53100', /the disk of the database is full/],
    ['53200', /the database is out of memory/],
    ['58030', /operating system of the database/],
    ['25P04', /took too long/],
  ])('because of %s', async (state, cause) => {
    await direct.dataSource.query(`
      CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file "base/1": No space left' USING ERRCODE = '${state}'; END $$;
      CREATE TRIGGER fails BEFORE INSERT ON lease_request FOR EACH ROW EXECUTE FUNCTION fails();
      CREATE TRIGGER fails BEFORE UPDATE ON house_state FOR EACH ROW EXECUTE FUNCTION fails();`);
    try {
      await expectTrouble(cause, state);
      expect((await read()).status).toBe(200);
    } finally {
      await direct.dataSource.query('DROP FUNCTION fails CASCADE');
    }
    await expectRecovery();
  });

  it('because a privilege is gone', async () => {
    await direct.dataSource.query(`REVOKE INSERT, UPDATE ON lease_request, house_state FROM ${role}`);
    try {
      await expectTrouble(/lacks a privilege/, '42501');
    } finally {
      await direct.dataSource.query(`GRANT INSERT, UPDATE ON lease_request, house_state TO ${role}`);
    }
    await expectRecovery();
  });

  it.each([
    [
      'its password is another one',
      () => server.query(`ALTER ROLE ${role} PASSWORD 'second'`),
      () => server.query(`ALTER ROLE ${role} PASSWORD 'first'`),
      '28P01',
      /refuses the user or the password/,
    ],
    [
      'its user may not sign in',
      () => server.query(`ALTER ROLE ${role} NOLOGIN`),
      () => server.query(`ALTER ROLE ${role} LOGIN`),
      '28000',
      /refuses the user or the password/,
    ],
    [
      'it takes no connections',
      () => server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS off`),
      () => server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS on`),
      '55000',
      /out of reach/,
    ],
    [
      'it has another name',
      async () => {
        await direct.dataSource.destroy();
        await cutConnections();
        await server.query(`ALTER DATABASE ${name} RENAME TO ${name}_away`);
      },
      async () => {
        await server.query(`ALTER DATABASE ${name}_away RENAME TO ${name}`);
        await direct.dataSource.initialize();
      },
      '3D000',
      /does not exist/,
    ],
  ])('because %s', async (_what, spoil, mend, code, cause) => {
    await spoil();
    try {
      await cutConnections();
      // The connections that stood are noticed to be gone.
      await eventually(async () => (cause.test((await ready()).body.error?.message ?? '') ? true : null));
      service.log.splice(0);
      expectUnavailable(await read());
      expect((await ready()).body.error.message).toMatch(cause);
      expect(service.log.find((line) => line.code === 'UNAVAILABLE')!.cause).toMatch(new RegExp(`^${code}: `));
    } finally {
      await mend();
    }
    await expectRecovery();
  });
});
