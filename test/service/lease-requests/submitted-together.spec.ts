import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newId } from '../../../src/core/ids.js';
import type { SubmitLeaseRequest } from '../../../src/lease-requests/dto/submit-lease-request.js';
import { LeaseRequestsService } from '../../../src/lease-requests/lease-requests.service.js';
import { fingerprint } from '../../../src/partner-api/fingerprint.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { outcomes, untilSomebodyWaits } from '../../support/ledger.js';
import { aPartner, atOnce, callerOf, type TestPartner } from '../../support/makers.js';

describe('Requests that are submitted in the same moment', () => {
  let service: TestApp;
  let other: pg.Client;
  beforeAll(async () => {
    service = await startTestApp();
    other = new pg.Client({ connectionString: service.settings.databaseUrl });
    await other.connect();
  });
  afterAll(async () => {
    await other.end();
    await service.close();
  });

  interface Wishes {
    requestId?: string;
    key?: string;
    count?: number;
  }

  function submit(partner: TestPartner, { requestId, key, count = 1 }: Wishes = {}, to = service) {
    const { projectId } = partner;
    const body = { projectId, count, niche: { vertical: 'coffee' }, requestId };
    const call = { path: { projectId }, body, idempotencyKey: key ?? null };
    const fingerprints = { fingerprint: fingerprint('submit', body), bodyFingerprint: fingerprint(body) };
    return to.app
      .get(LeaseRequestsService, { strict: false })
      .submit(callerOf(partner), { ...call, ...fingerprints } as unknown as SubmitLeaseRequest);
  }

  interface WrittenRow {
    requestId: string;
    transaction: string;
    organizationId: string;
    events: number;
  }

  const written = (partners: TestPartner[]): Promise<WrittenRow[]> =>
    service.dataSource.query(
      `SELECT request_id AS "requestId", xmin::text AS transaction, organization_id AS "organizationId",
              (SELECT count(*) FROM audit_event
                WHERE lease_request_id = request.id AND type = 'lease_request.submitted' AND audit_event.xmin = request.xmin
                  AND api_key_id = request.api_key_id AND data = jsonb_build_object('requestId', request.request_id, 'count', request.count, 'vertical', 'coffee')) AS events
         FROM lease_request request WHERE organization_id = ANY ($1) ORDER BY submitted_at, id`,
      [partners.map(({ organizationId }) => organizationId)],
    );

  it('are one transaction, and each has its own row, event and answer', async () => {
    const partners = await atOnce(8, () => aPartner(service));
    const replies = await Promise.all(
      partners.map((partner, n) => submit(partner, { key: 'same', requestId: 'same', count: n + 1 })),
    );
    const rows = await written(partners);
    expect(rows).toHaveLength(8);
    expect(new Set(rows.map(({ transaction }) => transaction)).size).toBe(1);
    for (const [n, { organizationId }] of partners.entries()) {
      const own = rows.find((row) => row.organizationId === organizationId)!;
      expect(own.events).toBe(1);
      expect(JSON.parse(replies[n]!.body)).toMatchObject({ requestId: own.requestId, status: 'requested' });
      const stored = await service.dataSource.query(
        'SELECT key, body, xmin::text AS transaction FROM idempotency_record WHERE organization_id = $1',
        [organizationId],
      );
      expect(stored).toEqual([{ key: 'same', body: replies[n]!.body, transaction: own.transaction }]);
    }
  });

  it('are more than one statement takes', async () => {
    const partner = await aPartner(service);
    const replies = await atOnce(40, () => submit(partner));
    const rows = await written([partner]);
    expect(rows.map(({ requestId }) => requestId).sort()).toEqual(
      replies.map(({ body }) => (JSON.parse(body) as { requestId: string }).requestId).sort(),
    );
    expect(new Set(rows.map(({ transaction }) => transaction)).size).toBe(5);
  });

  it('fail alone: for a wallet that does not cover one, and a project of somebody else', async () => {
    const [poor, rich, stranger] = [
      await aPartner(service, { walletCents: 14_999 }),
      await aPartner(service),
      await aPartner(service),
    ];
    const { done, refused } = await outcomes([
      submit(poor),
      submit({ ...stranger, projectId: rich.projectId }),
      submit(rich),
    ]);
    expect(done).toHaveLength(1);
    expect(refused).toEqual(['BILLING_EXHAUSTED', 'NOT_FOUND']);
    expect((await written([poor, rich, stranger])).map(({ organizationId }) => organizationId)).toEqual([
      rich.organizationId,
    ]);
  });

  it('are accepted although the requestId of one is taken by another process meanwhile', async () => {
    const partners = await atOnce(3, () => aPartner(service));
    const [taken, ...others] = partners as [TestPartner, TestPartner, TestPartner];
    await other.query('BEGIN');
    const id = newId('lreq');
    await other.query(
      `INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, status, submitted_at,
                                  updated_at, due_at, vertical_key)
       VALUES ($1, 'mine', $2, $3, $4, sha256('another'), 1, 'coffee', 'requested', now(), now(), now(), 'coffee')`,
      [id, taken.organizationId, taken.projectId, taken.apiKeyId],
    );
    const submitted = outcomes([
      submit(others[0]!),
      submit(taken, { requestId: 'mine' }),
      submit(others[1]!, { key: 'own' }),
    ]);
    await untilSomebodyWaits(service);
    await other.query('COMMIT');
    const { done, refused } = await submitted;
    expect(done).toHaveLength(2);
    expect(refused).toEqual(['request_id_reused']);
    const rows = await written(others);
    expect(rows.map(({ events }) => events)).toEqual([1, 1]);
    expect(new Set(rows.map(({ transaction }) => transaction)).size).toBe(2);
    expect((await written([taken])).map(({ requestId }) => requestId)).toEqual(['mine']);
  });

  it('do not wait for the one whose Idempotency-Key another transaction holds', async () => {
    const partners = await atOnce(3, () => aPartner(service));
    const [held, ...others] = partners as [TestPartner, TestPartner, TestPartner];
    await other.query('BEGIN');
    await other.query(
      "INSERT INTO idempotency_record (organization_id, key, fingerprint) VALUES ($1, 'held', sha256('another'))",
      [held.organizationId],
    );
    const waiting = submit(held, { key: 'held' });
    const accepted = await Promise.all(others.map((partner, n) => submit(partner, { key: `own ${n}` })));
    expect(accepted.map(({ replayed }) => replayed)).toEqual([false, false]);
    expect(await written(others)).toHaveLength(2);
    expect(await written([held])).toEqual([]);
    await other.query('ROLLBACK');
    expect((await waiting).replayed).toBe(false);
    expect((await written([held])).map(({ events }) => events)).toEqual([1]);
  });

  it('are decided each by itself in one statement: a new one, a replay, a key of another call, an uncovered wallet', async () => {
    const [fresh, again, reused] = await atOnce(3, () => aPartner(service));
    const poor = await aPartner(service, { walletCents: 14_999 });
    const first = await submit(again!, { key: 'same' });
    await submit(reused!, { key: 'same', count: 2 });
    const { done, refused } = await outcomes([
      submit(fresh!, { key: 'same' }),
      submit(again!, { key: 'same' }),
      submit(reused!, { key: 'same' }),
      submit(poor, { key: 'same' }),
    ]);
    expect(done.map(({ replayed }) => replayed)).toEqual([false, true]);
    expect(done[1]!.body).toBe(first.body);
    expect(refused).toEqual(['idempotency_key_reused', 'BILLING_EXHAUSTED']);
    expect(await written([fresh!, again!, reused!, poor])).toHaveLength(3);
  });

  it('are one request each where two processes get all of them in opposite orders', async () => {
    const twin = await startTestApp({}, service.settings.databaseUrl!);
    const partners = await atOnce(8, () => aPartner(service));
    for (const key of ['a', 'b', 'c', 'd']) {
      const submitAll = (to: TestApp, order: TestPartner[]) =>
        Promise.all(order.map((partner) => submit(partner, { key, requestId: key }, to)));
      const [here, there] = await Promise.all([submitAll(service, partners), submitAll(twin, partners.toReversed())]);
      expect(there.reverse().map(({ body }) => body)).toEqual(here.map(({ body }) => body));
      const rows = await written(partners);
      expect(rows.filter(({ requestId, events }) => requestId === key && events === 1)).toHaveLength(8);
    }
    await twin.close();
  });

  it('are one request where they have one Idempotency-Key or one requestId', async () => {
    const partner = await aPartner(service);
    const byKey = await atOnce(12, () => submit(partner, { key: 'once' }));
    const byRequestId = await atOnce(12, () => submit(partner, { requestId: 'once' }));
    expect(new Set(byKey.map(({ body }) => body)).size).toBe(1);
    expect(byKey.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(byRequestId.map(({ body }) => body)).size).toBe(1);
    expect(byRequestId.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await written([partner])).toHaveLength(2);
  });
});
