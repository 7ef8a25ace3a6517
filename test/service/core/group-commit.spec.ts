import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../../src/core/clock.js';
import { getPool } from '../../../src/core/connection-pool.js';
import { Conflict, Unavailable } from '../../../src/core/errors.js';
import { queryRow, queryTogether, queryWithCommit, sql, type Sql } from '../../../src/core/sql.js';
import { AfterCommitReading } from '../../../src/core/transaction-control.js';
import { afterCommit, beforeCommit } from '../../../src/core/transaction-hooks.js';
import { Transactions } from '../../../src/core/transactions.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { untilWaiting } from '../../support/ledger.js';
import { until } from '../../support/until.js';
import { atOnce } from '../../support/makers.js';

describe('Transactions that several calls of one moment share', () => {
  let service: TestApp;
  let transactions: Transactions;
  beforeAll(async () => {
    service = await startTestApp();
    transactions = service.app.get(Transactions, { strict: false });
    await service.dataSource.query(
      'CREATE TABLE mark (name text PRIMARY KEY, xid text DEFAULT pg_current_xact_id()::text, at timestamptz)',
    );
    await service.dataSource.query('CREATE TABLE tally (name text PRIMARY KEY, total int NOT NULL)');
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await service.dataSource.query('TRUNCATE mark, tally');
  });
  afterAll(() => service.close());

  interface Mark {
    name: string;
    xid: string;
    at: Date | null;
  }
  const marks = () => service.dataSource.query<Mark[]>('SELECT name, xid, at FROM mark ORDER BY name');
  const names = async () => (await marks()).map(({ name }) => name);
  const insertSql = (name: string) => sql`INSERT INTO mark (name) VALUES (${name}::text) RETURNING name, xid`;

  /** Work that reads once and keeps its row for the commit. */
  const mark = (name: string) => async (em: EntityManager) => {
    await queryTogether(em, [sql`SELECT ${name}::text`]);
    const inserted = await queryWithCommit<Mark>(em, insertSql(name));
    return () => inserted()[0]!;
  };
  const share = (name: string, work = mark(name)) => transactions.runShared([name], work).then((get) => get());

  it('commit once, at most eight together, and give each its own rows and reading', async () => {
    const readings = Array.from(
      { length: 16 },
      (_, n) =>
        new AfterCommitReading<Mark>(sql`SELECT name FROM mark WHERE name = ${`m${n}`} AND 1 / ${n - 5}::int < 2`),
    );
    const made = await atOnce(16, (n) => transactions.runShared([`m${n}`], mark(`m${n}`), readings[n]));
    expect(made.map((get) => get().name)).toEqual(Array.from({ length: 16 }, (_, n) => `m${n}`));
    // The sixth fails, which changes nothing for the others.
    expect(readings.map(({ rows }) => rows)).toEqual(made.map((get, n) => (n === 5 ? null : [{ name: get().name }])));
    expect(new Set((await marks()).map(({ xid }) => xid)).size).toBe(2);
  });

  it('go on without the one that throws an error of ours, whose statements are not sent', async () => {
    const refuse = async (em: EntityManager) => {
      await mark('refused')(em);
      throw new Conflict('not_allowed_now', 'Not now.');
    };
    const [first, refused, last] = await Promise.allSettled([share('a'), share('refused', refuse), share('z')]);
    expect([first, last]).toMatchObject([{ value: { name: 'a' } }, { value: { name: 'z' } }]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { message: 'Not now.' } });
    const [a, z] = await marks();
    expect([a!.name, z!.name, a!.xid]).toEqual(['a', 'z', z!.xid]);
  });

  it.each([
    ['with its commit', mark('taken')],
    ['before it', (em: EntityManager) => queryRow(em, insertSql('taken')).then(() => mark('never')(em))],
    [
      'by a hook before it',
      (em: EntityManager) => {
        beforeCommit(em, 'taken', async (inner) => void (await queryRow(inner, insertSql('taken'))));
        return mark('hooked')(em);
      },
    ],
  ])('leave to each a transaction of its own where PostgreSQL refuses one %s', async (_when, work) => {
    await share('taken');
    const outcomes = await Promise.allSettled([share('a'), share('refused', work), share('z')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: '23505' } });
    const [a, , z] = await marks();
    expect([a!.name, z!.name]).toEqual(['a', 'z']);
    expect(a!.xid).not.toBe(z!.xid);
  });

  it('never hold two with a key in common', async () => {
    const made = await atOnce(5, (n) => transactions.runShared([`m${n}`, 'common'], mark(`m${n}`)));
    expect(new Set(made.map((get) => get().xid)).size).toBe(5);
  });

  it('wait for no row of another transaction for longer than half a second, one that comes alone neither', async () => {
    const read = (em: EntityManager) =>
      queryRow<{ limit: string }>(em, sql`SELECT current_setting('lock_timeout') AS limit`);
    expect(await transactions.runShared(['alone'], read)).toEqual({ limit: '500ms' });
    expect(await atOnce(3, (n) => transactions.runShared([`${n}`], read))).toEqual(Array(3).fill({ limit: '500ms' }));
    expect(await transactions.run(read)).not.toEqual({ limit: '500ms' });
  });

  it('go on while several others wait for rows, each of which came alone', async () => {
    const held = ['h1', 'h2', 'h3', 'h4'];
    for (const name of held) await service.dataSource.query('INSERT INTO tally VALUES ($1, 0)', [name]);
    const lockSql = (name: string) => sql`SELECT FROM tally WHERE name = ${name}::text FOR UPDATE`;
    const count = (name: string) => async (em: EntityManager) => {
      await queryRow(em, lockSql(name));
      return mark(name)(em);
    };
    const counted: Promise<Mark>[] = [];
    await transactions.run(async (em) => {
      for (const name of held) await queryRow(em, lockSql(name));
      for (const name of held) {
        counted.push(share(name, count(name)));
        await untilWaiting(service, counted.length);
      }
      await Promise.all([share('a'), share('z')]);
      expect(await names()).toEqual(['a', 'z']);
    });
    await Promise.all(counted);
    expect(await names()).toEqual(['a', ...held, 'z']);
  });

  it.each([
    ['first', (em: EntityManager, statement: Sql) => queryTogether(em, [statement])],
    ['with the commit', (em: EntityManager, statement: Sql, name: string) => queryWithCommit(em, statement, name)],
  ])('lock what several of them change %s in one order: none waits for another in a circle', async (when, send) => {
    const wallets = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const name of wallets) await service.dataSource.query('INSERT INTO tally VALUES ($1, 0)', [name]);
    const add = (name: string) => async (em: EntityManager) => {
      await queryTogether(em, [sql`SELECT ${name}::text`]);
      await send(em, sql`UPDATE tally SET total = total + 1 WHERE name = ${name}::text`, name);
    };
    const sent = overhearUpdates();
    for (let round = 0; round < 20; round += 1) {
      const order = round % 2 === 0 ? wallets : wallets.toReversed();
      const shuffled = [...order, ...order.toReversed(), ...order];
      const toKey = (name: string, n: number) => (when === 'first' ? name : `${n}`);
      await Promise.all(shuffled.map((name, n) => transactions.runShared([toKey(name, n)], add(name))));
    }
    const rows = await service.dataSource.query<{ total: number }[]>('SELECT total FROM tally');
    expect(rows.map(({ total }) => total)).toEqual(wallets.map(() => 60));
    expect(sent.length).toBeGreaterThan(20);
    for (const names of sent) expect(names).toEqual(names.toSorted());
  });

  /** @returns the names that each transaction updates, in its order */
  function overhearUpdates(): string[][] {
    const updates: string[][] = [];
    const open = new Map<unknown, string[]>();
    const query = pg.Client.prototype.query as unknown as (...args: unknown[]) => unknown;
    jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
      const [first] = args;
      const statement = typeof first === 'string' ? { text: first, values: args[1] } : (first as pg.QueryConfig);
      const { text, values } = statement as { text: string; values: string[] };
      if (text.startsWith('START TRANSACTION')) updates.push(open.set(this, []).get(this)!);
      if (text.startsWith('UPDATE tally')) open.get(this)!.push(values[0]!);
      return query.apply(this, args);
    } as never);
    return updates;
  }

  it('give each the business time of its own call, and run its hooks after the commit', async () => {
    const clock = service.app.get(Clock, { strict: false });
    const seen: string[] = [];
    const tell = (name: string) => async (em: EntityManager) => {
      const at = clock.now();
      afterCommit(em, async () => void seen.push(name));
      const work = mark(name);
      beforeCommit(em, name, (inner) =>
        queryWithCommit(inner, sql`UPDATE mark SET at = ${clock.now()} WHERE name = ${name}::text`).then(
          () => undefined,
        ),
      );
      const get = await work(em);
      return () => ({ ...get(), at });
    };
    const DAY_MS = 24 * 3_600_000;
    const told = await Promise.all([
      share('now', tell('now')),
      clock.runAhead(30 * DAY_MS, () => share('later', tell('later'))),
    ]);
    await transactions.idle();
    const [later, now] = await marks();
    expect(later!.xid).toBe(now!.xid);
    for (const [first, second] of [told.map(({ at }) => at!), [now!.at!, later!.at!]]) {
      expect(Math.round((second!.getTime() - first!.getTime()) / DAY_MS)).toBe(30);
    }
    expect(seen.sort()).toEqual(['later', 'now']);
  });

  it('write nothing where the clock forbids it by the time of the commit', async () => {
    const clock = service.app.get(Clock, { strict: false });
    const step = async (em: EntityManager) => {
      const get = await mark('stepped')(em);
      clock.setUnfollowedStep('the database’s clock was set back');
      return get;
    };
    const outcomes = await Promise.allSettled([share('a'), share('stepped', step), share('z')]);
    clock.setUnfollowedStep(null);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) });
    }
    expect(await names()).toEqual([]);
  });

  it('fail together where their connection is lost with the commit, and are not repeated', async () => {
    const end = async (em: EntityManager) => {
      await queryWithCommit(em, sql`SELECT pg_terminate_backend(pg_backend_pid())`);
      return mark('ended')(em);
    };
    const outcomes = await Promise.allSettled([share('a'), share('ended', end), share('z')]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) });
    }
    expect(await names()).toEqual([]);
    expect(await share('after')).toMatchObject({ name: 'after' });
  });

  it('are all told at the same time that no connection comes, without those that came later', async () => {
    const pool = getPool(service.dataSource);
    const giveUps: ((error: Error) => void)[] = [];
    const connect = jest.spyOn(pool, 'connect').mockImplementation((callback?: unknown) => {
      giveUps.push(callback as (error: Error) => void);
    });
    const early = Promise.allSettled(Array.from({ length: 40 }, (_, n) => share(`early ${n}`)));
    await until('three connections are asked for', () => giveUps.length === 3);
    connect.mockRestore();
    const late = share('late');
    for (const giveUp of giveUps) giveUp(new Error('timeout exceeded when trying to connect'));
    expect(await late).toMatchObject({ name: 'late' });
    for (const outcome of await early) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) });
    }
    expect(await names()).toEqual(['late']);
  });
});
