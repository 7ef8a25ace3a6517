import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { queryShortRow, sql } from '../../../src/core/sql.js';
import { getPool } from '../../../src/core/connection-pool.js';
import { areStatementsDropped } from '../../../src/core/statement-names.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { atOnce } from '../../support/makers.js';

describe('Short statements of one turn', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
    await service.dataSource.query('CREATE TABLE tally (name text PRIMARY KEY)');
  });
  afterAll(() => service.close());

  interface Answer {
    n: number;
    pid: number;
  }
  const ask = (n: number) =>
    queryShortRow<Answer>(service.dataSource, sql`SELECT ${n}::integer AS n, pg_backend_pid() AS pid`);

  it('share connections, and each has its own answer', async () => {
    const connect = jest.spyOn(getPool(service.dataSource), 'connect');
    const answers = await atOnce(40, ask);
    expect(answers.map((answer) => answer!.n)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(connect).toHaveBeenCalledTimes(5);
    expect(new Set(answers.map((answer) => answer!.pid)).size).toBeLessThanOrEqual(5);
  });

  it('are all answered when they come while every connection is taken', async () => {
    const pool = getPool(service.dataSource);
    const taken = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
    const early = atOnce(3, ask);
    await new Promise((resolve) => setImmediate(resolve));
    const late = atOnce(30, (n) => ask(100 + n));
    await new Promise((resolve) => setImmediate(resolve));
    for (const connection of taken) connection.release();
    const answers = [...(await early), ...(await late)];
    expect(answers.map((answer) => answer!.n)).toEqual([0, 1, 2, ...Array.from({ length: 30 }, (_, n) => 100 + n)]);
  });

  it('do not fail with those before them for which no connection came in time', async () => {
    let giveUp = (_: Error): void => undefined;
    const waiting = new Promise<never>((_, reject) => (giveUp = reject));
    jest.spyOn(getPool(service.dataSource), 'connect').mockImplementationOnce(() => waiting);
    const early = ask(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const late = ask(2);
    await new Promise((resolve) => setImmediate(resolve));
    giveUp(new Error('no connection'));
    await expect(early).rejects.toThrow('no connection');
    expect((await late)!.n).toBe(2);
  });

  it('fail alone, and leave the connection usable', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 24 }, (_, n) =>
        queryShortRow(
          service.dataSource,
          sql`INSERT INTO tally (name) VALUES (${`tally ${n % 12}`}::text) RETURNING name`,
        ),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(12);
    for (const outcome of outcomes.filter(({ status }) => status === 'rejected'))
      expect(outcome).toMatchObject({ reason: { code: '23505' } });
    const [{ count }] = await service.dataSource.query('SELECT count(*)::integer AS count FROM tally');
    expect(count).toBe(12);
    expect((await atOnce(16, ask)).map((answer) => answer!.n)).toHaveLength(16);
  });

  it('of one text with one that is cut off while it is prepared, are sent again', async () => {
    const blocker = new pg.Client({ connectionString: service.settings.databaseUrl! });
    await blocker.connect();
    await blocker.query('CREATE TABLE later (n integer)');
    // A text is worth preparing when it comes again; a new connection knows none.
    const count = (n: number) =>
      queryShortRow<{ count: number }>(
        service.dataSource,
        sql`SELECT count(*)::integer + ${n}::integer AS count FROM later`,
      );
    for (let n = 0; n < 3; n += 1) await count(n);
    const pool = getPool(service.dataSource);
    const idle = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
    for (const connection of idle) connection.release(true);
    await blocker.query('BEGIN; LOCK TABLE later IN ACCESS EXCLUSIVE MODE');
    const asked = Promise.allSettled(Array.from({ length: 6 }, (_, n) => count(n)));
    const isWaiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM later'";
    let waiting: { pid: number }[] = [];
    while (waiting.length === 0) waiting = await service.dataSource.query(isWaiting);
    await service.dataSource.query('SELECT pg_cancel_backend($1)', [waiting[0]!.pid]);
    await blocker.query('COMMIT');
    const outcomes = await asked;
    await blocker.end();
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', ...Array(5).fill('fulfilled')]);
    expect(areStatementsDropped()).toBe(false);
  });

  it('get the error of a connection that is lost, and the next ones a new connection', async () => {
    const end = queryShortRow(service.dataSource, sql`SELECT pg_terminate_backend(pg_backend_pid())`);
    const outcomes = await Promise.allSettled([end, ask(1), ask(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect((await ask(3))!.n).toBe(3);
  });
});
