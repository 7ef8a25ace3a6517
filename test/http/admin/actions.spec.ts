import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Role } from '../../../src/authorization/roles.js';
import { toForbiddenMessage } from '../../../src/authorization/permissions.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, aRequestThatFits } from '../../support/makers.js';
import { badVersionsOf } from './bad-bodies.js';
import { assigned, deeds, makings, noted } from './request-actions.js';
import { answerOf, everything, recordPath, signedIn, signIn, type Answer, type Person } from './panel.js';
import { eventsOf, expectOnTheTrail } from './audit-trail.js';

let service: TestApp;
const people = {} as Record<Role, Person>;
const roles = ['viewer', 'operator', 'finance', 'admin'] as const;

beforeAll(async () => {
  service = await startTestApp();
  for (const role of roles) people[role] = await signedIn(service, role);
});
afterAll(() => service.close());

function expectRefusal(answer: Answer): void {
  expect([200, 403]).toContain(answer.status);
  expect(answer.notice).toMatchObject({ type: 'error' });
  expect(answer.notice!.message).toMatch(/^\S.* .*\.$/);
}

describe.each(deeds)('$resource $action', ({ resource, action, allowed, event, scene }) => {
  it.each(roles)('by the role %s', async (role) => {
    const person = people[role];
    const { id, body, after } = await scene(service, person);
    const before = await everything(service);
    const answer = await person.act(resource, id, action, body);
    if ((allowed as readonly Role[]).includes(role)) {
      expect(answer.notice).toMatchObject({ type: 'success' });
      expect(answer.status).toBe(200);
      expect(answer.notice!.message).toMatch(/^\S.*\.$/s);
      expect(answer.record!.params).toMatchObject({ id, ...after });
      expect(await everything(service)).not.toBe(before);
      if (event) await expectOnTheTrail(service, person, answer.requestId, { type: event, resource, id });
    } else {
      expectRefusal(answer);
      expect(answer.notice!.message).toBe(toForbiddenMessage(role));
      expect(await everything(service)).toBe(before);
    }
  });

  it('changes nothing by GET, and is not offered to those who may not', async () => {
    const { id, body } = await scene(service, people.admin);
    const before = await everything(service);
    const query = new URLSearchParams(Object.entries(body).map(([name, value]) => [name, String(value)]));
    const path = `${recordPath(resource, id, action)}?${query}`;
    for (const role of roles) {
      const answer = answerOf(await people[role].browser.get(path));
      expect([200, 403]).toContain(answer.status);
      expect(answer.notice?.type).not.toBe('success');
      const offered = answer.record?.recordActions?.map(({ name }) => name) ?? [];
      expect(offered.includes(action)).toBe((allowed as readonly Role[]).includes(role));
    }
    expect(await everything(service)).toBe(before);
  });

  it('refuses whatever its fields cannot be, and changes nothing then', async () => {
    const { id, body } = await scene(service, people.admin);
    const before = await everything(service);
    for (const bad of badVersionsOf(body)) {
      const answer = await people.admin.act(resource, id, action, bad);
      expect([JSON.stringify(bad).slice(0, 200), answer.status]).toEqual([JSON.stringify(bad).slice(0, 200), 200]);
      expectRefusal(answer);
    }
    expect(await everything(service)).toBe(before);
  });

  it('knows no such record by an odd id', async () => {
    const before = await everything(service);
    const { body } = await scene(service, people.admin);
    const now = await everything(service);
    expect(now).not.toBe(before);
    for (const id of ['nothing', '%00', 'x'.repeat(5_000), '__proto__', "'; DROP TABLE lease; --", '%F0%9F%98%80']) {
      const answer = await people.admin.act(resource, id, action, body);
      expect([id.slice(0, 30), answer.status]).toEqual([id.slice(0, 30), 200]);
      expect(answer.notice).toMatchObject({
        type: 'error',
        message: expect.stringMatching(/^This record was not found\. It may have been deleted/),
      });
      expect(answer.text).not.toMatch(/nothing|\\u0000|DROP TABLE|x{20}|Record with given id/);
    }
    expect(await everything(service)).toBe(now);
  });
});

