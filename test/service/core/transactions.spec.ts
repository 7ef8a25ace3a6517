import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { Unavailable } from '../../../src/core/errors.js';
import { PreparingClient } from '../../../src/database/prepared-statements.js';
import { queryRows, sql } from '../../../src/core/sql.js';
import { readLongSnapshot, readSnapshot } from '../../../src/core/snapshot.js';
import { Transactions } from '../../../src/core/transactions.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, eventually } from '../../support/calls.js';
import { aPartner, aRequestThatFits, aStaffMember } from '../../support/makers.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { expectCleanBooks } from '../../support/ledger.js';

type AnyQuery = (...args: unknown[]) => unknown;
const query = pg.Client.prototype.query as unknown as AnyQuery;

/** What pg is asked to run, with the name it is prepared under. */
interface Sent {
  client: pg.Client;
  text: string;
  name?: string;
}

/** Sees every statement on its way to PostgreSQL; what `instead` gives is the answer in its place. */
function overhear(instead: (sent: Sent) => Promise<never> | undefined = () => undefined): Sent[] {
  const heard: Sent[] = [];
  jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    const [first] = args;
    const sent = { client: this, ...(typeof first === 'string' ? { text: first } : (first as Omit<Sent, 'client'>)) };
    heard.push(sent);
    return instead(sent) ?? query.apply(this, args);
  } as never);
  return heard;
}

describe('A snapshot', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  it('for a page ends with the time that anybody has, for a report it takes as long as it takes; neither writes', async () => {
    const longest = async (read: typeof readSnapshot) => {
      const [{ statement_timeout: milliseconds }] = await read(service.dataSource, (em) =>
        em.query('SHOW statement_timeout'),
      );
      return milliseconds;
    };
    expect(await longest(readSnapshot)).toBe('15s');
    expect(await longest(readLongSnapshot)).toBe('0');
    for (const read of [readSnapshot, readLongSnapshot]) {
      const writing = read(service.dataSource, (em) => em.query('DELETE FROM request_note'));
      await expect(writing).rejects.toMatchObject({ code: '25006' });
    }
    expect(await longest(readSnapshot)).toBe('15s');
  });
});

