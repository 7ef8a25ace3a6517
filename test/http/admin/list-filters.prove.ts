import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aCall } from './calls.js';
import { business, expectFiltersAnswered, oddValues } from './list-filters.js';
import { signedIn, type Person } from './panel.js';
import { assigned, noted } from './request-actions.js';
import { aFailedDelivery } from './webhook-actions.js';

let service: TestApp;
let admin: Person;

beforeAll(async () => {
  service = await startTestApp();
  admin = await signedIn(service, 'admin');
  await assigned(service, 2);
  await noted(service, 'policy');
  await aFailedDelivery(service);
  await aCall(service);
});
afterAll(() => service.close());

describe('Every filter of a list', () => {
  it.each([...business, 'staff'])('of %s answers every odd value', async (resource) => {
    await expectFiltersAnswered(service, admin, resource, () => oddValues);
  });
});
