import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aCall } from './calls.js';
import { signedIn, type Person } from './panel.js';

let service: TestApp;
let viewer: Person;
beforeAll(async () => {
  service = await startTestApp();
  viewer = await signedIn(service, 'viewer');
});
afterAll(() => service.close());

describe('A call that a partner asks about', () => {
  it('is found by the id that the partner was told, with what became of it', async () => {
    const { id, organizationId } = await aCall(service);
    const { body } = await viewer.get(`/pages/search?q=${id}`);
    const title = '402 BILLING_EXHAUSTED, POST /v1/projects/:projectId/leased-accounts/request';
    expect(body.calls).toEqual([{ resource: 'calls', id, title, about: expect.stringContaining('Partner') }]);
    const { record } = await viewer.get(`/resources/calls/records/${id}/show`);
    expect(record!.params).toMatchObject({ id, organizationId, status: 402, durationMs: 12, address: '192.0.2.17' });
    expect((await viewer.get('/pages/search?q=req_01HXZR7K8M2P4RSTVW56789ABC')).body.calls).toEqual([]);
  });

  it('is on the page of its partner, and in the list by partner, key, status, code and time', async () => {
    const [mine, other] = [await aCall(service), await aCall(service)];
    const page = await viewer.get(`/resources/organizations/records/${mine.organizationId}/overview`);
    expect(page.body.calls).toMatchObject([{ id: mine.id, status: 402, code: 'BILLING_EXHAUSTED' }]);
    const list = async (query: string) => {
      const { records } = await viewer.get(`/resources/calls/actions/list?${query}`);
      return records!.map(({ id }) => id);
    };
    const ofMine = `filters.organizationId=${mine.organizationId}`;
    const all = `${ofMine}&filters.apiKeyId=${mine.apiKeyId}&filters.status=402&filters.code=BILLING_EXHAUSTED`;
    expect(await list(ofMine)).toEqual([mine.id]);
    expect(await list(`${all}&filters.calledAt~~from=2020-01-01&filters.calledAt~~to=2100-01-01`)).toEqual([mine.id]);
    expect(await list(`${ofMine}&filters.status=200`)).toEqual([]);
    expect(await list(`${ofMine}&filters.calledAt~~to=2020-01-01`)).toEqual([]);
    expect(await list(`filters.id=${other.id}`)).toEqual([other.id]);
  });
});
