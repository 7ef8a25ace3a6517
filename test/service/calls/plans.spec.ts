import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toCallsSql } from '../../../src/calls/calls.service.js';
import type { CallsQuery } from '../../../src/calls/dto/calls.js';
import { newId } from '../../../src/core/ids.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { readPlans } from '../../support/sql/plans.js';

let service: TestApp;
const [organizationId, apiKeyId] = [newId('org'), newId('key')];
beforeAll(async () => {
  service = await startTestApp();
  // Half of 60,000 calls are the organization's; one in a thousand of them came with the key, and failed.
  await service.dataSource.query(
    `INSERT INTO api_call (id, called_at, organization_id, api_key_id, method, route, status, code, duration_ms, address)
     SELECT 'req_' || n, now() - n * interval '1 second', CASE WHEN n % 2 = 0 THEN $1 ELSE 'org_' || n % 50 END,
            CASE WHEN n % 2000 = 0 THEN $2 ELSE 'key_' || n % 50 END, 'GET', '/v1/whoami', CASE WHEN n % 2000 = 0 THEN 503 ELSE 200 END,
            CASE WHEN n % 2000 = 0 THEN 'UNAVAILABLE' END, 3, '192.0.2.1'
       FROM generate_series(1, 60000) n`,
    [organizationId, apiKeyId],
  );
  await service.dataSource.query('ANALYZE api_call');
});
afterAll(() => service.close());

const queries: [index: string, query: Partial<CallsQuery>][] = [
  ['api_call_of_organization', {}],
  ['api_call_of_organization', { since: '2026-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' }],
  ['api_call_of_api_key', { apiKeyId }],
  ['api_call_of_status', { status: 503 }],
  ['api_call_of_code', { code: 'UNAVAILABLE' }],
];

describe('A page of many calls', () => {
  it.each(queries)('is read by %s: %j', async (index, query) => {
    for (const after of [null, { at: new Date(), id: newId('req') }]) {
      for (const plan of await readPlans(
        service.dataSource,
        toCallsSql(organizationId, { limit: 50, ...query }, after),
      )) {
        expect([index, plan]).toEqual([index, expect.stringMatching(new RegExp(`using ${index} on api_call`))]);
        expect(plan).not.toMatch(/Sort|Seq Scan/);
      }
    }
  });
});
