import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, expectEnvelope } from '../../support/calls.js';
import { aPartner } from '../../support/makers.js';

describe('the order of checks', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  it('is the contract’s: each fault that is mended shows the next', async () => {
    const sql = (text: string, values: unknown[] = []) => service.dataSource.query(text, values);
    const partner = await aPartner(service, { scopes: [], walletCents: 0 });
    const stranger = await aPartner(service);
    const ofKey = [partner.apiKeyId];
    const idempotencyKey = randomUUID();
    const used = [partner.organizationId, idempotencyKey];
    await sql(`UPDATE api_key SET killed_at = now(), killed_by = 'x' WHERE id = $1`, ofKey);
    await sql('UPDATE organization SET suspended_at = now() WHERE id = $1', [partner.organizationId]);
    await sql(
      `INSERT INTO rate_bucket (api_key_id, endpoint_class, minute_taken, minute_ends_at, day_taken, day_ends_at)
       VALUES ($1, 'write-light', 60, now() + interval '1 hour', 60, now() + interval '1 day')`,
      ofKey,
    );
    await sql(
      `INSERT INTO idempotency_record (organization_id, key, fingerprint, status, body) VALUES ($1, $2, 'x', 200, '{}')`,
      used,
    );

    let key = 'wrong';
    let projectId = stranger.projectId;
    let count: unknown = 'five';
    let organization = stranger.organizationId;
    const expectNext = async (status: number, code: string, details?: object) => {
      const reply = await call(service, 'POST', `/v1/projects/${projectId}/leased-accounts/request`, {
        key,
        body: { projectId, count, niche: { vertical: 'coffee' } },
        headers: { 'idempotency-key': idempotencyKey, 'x-layers-organization': organization },
      });
      expectEnvelope(reply, status, code);
      if (details) expect(reply.body.error.details).toEqual(details);
    };

    await expectNext(401, 'UNAUTHENTICATED');
    key = partner.apiKey;
    await expectNext(503, 'KILL_SWITCH', { scope: 'key' });
    await sql('UPDATE api_key SET killed_at = NULL, killed_by = NULL WHERE id = $1', ofKey);
    await expectNext(503, 'KILL_SWITCH', { scope: 'organization' });
    await sql('UPDATE organization SET suspended_at = NULL');
    await expectNext(403, 'FORBIDDEN_SCOPE', { requiredScope: 'org:admin' });
    organization = partner.organizationId;
    await expectNext(403, 'FORBIDDEN_SCOPE', { requiredScope: 'leased:write' });
    await sql(`UPDATE api_key SET scopes = '{leased:write}' WHERE id = $1`, ofKey);
    await expectNext(429, 'RATE_LIMITED', { endpointClass: 'write-light', limit: 'minute' });
    await sql('DELETE FROM rate_bucket');
    await expectNext(422, 'VALIDATION');
    count = 5;
    await expectNext(404, 'NOT_FOUND');
    projectId = partner.projectId;
    await expectNext(409, 'CONFLICT', { reason: 'idempotency_key_reused' });
    await sql('DELETE FROM idempotency_record');
    await expectNext(402, 'BILLING_EXHAUSTED', { balanceCents: 0, requiredCents: 15_000 });
  });
});