describe.each(makings)('$resource new', ({ resource, allowed, event, body }) => {
  it.each(roles)('by the role %s', async (role) => {
    const sent = await body(service);
    const before = await everything(service);
    const answer = await people[role].create(resource, sent);
    if (allowed.includes(role)) {
      expect(answer.notice).toMatchObject({ type: 'success' });
      expect(answer.record!.id).toMatch(/^[a-z]+_/);
      expect(answer.record!.params.id).toBe(answer.record!.id);
      const shown = await people.admin.get(`/resources/${resource}/records/${answer.record!.id}/show`);
      expect(shown.record!.id).toBe(answer.record!.id);
      const made = { type: event, resource, id: answer.record!.id };
      await expectOnTheTrail(service, people[role], answer.requestId, made);
    } else {
      expectRefusal(answer);
      expect(await everything(service)).toBe(before);
    }
  });

  it('makes nothing by GET, and nothing of what its fields cannot be', async () => {
    const sent = await body(service);
    const before = await everything(service);
    const read = answerOf(await people.admin.browser.get(`/admin/api/resources/${resource}/actions/new`));
    expect(read.notice).toMatchObject({ type: 'error' });
    for (const bad of badVersionsOf(sent)) {
      const answer = await people.admin.create(resource, bad);
      expect([JSON.stringify(bad).slice(0, 200), answer.status]).toEqual([JSON.stringify(bad).slice(0, 200), 200]);
      expectRefusal(answer);
    }
    expect(await everything(service)).toBe(before);
  });
});

describe('The trail', () => {
  it('tells of the last assignment that it closed the request', async () => {
    const { request, account } = await aRequestThatFits(service, { count: 1 });
    const body = { socialAccountId: account.id };
    const { requestId } = await people.operator.act('lease-requests', request.id, 'assign', body);
    for (const type of ['leased_account.assigned', 'lease_request.assigned'] as const) {
      const change = { type, resource: 'lease-requests', id: request.id };
      await expectOnTheTrail(service, people.operator, requestId, change);
    }
  });

  it('tells who signed in and out, by which call', async () => {
    const person = await signedIn(service, 'viewer');
    const signingIn = await signIn(person.browser, person);
    const signingOut = await person.browser.post('/admin/logout');
    for (const [answer, type] of [
      [signingIn, 'staff.signed_in'],
      [signingOut, 'staff.signed_out'],
    ] as const) {
      expect(await eventsOf(service, answer.headers['x-request-id']!)).toMatchObject([
        { type, actorKind: 'staff', actorId: person.staffId },
      ]);
    }
  });
});

describe('What the panel has no action for', () => {
  it.each(['lease-requests', 'request-notes', 'leases', 'wallets', 'ledger-transfers', 'audit-events', 'api-keys'])(
    'cannot be done to %s',
    async (resource) => {
      const { leaseId, request, partner } = await assigned(service, 2);
      const ids: Record<string, string> = {
        'lease-requests': request.id,
        leases: leaseId,
        wallets: partner.organizationId,
      };
      ids['api-keys'] = partner.apiKeyId;
      const [{ transfer }] = await service.dataSource.query('SELECT id AS transfer FROM ledger_transfer LIMIT 1');
      const [{ event }] = await service.dataSource.query('SELECT id AS event FROM audit_event LIMIT 1');
      Object.assign(ids, {
        'ledger-transfers': transfer,
        'audit-events': event,
        'request-notes': (await noted(service)).noteId,
      });
      const id = ids[resource]!;
      const before = await everything(service);
      for (const action of ['edit', 'delete']) {
        expectRefusal(
          await people.admin.act(resource, id, action, { id: 'changed', status: 'assigned', body: 'changed' }),
        );
      }
      if (resource !== 'api-keys') expectRefusal(await people.admin.create(resource, { id: 'made', body: 'made' }));
      const bulk = await people.admin.browser.post(`/admin/api/resources/${resource}/bulk/bulkDelete?recordIds=${id}`);
      expect(bulk.status).toBe(404);
      expect((await people.admin.act(resource, id, 'bulkDelete', {})).status).toBe(404);
      expect(await everything(service)).toBe(before);
    },
  );

  it('leaves an account alone that is leased', async () => {
    const { account } = await assigned(service, 2);
    const before = await everything(service);
    for (const [action, body] of [
      ['delete', {}],
      ['edit', { status: 'retired' }],
      ['quarantine', { reason: 'Now' }],
    ] as const) {
      const answer = await people.admin.act('social-accounts', account.id, action, body);
      expectRefusal(answer);
      expect(answer.notice!.message).toContain('leased to a partner');
    }
    expect(await everything(service)).toBe(before);
  });
});

