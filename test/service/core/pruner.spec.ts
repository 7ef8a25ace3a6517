import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Pruner, PRUNE_BATCH_SIZE } from '../../../src/core/pruner.js';
import { sessionRetention } from '../../../src/admin/http/session-retention.js';
import { newId } from '../../../src/core/ids.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner } from '../../support/makers.js';

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
    await sql(`INSERT INTO failed_authentication (key, points, expire)
      SELECT n, 1, extract(epoch FROM now()) * 1000 + CASE WHEN n <= $1::int THEN -1 ELSE 60000 END FROM generate_series(1, $1 + 1) n`);
    await sql(`INSERT INTO rate_bucket (api_key_id, endpoint_class, minute_taken, minute_ends_at, day_taken, day_ends_at)
      SELECT n, 'read-light', 1, now() - interval '1 hour', 1, now() + CASE WHEN n <= $1::int THEN interval '-1 second' ELSE interval '1 hour' END
        FROM generate_series(1, $1 + 1) n`);
    const { organizationId } = await aPartner(service);
    await service.dataSource.query(
      `INSERT INTO idempotency_record (organization_id, key, fingerprint, created_at)
       SELECT $2, n, 'x', now() - CASE WHEN n <= $1::int THEN interval '24 hours' ELSE interval '1439 minutes' END FROM generate_series(1, $1 + 1) n`,
      [many, organizationId],
    );
    await sql(`INSERT INTO api_call (id, called_at, organization_id, api_key_id, method, route, status, duration_ms, address)
      SELECT 'req_' || n, now() - CASE WHEN n <= $1::int THEN interval '169 hours' ELSE interval '167 hours' END, 'org_1', 'key_1', 'GET', '/', 200, 1, 'x'
        FROM generate_series(1, $1 + 1) n`);
    await sql(`INSERT INTO event (id, sequence, organization_id, type, body, created_at, recorded_at)
      SELECT 'evt_' || n, n, 'org_1', 'test.ping', '{}', now(), now() - CASE WHEN n <= $1::int THEN interval '31 days' ELSE interval '29 days' END
        FROM generate_series(1, $1 + 1) n`);
    await pruner.prune();
    const tables = ['staff_session', 'sign_in_attempt', 'account_import', 'failed_authentication', 'rate_bucket'];
    for (const table of [...tables, 'idempotency_record', 'api_call', 'event']) {
      expect([table, await service.dataSource.query(`SELECT count(*)::int AS n FROM ${table}`)]).toEqual([
        table,
        [{ n: 1 }],
      ]);
    }
  });

  it('deletes deliveries that are over, and none that is on its way or can still be replayed', async () => {
    const { organizationId } = await aPartner(service);
    const [endpointId, eventId] = [newId('whe'), newId('evt')];
    const sql = (text: string, values: unknown[]) => service.dataSource.query(text, values);
    await sql(
      `INSERT INTO webhook_endpoint (id, organization_id, url, events, sealed_secret, created_at, updated_at)
       VALUES ($1, $2, 'https://x.example', '{test.ping}', 'x', now(), now())`,
      [endpointId, organizationId],
    );
    const statuses = ['delivered', 'failed', 'abandoned', 'pending', 'delivering'];
    for (const days of [31, 29]) {
      for (const status of statuses) {
        const isOpen = status === 'pending' || status === 'delivering';
        await sql(
          `INSERT INTO event (id, organization_id, type, body, created_at) VALUES ($1, $2, 'test.ping', '{}', now())`,
          [`${eventId}${status}${days}`, organizationId],
        );
        await sql(
          `INSERT INTO webhook_delivery (id, endpoint_id, organization_id, event_id, event_type, status, next_attempt_at, claim, delivered_at,
                                         scheduled_at, recorded_at)
           VALUES ($1, $2, $3, $4, 'test.ping', $5, CASE WHEN $6 THEN now() END, CASE WHEN $5 = 'delivering' THEN 'x' END,
                   CASE WHEN $5 = 'delivered' THEN now() END, now(), now() - make_interval(days => $7))`,
          [`del_${randomUUID()}`, endpointId, organizationId, `${eventId}${status}${days}`, status, isOpen, days],
        );
      }
    }
    await service.app.get(Pruner).prune();
    const kept = await sql(
      `SELECT status, extract(day FROM now() - recorded_at)::int AS days FROM webhook_delivery ORDER BY days DESC, status`,
      [],
    );
    expect(kept).toEqual([
      { status: 'delivering', days: 31 },
      { status: 'pending', days: 31 },
      ...[...statuses].sort().map((status) => ({ status, days: 29 })),
    ]);
  });

  it('keeps longer what is told to be kept longer', async () => {
    const longer = await startTestApp(
      { callRetentionDays: 8, deliveryRetentionDays: 40, eventRetentionDays: 40, idempotencyRetentionHours: 30 },
      service.settings.databaseUrl,
    );
    const { organizationId } = await aPartner(longer);
    const sql = (text: string, values: unknown[] = []) => longer.dataSource.query(text, values);
    await sql(
      `INSERT INTO idempotency_record (organization_id, key, fingerprint, created_at)
       SELECT $1, key, 'x', now() - hours * interval '1 hour' FROM (VALUES ('kept', 29), ('gone', 31)) AS record (key, hours)`,
      [organizationId],
    );
    await sql(`INSERT INTO api_call (id, called_at, organization_id, api_key_id, method, route, status, duration_ms, address)
      SELECT 'req_' || key, now() - days * interval '1 day', 'org_2', 'key_1', 'GET', '/', 200, 1, 'x'
        FROM (VALUES ('kept', 7.9), ('gone', 8.1)) AS call (key, days)`);
    await longer.app.get(Pruner).prune();
    expect(await sql('SELECT key FROM idempotency_record WHERE organization_id = $1', [organizationId])).toEqual([
      { key: 'kept' },
    ]);
    expect(await sql(`SELECT id FROM api_call WHERE organization_id = 'org_2'`)).toEqual([{ id: 'req_kept' }]);
    await longer.close();
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
