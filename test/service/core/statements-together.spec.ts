import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Unavailable } from '../../../src/core/errors.js';
import { queryRows, queryTogether, queryWithCommit, sql } from '../../../src/core/sql.js';
import { areStatementsDropped } from '../../../src/core/statement-names.js';
import { AfterCommitReading } from '../../../src/core/transaction-control.js';
import { Transactions } from '../../../src/core/transactions.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { atOnce } from '../../support/makers.js';

describe('Statements that travel together', () => {
  let service: TestApp;
  let transactions: Transactions;
  beforeAll(async () => {
    service = await startTestApp();
    transactions = service.app.get(Transactions, { strict: false });
    await service.dataSource.query('CREATE TABLE mark (name text PRIMARY KEY)');
  });
  afterAll(() => service.close());

  const insert = (name: string) => sql`INSERT INTO mark (name) VALUES (${name}::text) RETURNING name`;
  const names = async () => {
    const rows = await service.dataSource.query<{ name: string }[]>('SELECT name FROM mark ORDER BY name');
    return rows.map(({ name }) => name);
  };

  it('have their rows in their order, and one transaction', async () => {
    const rows = await transactions.run(async (em) => {
      await queryRows(em, sql`SELECT 1`);
      return queryTogether<[{ name: string }, { name: string }]>(em, [insert('a'), insert('b')]);
    });
    expect(rows).toEqual([[{ name: 'a' }], [{ name: 'b' }]]);
    expect(await names()).toEqual(['a', 'b']);
  });

  it('do nothing when one in the middle fails, whose error it is, and leave the connection usable', async () => {
    const fail = () =>
      transactions.run(async (em) => {
        await queryRows(em, sql`SELECT 1`);
        await queryTogether(em, [insert('c'), insert('a'), insert('d')]);
      });
    for (const outcome of await Promise.allSettled(Array.from({ length: 30 }, fail)))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: '23505' } });
    expect(await names()).toEqual(['a', 'b']);
    const inside = await Promise.all(
      Array.from({ length: 20 }, () => service.dataSource.query('SELECT pg_current_xact_id_if_assigned() AS id')),
    );
    expect(inside.flat()).toEqual(Array(20).fill({ id: null }));
  });

  it('do nothing when their connection is lost between two of them', async () => {
    const lost = transactions.run(async (em) => {
      await queryTogether(em, [sql`SELECT 1`]);
      await queryTogether(em, [insert('e'), sql`SELECT pg_terminate_backend(pg_backend_pid())`, insert('f')]);
    });
    await expect(lost).rejects.toBeInstanceOf(Unavailable);
    expect(await names()).toEqual(['a', 'b']);
  });

  it('with a reading after the commit: it sees what was committed, and its own failure changes nothing', async () => {
    const reading = new AfterCommitReading(
      sql`SELECT name, pg_current_xact_id_if_assigned() AS inside FROM mark WHERE name = 'read'`,
    );
    await transactions.run((em) => queryRows(em, insert('read')), { reading });
    expect(reading.rows).toEqual([{ name: 'read', inside: null }]);

    for (const statement of [sql`SELECT 1 / 0`, sql`SELECT pg_terminate_backend(pg_backend_pid())`]) {
      const failing = new AfterCommitReading(statement);
      await transactions.run((em) => queryRows(em, insert(`unread ${statement.text}`)), { reading: failing });
      expect(failing.rows).toBeNull();
      expect(await names()).toContain(`unread ${statement.text}`);
    }

    const unread = new AfterCommitReading(sql`SELECT name FROM mark`);
    await expect(transactions.run((em) => queryRows(em, insert('a')), { reading: unread })).rejects.toMatchObject({
      code: '23505',
    });
    const uncommitted = transactions.run((em) => queryWithCommit(em, insert('a')), { reading: unread });
    await expect(uncommitted).rejects.toMatchObject({ code: '23505' });
    expect(unread.rows).toBeNull();
    await service.dataSource.query("DELETE FROM mark WHERE name LIKE '%read%'");
  });

  it('of one text, the first of which is cut off, are not taken for statements that a pooler dropped', async () => {
    const blocker = new pg.Client({ connectionString: service.settings.databaseUrl! });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE mark IN ACCESS EXCLUSIVE MODE');
    const blocked = await atOnce(6, (n) =>
      transactions
        .run(async (em) => {
          await queryRows(em, sql`SET LOCAL lock_timeout = '200ms'`);
          await queryTogether(em, [insert(`g${n}`), insert(`h${n}`)]);
        })
        .then(
          () => 'done',
          (error: { code?: string }) => error.code,
        ),
    );
    await blocker.end();
    expect(blocked).not.toContain('done');
    expect(areStatementsDropped()).toBe(false);
    expect(await names()).toEqual(['a', 'b']);
  });
});
