import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { LeaseLifecycle } from '../../../src/leases/lease-lifecycle.js';
import { Pruner } from '../../../src/core/pruner.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, type Reply } from '../../support/calls.js';
import { aKey, anAccount, aPartner, aRequest, atOnce, topUp, type TestPartner } from '../../support/makers.js';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const bodyOf = (partner: TestPartner, more: object = {}) => ({
  projectId: partner.projectId,
  count: 5,
  niche: { vertical: 'coffee' },
  ...more,
});
const pathOf = (partner: TestPartner, projectId = partner.projectId) =>
  `/v1/projects/${projectId}/leased-accounts/request`;
const submit = (partner: TestPartner, key: string | null, more: object = {}): Promise<Reply> =>
  call(service, 'POST', pathOf(partner), {
    key: partner.apiKey,
    body: bodyOf(partner, more),
    headers: key === null ? {} : { 'idempotency-key': key },
  });
const requestsOf = async (partner: TestPartner): Promise<number> => {
  const [{ n }] = await service.dataSource.query('SELECT count(*) AS n FROM lease_request WHERE organization_id = $1', [
    partner.organizationId,
  ]);
  return n;
};

function expectReplay(reply: Reply, first: Reply): void {
  expect([reply.status, reply.text]).toEqual([first.status, first.text]);
  expect(reply.headers['content-type']).toBe(first.headers['content-type']);
  expect(reply.headers['idempotent-replayed']).toBe('true');
  expect(reply.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
}

function expectConflict(reply: Reply, reason: string): void {
  expect(reply.status).toBe(409);
  expect(reply.body.error).toMatchObject({ code: 'CONFLICT', details: { reason } });
}

describe('Idempotency-Key', () => {
  it('replays the first answer byte for byte, and does the work once', async () => {
    const partner = await aPartner(service);
    const key = randomUUID();
    const first = await submit(partner, key);
    expect(first.status).toBe(202);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expectReplay(await submit(partner, key), first);
    expectReplay(await submit(partner, key.toUpperCase()), first);
    expect(await requestsOf(partner)).toBe(1);
    const events = await service.dataSource.query(
      `SELECT type FROM audit_event WHERE organization_id = $1 AND type = 'lease_request.submitted'`,
      [partner.organizationId],
    );
    expect(events).toHaveLength(1);
  });

  it('takes a ULID, and makes two requests without a key or with two', async () => {
    const partner = await aPartner(service);
    const key = ulid();
    const first = await submit(partner, key);
    expectReplay(await submit(partner, key.toLowerCase()), first);
    await submit(partner, ulid());
    await submit(partner, null);
    await submit(partner, null);
    expect(await requestsOf(partner)).toBe(4);
  });

  it('sees the same body in another order and spacing', async () => {
    const partner = await aPartner(service);
    const headers = { 'idempotency-key': randomUUID() };
    const raws = [
      `{"projectId":"${partner.projectId}","count":5,"niche":{"vertical":"coffee","geo":["US","CA"],"language":"en"}}`,
      `{ "niche": {"language":"en", "geo":["US","CA"], "vertical":"c\\u006fffee"},\n"count":5.0, "projectId":"${partner.projectId}"}`,
    ];
    const [first, second] = await Promise.all(
      raws.map((raw) => call(service, 'POST', pathOf(partner), { key: partner.apiKey, raw, headers })),
    );
    expect(first!.text).toBe(second!.text);
    const reordered = raws[0]!.replace('["US","CA"]', '["CA","US"]');
    expectConflict(
      await call(service, 'POST', pathOf(partner), { key: partner.apiKey, raw: reordered, headers }),
      'idempotency_key_reused',
    );
  });

  it('refuses the key for another body, path or method, and changes nothing', async () => {
    const partner = await aPartner(service, { projects: 2 });
    const key = randomUUID();
    const first = await submit(partner, key);
    expectConflict(await submit(partner, key, { count: 6 }), 'idempotency_key_reused');
    expectConflict(await submit(partner, key, { note: '' }), 'idempotency_key_reused');
    const otherPath = await call(service, 'POST', pathOf(partner, partner.projectIds[1]), {
      key: partner.apiKey,
      body: bodyOf(partner, { projectId: partner.projectIds[1] }),
      headers: { 'idempotency-key': key },
    });
    expectConflict(otherPath, 'idempotency_key_reused');
    const account = await anAccount(service);
    const otherMethod = await call(service, 'DELETE', `/v1/leased-accounts/${account.id}`, {
      key: partner.apiKey,
      headers: { 'idempotency-key': key },
    });
    expectConflict(otherMethod, 'idempotency_key_reused');
    expectReplay(await submit(partner, key), first);
    expect(await requestsOf(partner)).toBe(1);
  });

  it('belongs to the organization: another key of it replays, another organization starts afresh', async () => {
    const partner = await aPartner(service);
    const stranger = await aPartner(service);
    const key = randomUUID();
    const first = await submit(partner, key);
    const rotated = await aKey(service, partner.organizationId);
    expectReplay(await submit({ ...partner, ...rotated }, key), first);
    const others = await submit(stranger, key);
    expect(others.status).toBe(202);
    expect(others.headers['idempotent-replayed']).toBeUndefined();
  });

  it('keeps no error: after a top-up the same key is judged afresh', async () => {
    const partner = await aPartner(service, { walletCents: 14_999 });
    const key = randomUUID();
    const refused = await submit(partner, key);
    expect(refused.status).toBe(402);
    expect(refused.body.error).toMatchObject({
      code: 'BILLING_EXHAUSTED',
      details: { balanceCents: 14_999, requiredCents: 15_000 },
    });
    expect((await submit(partner, key, { count: 6 })).status).toBe(402);
    await topUp(service, partner.organizationId, 1);
    const accepted = await submit(partner, key);
    expect(accepted.status).toBe(202);
    expectReplay(await submit(partner, key), accepted);
  });

  it('answers fifty callers at once alike, with one request', async () => {
    const partner = await aPartner(service, { tier: 'partner' });
    const key = randomUUID();
    const replies = await atOnce(50, () => submit(partner, key));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]!.status).toBe(202);
    expect(replies.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(await requestsOf(partner)).toBe(1);
  });

  it('lets one of fifty different calls with one key through', async () => {
    const partner = await aPartner(service, { tier: 'partner' });
    const key = randomUUID();
    const replies = await atOnce(50, (n) => submit(partner, key, { count: 1 + n }));
    expect(replies.map(({ status }) => status).sort()).toEqual([202, ...Array(49).fill(409)]);
    expect(await requestsOf(partner)).toBe(1);
  });

  it('is forgotten after 24 hours, and purged', async () => {
    const partner = await aPartner(service);
    const key = randomUUID();
    const age = (by: string) =>
      service.dataSource.query(
        'UPDATE idempotency_record SET created_at = created_at - $2::interval WHERE organization_id = $1',
        [partner.organizationId, by],
      );
    const first = await submit(partner, key);
    await age('23 hours 59 minutes');
    expectReplay(await submit(partner, key), first);
    await age('1 minute');
    const second = await submit(partner, key, { count: 6 });
    expect(second.status).toBe(202);
    expect(second.body.requestId).not.toBe(first.body.requestId);
    expectReplay(await submit(partner, key, { count: 6 }), second);

    await atOnce(3, () => submit(partner, randomUUID()));
    await age('24 hours');
    const fresh = randomUUID();
    await submit(partner, fresh);
    await service.app.get(Pruner).prune();
    const left = await service.dataSource.query('SELECT key FROM idempotency_record WHERE organization_id = $1', [
      partner.organizationId,
    ]);
    expect(left).toEqual([{ key: fresh }]);
  });

  it('purges what is older than 24 hours, however much that is, and nothing younger', async () => {
    const { organizationId } = await aPartner(service);
    await service.dataSource.query(
      `INSERT INTO idempotency_record (organization_id, key, fingerprint, created_at)
       SELECT $1, 'old ' || n, sha256('x'), now() - interval '24 hours' FROM generate_series(1, 1200) AS n
       UNION ALL VALUES ($1, 'young', sha256('x'), now() - interval '23 hours 59 minutes'), ($1, 'new', sha256('x'), now())`,
      [organizationId],
    );
    await service.app.get(Pruner).prune();
    const left = await service.dataSource.query(
      'SELECT key FROM idempotency_record WHERE organization_id = $1 ORDER BY key',
      [organizationId],
    );
    expect(left).toEqual([{ key: 'new' }, { key: 'young' }]);
  });

  it('is looked at after the project: another’s is a 404 even with a used key', async () => {
    const partner = await aPartner(service);
    const stranger = await aPartner(service);
    const key = randomUUID();
    await submit(partner, key);
    const foreign = await call(service, 'POST', pathOf(stranger), {
      key: partner.apiKey,
      body: bodyOf(stranger),
      headers: { 'idempotency-key': key },
    });
    expect(foreign.status).toBe(404);
  });

  it('replays a release although the account is released already; no body equals an empty one', async () => {
    const partner = await aPartner(service);
    const account = await aLeasedAccount(partner);
    const path = `/v1/leased-accounts/${account}`;
    const headers = { 'idempotency-key': randomUUID() };
    const first = await call(service, 'DELETE', path, { key: partner.apiKey, headers });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      socialAccountId: account,
      status: 'disconnected',
      disconnectedReason: 'released_by_partner',
      disconnectedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    });
    expectReplay(await call(service, 'DELETE', path, { key: partner.apiKey, headers, body: {} }), first);
    expectConflict(
      await call(service, 'DELETE', path, { key: partner.apiKey, headers, body: { reason: 'x' } }),
      'idempotency_key_reused',
    );
    expect((await call(service, 'DELETE', path, { key: partner.apiKey })).status).toBe(404);
  });

  it('releases once when twenty callers release at once', async () => {
    const partner = await aPartner(service);
    const account = await aLeasedAccount(partner);
    const path = `/v1/leased-accounts/${account}`;
    const replies = await atOnce(20, () => call(service, 'DELETE', path, { key: partner.apiKey }));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(404)]);
  });
});

