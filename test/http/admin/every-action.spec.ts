import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAdmin } from '../../../src/admin/adminjs/options.js';
import { PanelServices } from '../../../src/admin/panel-services.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { assigned, noted } from './request-actions.js';
import { aFailedDelivery } from './webhook-actions.js';
import { aCall } from './calls.js';
import { everything, signedIn, type Person } from './panel.js';

let service: TestApp;
let people: Person[];
/** Each resource's own actions, whatever their kind. */
let actionsOf: Map<string, string[]>;
const methods = ['get', 'post'] as const;
/** What no action takes, so that none of them does anything. */
const refusedBody = { unknownField: 1 };

beforeAll(async () => {
  service = await startTestApp();
  people = [await signedIn(service, 'viewer'), await signedIn(service, 'admin')];
  await assigned(service, 2);
  await noted(service, 'policy');
  await aFailedDelivery(service);
  await aCall(service);
  const { resources } = createAdmin(service.app.get(PanelServices, { strict: false }));
  actionsOf = new Map(
    resources.map((resource) => resource.decorate()).map((resource) => [resource.id(), Object.keys(resource.actions)]),
  );
});
afterAll(() => service.close());

async function anIdOf(resource: string): Promise<string> {
  const { records } = await people[1]!.get(`/resources/${resource}/actions/list`);
  return records![0]!.id;
}

describe('Every action, called as one of a resource, of a record and of many', () => {
  it.each([
    ...['lease-requests', 'request-notes', 'leases', 'social-accounts', 'wallets', 'ledger-transfers', 'verticals'],
    ...['organizations', 'projects', 'api-keys', 'audit-events', 'staff', 'webhook-endpoints', 'webhook-deliveries'],
    ...['calls'],
  ])('of %s never fails, and changes nothing by what it cannot take', async (resource) => {
    const id = await anIdOf(resource);
    const names = actionsOf.get(resource)!;
    expect(names).toEqual(expect.arrayContaining(['list', 'show', 'new', 'edit', 'delete', 'bulkDelete']));
    const before = await everything(service);
    const failed: unknown[] = [];
    for (const name of [...names, 'nothing', 'constructor']) {
      const places = [`actions/${name}`, `actions/${name}/x`, `records/${id}/${name}`, `bulk/${name}?recordIds=${id}`];
      const paths = places.map((place) => `/resources/${resource}/${place}`);
      const calls = people.flatMap(({ browser, role }) =>
        paths.flatMap((path) => [
          ...methods.map((method) => [browser, role, method, `/admin/api${path}`] as const),
          // The page around it is the same for everybody but for what is offered, and the most is offered to an admin.
          ...(role === 'admin' ? [[browser, role, 'get', `/admin${path}`] as const] : []),
        ]),
      );
      await Promise.all(
        calls.map(async ([browser, role, method, path]) => {
          const call = browser[method](path);
          const { status } = await (method === 'post' ? call.send(refusedBody) : call);
          if (status >= 500) failed.push([role, method, path, status]);
        }),
      );
    }
    expect(failed).toEqual([]);
    expect(await everything(service)).toBe(before);
  });

  it('leaves out no resource', () => {
    expect([...actionsOf.keys()]).toHaveLength(15);
  });

  it('is known by its own kind of address alone', async () => {
    const id = await anIdOf('lease-requests');
    const { browser } = people[1]!;
    for (const place of ['actions/fulfil', 'actions/assign', `records/${id}/list`, `records/${id}/new`]) {
      for (const method of methods) {
        const answer = await browser[method](`/admin/api/resources/lease-requests/${place}`);
        expect([method, place, answer.status]).toEqual([method, place, 404]);
      }
    }
    expect((await browser.get(`/admin/api/resources/lease-requests/records/${id}/fulfil`)).status).toBe(200);
  });
});
