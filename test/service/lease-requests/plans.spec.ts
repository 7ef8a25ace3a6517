import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../../src/core/ids.js';
import type { Sql } from '../../../src/core/sql.js';
import type { SubmitLeaseRequest } from '../../../src/lease-requests/dto/submit-lease-request.js';
import { toLeaseRequestSql, toLeaseRequestsSql } from '../../../src/lease-requests/lease-requests.sql.js';
import { toSubmissionsSql, type Submission } from '../../../src/lease-requests/submission.sql.js';
import { toLeasedAccountsSql } from '../../../src/leases/leased-account.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, callerOf, type TestPartner } from '../../support/makers.js';
import { readPlans } from '../../support/sql/plans.js';

let service: TestApp;
let partner: TestPartner;
let quietProject: string;
beforeAll(async () => {
  service = await startTestApp();
  partner = await aPartner(service, { projects: 2 });
  quietProject = partner.projectIds[1]!;
  // One in fifty requests is the partner's, one in two hundred of the second project; half of the leases are over.
  await service.dataSource.query(
    `WITH other AS (INSERT INTO organization (id, name, created_at) SELECT 'org_' || n, 'Other ' || n, now() FROM generate_series(1, 49) n RETURNING id)
     INSERT INTO project (id, organization_id, name, created_at) SELECT 'prj_of_' || id, id, 'Project', now() FROM other`,
  );
  const ofPartner = `CASE WHEN n % 50 = 0 THEN $1 ELSE 'org_' || n % 50 END,
                     CASE WHEN n % 200 = 0 THEN $3 WHEN n % 50 = 0 THEN $2 ELSE 'prj_of_org_' || n % 50 END`;
  const values = [partner.organizationId, partner.projectId, quietProject, partner.apiKeyId];
  await service.dataSource.query(
    `INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, language, geo,
                                status, submitted_at, updated_at, due_at, vertical_key)
     SELECT 'lreq_' || n, 'lreq_' || n, ${ofPartner}, $4, sha256('test'), 50, 'coffee', 'en', '{US}',
            'requested', now() - n * interval '1 minute', now(), now(), 'coffee'
       FROM generate_series(1, 8000) n`,
    values,
  );
  await service.dataSource.query(
    `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
     SELECT 'sa_' || n, 'plan.' || n, 1000, '{coffee}', 'en', '{US}', CASE WHEN n % 100 = 0 THEN 'available' ELSE 'assigned' END, now(), now()
       FROM generate_series(1, 8000) n`,
  );
  await service.dataSource.query(
    `INSERT INTO lease (id, lease_request_id, organization_id, project_id, social_account_id, price_cents, assigned_at, assigned_by, anchor_day,
                        next_renewal_at, status, ended_at, end_reason, handle_at_end, followers_at_end)
     SELECT 'lse_' || n, 'lreq_' || n, ${ofPartner}, 'sa_' || n, 15000, now() - n * interval '1 minute', $4, 1,
            CASE WHEN NOT is_over THEN now() + interval '1 month' END, CASE WHEN is_over THEN 'ended' ELSE 'active' END,
            CASE WHEN is_over THEN now() END, CASE WHEN is_over THEN 'released_by_partner' END,
            CASE WHEN is_over THEN 'plan.' || n END, CASE WHEN is_over THEN 1000 END
       FROM generate_series(1, 8000) n CROSS JOIN LATERAL (SELECT n % 100 = 0 AS is_over)`,
    values,
  );
  await service.dataSource.query('ANALYZE lease_request, lease, social_account, project, organization, ledger_account');
});
afterAll(() => service.close());

/** By the values as by none of them: each of these indexes, and no table as a whole. @param never what no plan has */
async function expectIndexes(statement: Sql, indexes: string[], never?: RegExp): Promise<void> {
  for (const plan of await readPlans(service.dataSource, statement)) {
    for (const index of indexes) expect(plan).toMatch(new RegExp(`(using|Bitmap Index Scan on) ${index}\\b`));
    if (never) expect(plan).not.toMatch(never);
    expect(plan).not.toMatch(/Seq Scan on (lease_request|lease|social_account|idempotency_record)\b/);
  }
}
const position = () => ({ at: new Date(), id: newId('lreq') as string });

describe('A full database', () => {
  it('is asked for one request by its id', async () => {
    await expectIndexes(toLeaseRequestSql(callerOf(partner), 'lreq_50', null), [
      'lease_request_organization_id_request_id_key',
      'lease_of_request',
    ]);
  });

  it('is asked for a page of requests by the index of their order', async () => {
    for (const after of [null, position()]) {
      const query = { limit: 25, order: 'submittedAt' as const };
      await expectIndexes(toLeaseRequestsSql(callerOf(partner), query, after), ['lease_request_of_organization']);
      const ofProject = { ...query, projectId: quietProject };
      await expectIndexes(toLeaseRequestsSql(callerOf(partner), ofProject, after), ['lease_request_of_project']);
    }
  });

  it('is asked for a page of leased accounts by the index of their order', async () => {
    const sortedWhole = /Limit\n +-> +(Incremental )?Sort/;
    for (const [status, state] of [
      ['assigned', 'live'],
      ['disconnected', 'ended'],
    ] as const) {
      for (const after of [null, position()]) {
        const query = { limit: 50, status };
        const ofAll = toLeasedAccountsSql(callerOf(partner), query, after);
        await expectIndexes(ofAll, [`lease_${state}_of_organization`], sortedWhole);
        const ofProject = toLeasedAccountsSql(callerOf(partner), { ...query, projectId: quietProject }, after);
        await expectIndexes(ofProject, [`lease_${state}_of_project`], sortedWhole);
      }
    }
  });

  it('accepts a request by keys alone', async () => {
    const id = newId('lreq');
    const { projectId } = partner;
    const input = {
      path: { projectId },
      body: { projectId, count: 1, niche: { vertical: 'coffee' }, requestId: 'mine' },
      idempotencyKey: 'key',
      fingerprint: Buffer.alloc(32),
      bodyFingerprint: Buffer.alloc(32),
    } as SubmitLeaseRequest;
    const submission = {
      caller: callerOf(partner),
      input,
      id,
      requestId: 'mine',
      submittedAt: new Date(),
      dueAt: new Date(),
      answer: '{}',
    } as Submission;
    await expectIndexes(toSubmissionsSql([submission], service.settings), [
      'lease_request_organization_id_request_id_key',
      'idempotency_record_pkey',
    ]);
  });
});
