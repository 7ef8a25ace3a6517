import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { agent } from '../../support/agent.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { submit } from './authenticator.js';
import { aColleague, isIn, signedIn, signIn } from './panel.js';

let service: TestApp;

beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

describe('The own account', () => {
  it('changes the password of who knows the old one, and ends all other sessions', async () => {
    const viewer = await signedIn(service, 'viewer');
    const elsewhere = agent(service.baseUrl);
    await signIn(elsewhere, viewer);
    const change = (current: string, password: string) =>
      submit(viewer.browser, 'account/password', { current, password });

    const wrong = await change('not the old one', 'quite another password');
    expect([wrong.status, wrong.text.includes('not your current password')]).toEqual([422, true]);
    expect((await change(viewer.password, 'short')).status).toBe(422);
    expect(await isIn(elsewhere)).toBe(true);

    const done = await change(viewer.password, 'quite another password');
    expect([done.status, done.text.includes('Your password is changed')]).toEqual([200, true]);
    expect(await isIn(viewer.browser)).toBe(true);
    expect(await isIn(elsewhere)).toBe(false);
    const colleague = { email: viewer.email, password: 'quite another password' };
    expect((await signIn(agent(service.baseUrl), colleague)).status).toBe(302);
  });

  it('lets nobody guess at the old password for long', async () => {
    const viewer = await signedIn(service, 'viewer');
    const guess = (current: string) =>
      submit(viewer.browser, 'account/password', { current, password: 'quite another password' });
    for (let n = 0; n < 5; n += 1) expect((await guess(`guess number ${n}`)).status).toBe(422);
    expect((await guess(viewer.password)).status).toBe(429);
    expect((await signIn(agent(service.baseUrl), viewer)).status).toBe(302);
  });

  it('is nobody else’s, nor for a page of another site', async () => {
    const viewer = await signedIn(service, 'viewer');
    const form = { current: viewer.password, password: 'quite another password' };
    const foreign = await submit(viewer.browser, 'account/password', form).set('Origin', 'https://elsewhere.example');
    expect(foreign.status).toBe(403);
    expect((await agent(service.baseUrl).get('/admin/account')).headers.location).toBe(
      '/admin/login?next=%2Fadmin%2Faccount',
    );
    expect((await submit(agent(service.baseUrl), 'account/password', form)).status).toBe(401);
    const other = await aColleague(service, 'viewer');
    expect((await signIn(agent(service.baseUrl), other)).status).toBe(302);
    expect((await signIn(agent(service.baseUrl), viewer)).status).toBe(302);
  });
});
