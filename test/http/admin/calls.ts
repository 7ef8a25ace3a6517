import { newId } from '../../../src/core/ids.js';
import type { TestApp } from '../../support/app.js';
import { aPartner } from '../../support/makers.js';

/** A call of a partner that failed, as it is stored. */
export async function aCall(service: TestApp): Promise<{ id: string; organizationId: string; apiKeyId: string }> {
  const { organizationId, apiKeyId } = await aPartner(service);
  const id = newId('req');
  await service.dataSource.query(
    `INSERT INTO api_call (id, called_at, organization_id, api_key_id, method, route, status, code, duration_ms, address)
     VALUES ($1, now(), $2, $3, 'POST', '/v1/projects/:projectId/leased-accounts/request', 402, 'BILLING_EXHAUSTED', 12, '192.0.2.17')`,
    [id, organizationId, apiKeyId],
  );
  return { id, organizationId, apiKeyId };
}
