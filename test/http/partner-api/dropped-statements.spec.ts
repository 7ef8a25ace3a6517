import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { getPool } from '../../../src/core/connection-pool.js';
import { startLoggedApp, type LogLine, type TestApp } from '../../support/app.js';
import { call, expectEnvelope } from '../../support/calls.js';
import { aPartner, atOnce, type TestPartner } from '../../support/makers.js';

/** What a pooler does that hands the connections of PostgreSQL to whoever has a transaction. */
describe('a pooler that drops prepared statements', () => {
  let service: TestApp & { log: LogLine[] };
  let partner: TestPartner;
  beforeAll(async () => {
    service = await startLoggedApp({ poolSize: 3 });
    partner = await aPartner(service, { tier: 'internal' });
  });
  afterAll(() => service.close());

  const read = () => call(service, 'GET', '/v1/leased-accounts', { key: partner.apiKey });
  const ready = () => call(service, 'GET', '/readyz');

  async function onEveryConnection(work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> {
    const pool = getPool(service.dataSource);
    const clients = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
    for (const client of clients) await work(client);
    for (const client of clients) client.release();
  }

  it('is told in one line of the log, and the service is not ready (26000)', async () => {
    for (let n = 0; n < 3; n += 1) for (const reply of await atOnce(20, read)) expect(reply.status).toBe(200);
    expect((await ready()).status).toBe(200);
    await onEveryConnection((client) => client.query('DEALLOCATE ALL'));

    const replies = (await atOnce(20, read)).filter(({ status }) => status !== 200);
    expect(replies.length).toBeGreaterThan(1);
    for (const reply of replies) {
      expectEnvelope(reply, 503, 'UNAVAILABLE');
      expect(reply.headers['retry-after']).toMatch(/^[1-9]\d*$/);
    }
    expect(service.log.filter(({ msg }) => /^Prepared statements fail: /.test(msg))).toEqual([
      expect.objectContaining({ level: 50, msg: expect.stringMatching(/pooler.*PREPARED_STATEMENTS=off.*restart/) }),
    ]);
    expect(service.log.find(({ cause }) => cause)!.cause).toMatch(/^26000: a connection pooler/);
    const red = await ready();
    expectEnvelope(red, 503, 'UNAVAILABLE');
    expect(red.body.error.message).toMatch(/pooler.*PREPARED_STATEMENTS=off/);
  });

  it('is told too where a name is taken by another client (42P05)', async () => {
    const forget = (client: pg.PoolClient) => {
      const { connection } = client as unknown as { connection: { parsedStatements: Record<string, unknown> } };
      connection.parsedStatements = {};
      return Promise.resolve();
    };
    await onEveryConnection(async (client) => {
      await client.query('DEALLOCATE ALL');
      await forget(client);
    });
    for (const reply of await atOnce(20, read)) expect(reply.status).toBe(200);
    service.log.splice(0);
    await onEveryConnection(forget);
    const replies = (await atOnce(20, read)).filter(({ status }) => status !== 200);
    expectEnvelope(replies[0]!, 503, 'UNAVAILABLE');
    expect(service.log.find(({ cause }) => cause)!.cause).toMatch(/^42P05: a connection pooler/);
    expect((await ready()).status).toBe(503);
  });
});