describe('The transaction runner', () => {
  let service: TestApp;
  let transactions: Transactions;
  beforeAll(async () => {
    service = await startTestApp();
    transactions = service.app.get(Transactions, { strict: false });
    await service.dataSource.query('CREATE TABLE thing (name text PRIMARY KEY)');
  });
  afterEach(() => void jest.restoreAllMocks());
  afterAll(() => service.close());

  const backend = async (): Promise<number> =>
    (await service.dataSource.query('SELECT pg_backend_pid() AS pid'))[0].pid;
  const names = async (): Promise<string[]> =>
    (await service.dataSource.query('SELECT name FROM thing')).map(({ name }: { name: string }) => name);

  it('destroys a connection whose ROLLBACK failed: the next caller’s COMMIT commits nothing of the failed work', async () => {
    let failed: pg.Client | undefined;
    let pid = 0;
    overhear(({ client, text }) => {
      if (text !== 'ROLLBACK' || failed) return undefined;
      failed = client;
      return Promise.reject(new Error('Query read timeout'));
    });
    const work = transactions.run(async (em) => {
      await queryRows(em, sql`INSERT INTO thing (name) VALUES (${'of the failed work'})`);
      [{ pid }] = (await queryRows<{ pid: number }>(em, sql`SELECT pg_backend_pid() AS pid`)) as [{ pid: number }];
      throw new Error('refused in its midst');
    });
    await expect(work).rejects.toThrow('refused in its midst');
    expect(failed).toBeDefined();

    // As many callers as may follow on the connections that are there.
    for (let n = 0; n < 5; n += 1) {
      await transactions.run((em) => queryRows(em, sql`INSERT INTO thing (name) VALUES (${`next ${n}`})`));
      expect(await backend()).not.toBe(pid);
    }
    expect(await names()).toEqual(['next 0', 'next 1', 'next 2', 'next 3', 'next 4']);
    const pool = (service.dataSource.driver as unknown as { master: { _clients: pg.Client[] } }).master;
    expect(pool._clients).not.toContain(failed);
  });

  it('goes on with a connection whose ROLLBACK worked', async () => {
    const pid = await backend();
    await expect(transactions.run(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await backend()).toBe(pid);
  });

  it('serves calls under which a table is altered: plans that became invalid are forgotten and made again', async () => {
    await service.dataSource.query('CREATE TABLE altered (id integer PRIMARY KEY, name text)');
    await service.dataSource.query(`INSERT INTO altered VALUES (1, '1')`);
    const read = () => transactions.run((em) => queryRows(em, sql`SELECT name FROM altered WHERE id = ${1}`));
    const heard = overhear();
    for (let n = 0; n < 5; n += 1) expect(await read()).toEqual([{ name: '1' }]);
    const named = () => heard.filter(({ text }) => text.includes('FROM altered')).map(({ name }) => name);
    const before = named().at(-1);
    expect(before).toEqual(expect.any(String));

    // Both text and result stay but for the column's type, as after a migration under a running service.
    await service.dataSource.query('ALTER TABLE altered ALTER COLUMN name TYPE integer USING name::integer');
    for (let n = 0; n < 5; n += 1) expect(await read()).toEqual([{ name: 1 }]);
    expect(named().at(-1)).toEqual(expect.any(String));
    expect(named().at(-1)).not.toBe(before);
  });

  it('says that the database is away when its connection is cut between two statements', async () => {
    const cut = transactions.run(async (em) => {
      const [{ pid }] = (await queryRows<{ pid: number }>(em, sql`SELECT pg_backend_pid() AS pid`)) as [
        { pid: number },
      ];
      await service.dataSource.query('SELECT pg_terminate_backend($1)', [pid]);
      await eventually(() => Promise.resolve(em.queryRunner!.isReleased || null));
      await queryRows(em, sql`SELECT 1`);
    });
    await expect(cut).rejects.toBeInstanceOf(Unavailable);
  });

  it('reruns the whole work three times at most, then says that the database is too busy', async () => {
    let runs = 0;
    const busy = transactions.run(async (em) => {
      runs += 1;
      await queryRows(em, sql`DO $$ BEGIN RAISE EXCEPTION 'too busy' USING ERRCODE = '40001'; END $$`);
    });
    await expect(busy).rejects.toBeInstanceOf(Unavailable);
    expect(runs).toBe(4);
  });
});

describe.each([
  ['on', true],
  ['off', false],
])('PREPARED_STATEMENTS=%s', (_word, preparedStatements) => {
  let service: TestApp;
  beforeEach(async () => {
    service = await startTestApp({ preparedStatements });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await service.close();
    PreparingClient.prepares = true;
  });

  it(`serves partners and staff ${preparedStatements ? 'with' : 'without'} named statements`, async () => {
    const heard = overhear();
    const partner = await aPartner(service, { walletCents: 1_000_000 });
    const path = `/v1/projects/${partner.projectId}/leased-accounts/request`;
    for (let n = 0; n < 5; n += 1) {
      const body = { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } };
      const headers = { 'idempotency-key': randomUUID() };
      expect((await call(service, 'POST', path, { key: partner.apiKey, body, headers })).status).toBe(202);
      expect((await call(service, 'GET', '/v1/leased-accounts', { key: partner.apiKey })).status).toBe(200);
      expect((await call(service, 'GET', '/v1/whoami', { key: 'wrong' })).status).toBe(401);
    }
    const { request, account } = await aRequestThatFits(service);
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    await fulfilment.assign(await aStaffMember(service, 'operator'), {
      leaseRequestId: request.id,
      socialAccountId: account.id,
    });
    await expectCleanBooks(service);
    const named = heard.filter(({ name }) => name !== undefined);
    if (preparedStatements) expect(named.length).toBeGreaterThan(10);
    else expect(named.map(({ text }) => text)).toEqual([]);
    const [{ n }] = await service.dataSource.query('SELECT count(*)::int AS n FROM lease_request');
    expect(n).toBe(6);
  });
});
