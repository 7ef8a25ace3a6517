import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pruner, PRUNE_BATCH_SIZE } from '../../../src/core/pruner.js';
import { sessionRetention } from '../../../src/admin/http/sessions.js';
import { startTestApp, type TestApp } from '../../support/app.js';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const many = 2 * PRUNE_BATCH_SIZE + 3;

describe('The pruner', () => {
  it('deletes what has expired from every table, however much it is, and nothing else', async () => {
    const pruner = service.app.get(Pruner);
    pruner.register(sessionRetention);
    const sql = (text: string) => service.dataSource.query(text, [many]);
    await sql(`INSERT INTO staff_session (sid, sess, expire)
      SELECT n, '{}', now() + CASE WHEN n <= $1::int THEN interval '-1 second' ELSE interval '1 minute' END FROM generate_series(1, $1 + 1) n`);
    await sql(`INSERT INTO sign_in_attempt (key, points, expire)
      SELECT n, 1, extract(epoch FROM now()) * 1000 + CASE WHEN n <= $1::int THEN -1 ELSE 60000 END FROM generate_series(1, $1 + 1) n`);
    await sql(`INSERT INTO account_import (id, started_by, file_name, status, ended_at, started_at)
      SELECT 'imp_' || n, 'stf_1', 'f', 'done', now(), now() - CASE WHEN n <= $1::int THEN interval '31 days' ELSE interval '29 days' END
        FROM generate_series(1, $1 + 1) n`);
    await pruner.prune();
    for (const table of ['staff_session', 'sign_in_attempt', 'account_import']) {
      expect([table, await service.dataSource.query(`SELECT count(*)::int AS n FROM ${table}`)]).toEqual([
        table,
        [{ n: 1 }],
      ]);
    }
  });

  it('goes on with the next table after one that fails, and ends between two batches when the service stops', async () => {
    const stopping = await startTestApp({}, service.settings.databaseUrl);
    const pruner = stopping.app.get(Pruner);
    let batches = 0;
    let stopped: Promise<void> | null = null;
    pruner.register({ table: 'broken', deleteExpired: () => Promise.reject(new Error('broken')) });
    pruner.register({
      table: 'endless',
      deleteExpired: async (em) => {
        batches += 1;
        if (batches === 3) stopped = stopping.close();
        return em.query(`SELECT generate_series(1, ${PRUNE_BATCH_SIZE})`);
      },
    });
    await pruner.prune();
    const batchesAtTheEnd = batches;
    await stopped;
    expect(batches).toBe(batchesAtTheEnd);
    expect(batches).toBeGreaterThanOrEqual(3);
  });
});
