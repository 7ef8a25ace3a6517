import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ActionDecorator } from 'adminjs';
import { createAdmin } from '../../../src/admin/adminjs/options.js';
import { PanelServices } from '../../../src/admin/panel-services.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { assigned, noted } from './request-actions.js';
import { aFailedDelivery } from './webhook-actions.js';
import { aCall } from './calls.js';
import { everything, signedIn, type Person } from './panel.js';

let service: TestApp;
let people: Person[];
/** Each resource's own actions: the kind of each by its name. */
let actionsOf: Map<string, Map<string, ActionKind>>;
const methods = ['get', 'post'] as const;
type ActionKind = 'resource' | 'record' | 'bulk';
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
    resources
      .map((resource) => resource.decorate())
      .map((resource) => [
        resource.id(),
        new Map(Object.entries(resource.actions).map(([name, action]) => [name, kindOf(action)] as const)),
      ]),
  );
});
afterAll(() => service.close());

function kindOf(action: ActionDecorator): ActionKind {
  if (action.isResourceType()) return 'resource';
  return action.isRecordType() ? 'record' : 'bulk';
}

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
    const kinds = actionsOf.get(resource)!;
    const names = [...kinds.keys()];
    expect(names).toEqual(expect.arrayContaining(['list', 'show', 'new', 'edit', 'delete', 'bulkDelete']));
    const before = await everything(service);
    const failed: unknown[] = [];
    for (const name of [...names, 'nothing', 'constructor']) {
      const places: [ActionKind, string][] = [
        ['resource', `actions/${name}`],
        ['resource', `actions/${name}/x`],
        ['record', `records/${id}/${name}`],
        ['bulk', `bulk/${name}?recordIds=${id}`],
      ];
      const calls = people.flatMap(({ browser, role }) =>
        places.flatMap(([kind, place]) => [
          ...methods.map((method) => [browser, role, method, `/admin/api/resources/${resource}/${place}`] as const),
          // The page around it is the same for everybody but for what is offered, and the most is offered to an admin.
          ...(role === 'admin' && kind === (kinds.get(name) ?? kind)
            ? [[browser, role, 'get', `/admin/resources/${resource}/${place}`] as const]
            : []),
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
