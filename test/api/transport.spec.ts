import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';

describe('transport', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  it('is alive and ready', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const response = await fetch(service.baseUrl + path);
      expect(response.status).toBe(200);
      expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9A-HJKMNP-TV-Z]{26}$/);
    }
  });

  it('answers an unknown route with the envelope', async () => {
    const response = await fetch(`${service.baseUrl}/v1/nothing`);
    expect(response.status).toBe(404);
    const { error } = await response.json();
    expect(error).toEqual({
      code: 'NOT_FOUND',
      message: expect.any(String),
      requestId: response.headers.get('x-request-id'),
    });
  });
});
