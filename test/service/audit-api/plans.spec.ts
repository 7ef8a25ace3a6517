import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toAuditLogSql } from '../../../src/audit-api/audit-log.service.js';
import type { AuditLogQuery } from '../../../src/audit-api/dto/audit-log.js';
import { newId } from '../../../src/core/ids.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { readPlans } from '../../support/sql/plans.js';

let service: TestApp;
const [organizationId, projectId, apiKeyId] = [newId('org'), newId('prj'), newId('key')];
beforeAll(async () => {
  service = await startTestApp();
  // Of 60,000 events half are the organization's; of its own one in a thousand has the project, the key and the rare type.
  await service.dataSource.query(
    `INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, api_key_id, actor_kind, actor_id, actor_name, request_id)
     SELECT 'evt_' || n, CASE WHEN n % 2000 = 0 THEN 'wallet.adjusted' ELSE 'lease_request.submitted' END, now() - n * interval '1 second',
            CASE WHEN n % 2 = 0 THEN $1 ELSE 'org_' || n % 50 END, CASE WHEN n % 2000 = 0 THEN $2 ELSE 'prj_' || n % 50 END,
            CASE WHEN n % 2000 = 0 THEN $3 ELSE 'key_' || n % 50 END, 'partner_api', 'x', 'x', 'req_' || n
       FROM generate_series(1, 60000) n`,
    [organizationId, projectId, apiKeyId],
  );
  await service.dataSource.query('ANALYZE audit_event');
});
afterAll(() => service.close());

const since = '2026-01-01T00:00:00Z';
const queries: [index: string, query: Partial<AuditLogQuery>][] = [
  ['audit_event_of_organization', {}],
  ['audit_event_of_organization', { since, until: '2100-01-01T00:00:00Z' }],
  ['audit_event_of_organization_type', { eventType: 'wallet.adjusted' }],
  ['audit_event_of_project', { projectId }],
  ['audit_event_of_api_key', { apiKeyId }],
];

describe('A page of a full audit log', () => {
  it.each(queries)('is read by %s: %j', async (index, query) => {
    for (const after of [null, { at: new Date(), id: newId('evt') }]) {
      const statement = toAuditLogSql(organizationId, { limit: 50, ...query }, after);
      for (const plan of await readPlans(service.dataSource, statement)) {
        expect([index, plan]).toEqual([index, expect.stringMatching(new RegExp(`using ${index} on audit_event`))]);
        expect(plan).not.toMatch(/Sort|Seq Scan/);
      }
    }
  });
});
