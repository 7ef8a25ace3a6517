import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { aPartner } from '../../support/makers.js';

describe("a caller's words that sound like a database that is away", () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  it.each(['Connection terminated', 'driver not connected', 'not queryable'])(
    'stay a fault of the call: %s',
    async (words) => {
      const { apiKey, projectId } = await aPartner(service);
      const body = { projectId, count: 1, niche: { vertical: 'coffee' }, [words]: 1 };
      const posted = await call(service, 'POST', `/v1/projects/${projectId}/leased-accounts/request`, {
        key: apiKey,
        body,
      });
      expect([posted.status, posted.body.error.code]).toEqual([422, 'VALIDATION']);
      const read = await call(service, 'GET', `/v1/leased-accounts?${encodeURIComponent(words)}=1`, { key: apiKey });
      expect([read.status, read.body.error.code]).toEqual([422, 'VALIDATION']);
    },
  );
});
