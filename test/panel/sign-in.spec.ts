import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { agent } from 'supertest';
import { startTestApp, type TestApp } from '../support/app.js';
import { aColleague, signedIn, signIn } from './panel.js';

let service: TestApp;

beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

describe('Signing in', () => {
  it('shows the form, and leads from any page to it', async () => {
    const browser = agent(service.baseUrl);
    const page = await browser.get('/admin/login');
    expect(page.status).toBe(200);
    expect(page.text).toContain('/admin/login');
    const away = await browser.get('/admin/resources/leases');
    expect(away.status).toBe(302);
    expect(away.headers.location).toBe('/admin/login');
  });

  it('opens the panel with the right email and password', async () => {
    const operator = await signedIn(service, 'operator');
    const page = await operator.browser.get('/admin');
    expect(page.status).toBe(200);
    expect(page.text).toContain(operator.email);
    expect((await operator.get('/pages/queue')).body).toMatchObject({ rows: [], openCount: 0 });
  });
});