describe('A refusal', () => {
  it('comes with the record as it is now', async () => {
    const { request, accounts } = await aRequestThatFits(service, { count: 3 });
    const assign = (body: object) => people.operator.act('lease-requests', request.id, 'assign', body);
    await assign({ socialAccountId: accounts[0]!.id, version: 1 });
    const stale = await assign({ socialAccountId: accounts[1]!.id, version: 1 });
    expect(stale.notice!.message).toMatch(/Someone changed this request after you opened it/);
    expect(stale.record!.params).toMatchObject({ assignedCount: 1, version: 2, status: 'requested' });
    const dearer = await assign({ socialAccountId: accounts[1]!.id, expectedPriceCents: 14_000 });
    expect(dearer.notice!.message).toMatch(/\$150\.00.*\$140\.00/);
  });

  it('by a wallet that is too short names both figures', async () => {
    const { request, account } = await aRequestThatFits(service, { walletCents: 14_999 });
    const before = await everything(service);
    const answer = await people.operator.act('lease-requests', request.id, 'assign', { socialAccountId: account.id });
    expect(answer.notice).toMatchObject({
      type: 'error',
      message: expect.stringMatching(/^The wallet holds \$149\.99; \$150\.00 is needed\. Have the wallet topped up/),
    });
    expect(await everything(service)).toBe(before);
  });

  it('is no refusal when the same assignment stands already', async () => {
    const { request, account } = await assigned(service, 2);
    const before = await everything(service);
    const again = await people.operator.act('lease-requests', request.id, 'assign', {
      socialAccountId: account.id,
      version: 1,
    });
    expect(again.notice).toMatchObject({ type: 'success' });
    expect(again.notice!.message).toContain('already assigned to this request; nothing was charged');
    expect(await everything(service)).toBe(before);
  });
});

describe('A new key', () => {
  it('is shown in that one answer alone', async () => {
    const { organizationId } = await aPartner(service);
    const made = await people.admin.create('api-keys', { organizationId });
    const apiKey = made.body.apiKey as string;
    expect(apiKey).toMatch(/^lp_live_[0-9A-Z]{16}_.{43}$/);
    const secret = apiKey.split('_').slice(3).join('_');
    for (const path of [`records/${made.record!.id}/show`, 'actions/list']) {
      expect((await people.admin.get(`/resources/api-keys/${path}`)).text).not.toContain(secret);
    }
    const trail = await service.dataSource.query('SELECT data::text, internal::text FROM audit_event');
    expect(JSON.stringify(trail)).not.toContain(secret);
  });

  it('or a rotated one’s secret is shown in that one answer alone, beside the prefix of the one before', async () => {
    const { apiKeyId, apiKey: before } = await aPartner(service);
    const rotated = await people.admin.act('api-keys', apiKeyId, 'rotate', { graceSeconds: 60 });
    expect(rotated.notice!.message).toBe('The key Test key is rotated. It is shown only now.');
    const { apiKey } = rotated.body as { apiKey: string };
    const { text, record } = await people.admin.get(`/resources/api-keys/records/${apiKeyId}/show`);
    expect(record!.params).toMatchObject({ prefix: apiKey.split('_')[2], previousPrefix: before.split('_')[2] });
    expect(text).not.toContain(apiKey.slice(-43));
    const list = await people.admin.get('/resources/api-keys/actions/list');
    expect(list.text).not.toContain(apiKey.slice(-43));
    const trail = await service.dataSource.query('SELECT data::text, internal::text FROM audit_event');
    expect(JSON.stringify(trail)).not.toContain(apiKey.slice(-43));
    const refused = await people.admin.act('api-keys', apiKeyId, 'rotate', { graceSeconds: 'x' });
    expect(refused.notice!.message).toContain('how long the old key works');
    await people.admin.act('api-keys', apiKeyId, 'kill');
    expect((await people.admin.act('api-keys', apiKeyId, 'rotate')).notice!.message).toContain(
      'it is rotated once it is resumed',
    );
  });

  it('comes with a partner that is made whole', async () => {
    const made = await people.admin.create('organizations', {
      name: 'Whole partner',
      projects: ['One', 'Two'],
      walletCents: 30_000,
      tier: 'pilot',
    });
    expect(made.notice).toMatchObject({ type: 'success' });
    expect(made.body.apiKey).toMatch(/^lp_live_/);
    expect(made.body.projects).toHaveLength(2);
    const wallet = await people.finance.get(`/resources/wallets/records/${made.record!.id}/show`);
    expect(wallet.record!.params).toMatchObject({ id: made.record!.id, balanceCents: 30_000 });
  });
});
