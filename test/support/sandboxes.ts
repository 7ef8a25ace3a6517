import { newId } from '../../src/core/ids.js';
import { SandboxesService } from '../../src/partners/sandboxes.service.js';
import type { TestApp } from './app.js';
import { theSystem, type TestPartner } from './makers.js';

/** A partner's sandbox, as a partner of its own. */
export async function aSandbox(service: TestApp, parent: TestPartner): Promise<TestPartner> {
  const sandboxes = service.app.get(SandboxesService, { strict: false });
  const { organizationId, projects, apiKey, apiKeyId } = await sandboxes.create(theSystem(), {
    organizationId: parent.organizationId,
  });
  const projectIds = projects.map(({ id }) => id);
  return { organizationId, projectIds, projectId: projectIds[0]!, apiKey, apiKeyId };
}

let made = 0;

/** A free account of a sandbox. */
export async function aSandboxAccount(
  service: TestApp,
  verticals = ['coffee'],
): Promise<{ id: string; handle: string }> {
  const id = newId('sa');
  const handle = `sandboxed.${(made += 1)}`;
  await service.dataSource.query(
    `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, sandbox, created_at, updated_at)
     VALUES ($1, $2, 10000, $3, 'en', '{US}', 'available', true, now(), now())`,
    [id, handle, verticals],
  );
  return { id, handle };
}