describe('a partner’s own requestId', () => {
  it('is the id that the API shows, and protects for ever with whatever key or none', async () => {
    const partner = await aPartner(service);
    const first = await submit(partner, null, { requestId: 'spring-17' });
    expect(first.body).toEqual({ requestId: 'spring-17', status: 'requested', submittedAt: expect.any(String) });
    expectReplay(await submit(partner, null, { requestId: 'spring-17' }), first);
    const key = randomUUID();
    expectReplay(await submit(partner, key, { requestId: 'spring-17' }), first);
    expectReplay(await submit(partner, key, { requestId: 'spring-17' }), first);
    expectConflict(await submit(partner, key, { requestId: 'spring-18' }), 'idempotency_key_reused');
    expect(await requestsOf(partner)).toBe(1);

    const [{ id }] = await service.dataSource.query('SELECT id FROM lease_request WHERE organization_id = $1', [
      partner.organizationId,
    ]);
    const read = (requestId: string) =>
      call(service, 'GET', `/v1/leased-accounts/requests/${requestId}`, { key: partner.apiKey });
    expect((await read('spring-17')).body.requestId).toBe('spring-17');
    expect((await read(id)).status).toBe(404);
  });

  it('is refused for another body or project', async () => {
    const partner = await aPartner(service, { projects: 2 });
    await submit(partner, null, { requestId: 'a' });
    expectConflict(await submit(partner, null, { requestId: 'a', count: 6 }), 'request_id_reused');
    expectConflict(await submit(partner, randomUUID(), { requestId: 'a', note: 'x' }), 'request_id_reused');
    const otherProject = partner.projectIds[1]!;
    expectConflict(
      await call(service, 'POST', pathOf(partner, otherProject), {
        key: partner.apiKey,
        body: bodyOf(partner, { projectId: otherProject, requestId: 'a' }),
      }),
      'request_id_reused',
    );
    expect(await requestsOf(partner)).toBe(1);
  });

  it('replays although the wallet is empty by now, or the request closed', async () => {
    const partner = await aPartner(service, { walletCents: 15_000 });
    const first = await submit(partner, null, { requestId: 'a' });
    await service.dataSource.query(`UPDATE ledger_account SET balance_cents = 0 WHERE id = 'wallet:' || $1`, [
      partner.organizationId,
    ]);
    await service.dataSource.query(
      `UPDATE lease_request SET status = 'rejected', closed_at = now(), closed_by = 'staff', outcome_reason = 'policy'
        WHERE organization_id = $1`,
      [partner.organizationId],
    );
    expectReplay(await submit(partner, null, { requestId: 'a' }), first);
    expect((await submit(partner, null, { requestId: 'b' })).status).toBe(402);
    expect((await submit(partner, null)).status).toBe(402);
  });

  it('belongs to the organization', async () => {
    const [one, two] = [await aPartner(service), await aPartner(service)];
    expect((await submit(one, null, { requestId: 'same' })).status).toBe(202);
    const others = await submit(two, null, { requestId: 'same' });
    expect([others.status, others.headers['idempotent-replayed']]).toEqual([202, undefined]);
  });

  it('makes one request of thirty at once, with thirty keys or none', async () => {
    const partner = await aPartner(service, { tier: 'partner' });
    const replies = await atOnce(30, (n) => submit(partner, n % 2 ? randomUUID() : null, { requestId: 'once' }));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]!.status).toBe(202);
    expect(replies.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(await requestsOf(partner)).toBe(1);
  });
});

/** @returns the account's id */
async function aLeasedAccount(partner: TestPartner): Promise<string> {
  const request = await aRequest(service, partner);
  const account = await anAccount(service, { status: 'assigned' });
  await service.app.get(LeaseLifecycle, { strict: false }).open(service.dataSource.manager, {
    leaseRequestId: request.id,
    organizationId: partner.organizationId,
    projectId: partner.projectId,
    socialAccountId: account.id,
    priceCents: 15_000,
    assignedAt: new Date(),
    assignedBy: 'test',
  });
  return account.id;
}
