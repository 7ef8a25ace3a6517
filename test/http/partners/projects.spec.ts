import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, expectEnvelope } from '../../support/calls.js';
import { aKey, aPartner, aProject } from '../../support/makers.js';

describe('the projects of a partner', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  const list = (key: string, query = '') => call(service, 'GET', `/v1/projects${query}`, { key });

  it('are listed newest first, page by page, by a key without scopes, and nobody else’s', async () => {
    const partner = await aPartner(service);
    const ids = [partner.projectId];
    for (let n = 0; n < 4; n += 1) ids.unshift(await aProject(service, partner.organizationId));
    const stranger = await aPartner(service);
    const { apiKey } = await aKey(service, partner.organizationId, { scopes: [] });

    const whole = await list(apiKey);
    expect(whole.status).toBe(200);
    expect(whole.body.items.map(({ id }: { id: string }) => id).sort()).toEqual([...ids].sort());
    expect(whole.body.items[0]).toEqual({
      id: expect.stringMatching(/^prj_/),
      name: expect.any(String),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    const times = whole.body.items.map(({ createdAt }: { createdAt: string }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());

    const walked: object[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await list(apiKey, `?limit=2${cursor && `&cursor=${cursor}`}`);
      walked.push(...body.items);
      cursor = body.nextCursor;
    }
    expect(walked).toEqual(whole.body.items);
    const { body } = await list(apiKey, '?limit=2');
    expectEnvelope(await list(stranger.apiKey, `?cursor=${body.nextCursor}`), 422, 'VALIDATION');
    expectEnvelope(await list(apiKey, '?limit=201'), 422, 'VALIDATION');
  });
});
