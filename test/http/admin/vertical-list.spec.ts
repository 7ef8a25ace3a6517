import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VerticalsService } from '../../../src/account-pool/verticals.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { anAccount, aPartner, aRequest, manyAccounts } from '../../support/makers.js';
import { signedIn, type Person } from './panel.js';

describe('The list of verticals', () => {
  let service: TestApp;
  let operator: Person;
  beforeAll(async () => {
    service = await startTestApp();
    operator = await signedIn(service, 'operator');
  });
  afterAll(() => service.close());

  const listed = async (search = '') => {
    const { records } = await operator.get(`/resources/verticals/actions/list?perPage=100${search}`);
    return Object.fromEntries(records!.map(({ id, params }) => [id, params]));
  };

  it('has what the pool has, what open requests want and what words stand for, and nothing that is gone', async () => {
    await anAccount(service, { verticals: ['pottery', 'glass', 'pottery'] });
    await anAccount(service, { verticals: ['pottery'], status: 'assigned' });
    await anAccount(service, { verticals: ['weaving'], status: 'resetting' });
    await anAccount(service, { verticals: ['typo'], status: 'retired' });
    const partner = await aPartner(service);
    await aRequest(service, partner, { vertical: 'Clay  work', count: 4 });
    await aRequest(service, partner, { vertical: 'pottery', count: 3 });
    const verticals = service.app.get(VerticalsService, { strict: false });
    await verticals.map(operator.caller, { synonym: 'clay work', vertical: 'pottery' });
    const found = await listed();
    expect(Object.keys(found).sort()).toEqual(['clay work', 'glass', 'pottery', 'weaving']);
    expect(found.pottery).toMatchObject({ inPool: true, available: 1, wanted: 3, 'synonyms.0': 'clay work' });
    expect(found.glass).toMatchObject({ inPool: true, available: 1, wanted: 0 });
    expect(found.weaving).toMatchObject({ inPool: true, available: 0, wanted: 0 });
    expect(found['clay work']).toMatchObject({ inPool: false, available: 0, wanted: 4, standsFor: 'pottery' });
  });

  it('counts what is available exactly up to a thousand and says so beyond, in its export too', async () => {
    await manyAccounts(service, 1_000, 'jazz');
    await manyAccounts(service, 1_001, 'opera');
    expect((await listed('&filters.available~~from=1000')).jazz).toMatchObject({ available: 1_000 });
    expect((await listed()).opera).toMatchObject({ available: 1_001 });
    const { text } = await operator.browser.get('/admin/api/exports/verticals?sortBy=available&direction=desc');
    expect(text).toMatch(/^opera,true,1000\+,/m);
    expect(text).toMatch(/^jazz,true,1000,/m);
  });
});
