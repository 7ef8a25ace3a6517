import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { Transactions } from '../../../src/core/transactions.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { stockedSql } from '../../../src/queue/unblock-candidates.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import {
  aPartner,
  anAccount,
  aRequest,
  aStaffMember,
  atOnce,
  type TestPartner,
  type TestRequest,
} from '../../support/makers.js';
import { countHandledRows, readPlans } from '../../support/sql/plans.js';
import { until } from '../../support/until.js';

const LOOK = 'WITH freed AS';

describe('Requests without inventory, when accounts are released', () => {
  let service: TestApp;
  let operator: StaffCaller;
  let partner: TestPartner;
  let vertical: string;
  let made = 0;
  beforeAll(async () => {
    service = await startTestApp();
    operator = await aStaffMember(service, 'operator');
  });
  afterAll(() => service.close());
  beforeEach(async () => {
    partner = await aPartner(service, { walletCents: 1_000_000, tier: 'partner' });
    vertical = `vertical ${(made += 1)}`;
  });

  const idle = (one = service) => one.app.get(Transactions, { strict: false }).idle();

  /** Accounts that the partner leases, so that no other request has them. */
  async function leased(count: number, wanted = vertical): Promise<string[]> {
    const request = await aRequest(service, partner, { vertical: wanted, count: count + 1 });
    const fulfilment = service.app.get(FulfillmentService, { strict: false });
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const { id } = await anAccount(service, { verticals: [wanted] });
      await fulfilment.assign(operator, { leaseRequestId: request.id, socialAccountId: id });
      ids.push(id);
    }
    await idle();
    return ids;
  }

  const block = ({ id }: TestRequest) =>
    service.app
      .get(ReviewService, { strict: false })
      .note(operator, { leaseRequestId: id, body: 'None left.', visibility: 'partner', blocker: 'no_inventory' });

  async function blocked(count: number, wishes: { vertical?: string; language?: string } = {}): Promise<TestRequest[]> {
    const requests: TestRequest[] = [];
    for (let n = 0; n < count; n += 1) {
      const request = await aRequest(service, partner, { vertical, ...wishes });
      await block(request);
      requests.push(request);
    }
    await idle();
    return requests;
  }

  async function release(socialAccountId: string, through = service): Promise<void> {
    const answer = await call(through, 'DELETE', `/v1/leased-accounts/${socialAccountId}`, { key: partner.apiKey });
    expect(answer.status).toBe(200);
  }

  /** What each request has of: blocker, note that the partner may read, times it was unblocked, events for the partner, version. */
  async function statesOf(requests: TestRequest[]) {
    const ids = requests.map(({ id }) => id);
    return service.dataSource.query(
      `SELECT request.blocker, request.woke_because AS woke, request.version,
              (SELECT count(*)::int FROM request_note note WHERE note.lease_request_id = request.id AND note.retired_at IS NULL) AS notes,
              (SELECT count(*)::int FROM audit_event audit
                WHERE audit.lease_request_id = request.id AND audit.type = 'lease_request.woke'
                  AND audit.organization_id = request.organization_id AND audit.project_id = request.project_id
                  AND audit.internal -> 'before' ->> 'blocker' = 'no_inventory'
                  AND (audit.internal ->> 'version')::int = request.version) AS audited,
              (SELECT array_agg(event.type || ' ' || (event.body::jsonb -> 'data' ->> 'version') ORDER BY event.recorded_order)
                 FROM event WHERE event.body::jsonb -> 'data' ->> 'requestId' = request.request_id) AS events
         FROM lease_request request WHERE request.id = ANY ($1)`,
      [ids],
    );
  }
  const untouched = {
    blocker: 'no_inventory',
    woke: null,
    version: 2,
    notes: 1,
    audited: 0,
    events: ['lease_request.updated 2'],
  };
  const wokenOnce = {
    blocker: null,
    woke: 'account_available',
    version: 3,
    notes: 0,
    audited: 1,
    events: ['lease_request.updated 2', 'lease_request.updated 3'],
  };
  const each = (count: number, state: object) => Array.from({ length: count }, () => state);

  /** Until it is ended, whoever looks for requests waits; calls do not. */
  async function holdLooks(): Promise<{ untilWaiting: () => Promise<void>; end: () => Promise<void> }> {
    const holding = service.dataSource.createQueryRunner();
    await holding.startTransaction();
    await holding.query('LOCK TABLE vertical_synonym IN ACCESS EXCLUSIVE MODE');
    const [{ pid }] = await holding.query('SELECT pg_backend_pid() AS pid');
    return {
      untilWaiting: () =>
        until('a look waits', async () => {
          const text = 'SELECT FROM pg_stat_activity WHERE $1::int = ANY (pg_blocking_pids(pid))';
          return (await service.dataSource.query(text, [pid])).length > 0;
        }),
      end: async () => {
        await holding.commitTransaction();
        await holding.release();
      },
    };
  }

  /** Looks for requests that were sent during `work`, outside transactions: once for each round. */
  async function countLooks(work: () => Promise<void>): Promise<number> {
    const spy = jest.spyOn(pg.Client.prototype, 'query');
    try {
      await work();
      const texts = spy.mock.calls.map(([first]) =>
        String(typeof first === 'string' ? first : (first as { text: string }).text),
      );
      return texts.filter((text) => text.startsWith(LOOK) && !text.includes('request.id = ')).length;
    } finally {
      spy.mockRestore();
    }
  }

  it('are each unblocked once by many releases at one moment, which take two looks', async () => {
    const accounts = await leased(8);
    const fitting = await blocked(60);
    const [other] = await blocked(1, { language: 'fr' });
    const looks = await countLooks(async () => {
      const held = await holdLooks();
      await release(accounts[0]!);
      await held.untilWaiting();
      await atOnce(7, (n) => release(accounts[n + 1]!));
      expect(await statesOf(fitting)).toEqual(each(60, untouched));
      await held.end();
      await idle();
    });
    expect(await statesOf(fitting)).toEqual(each(60, wokenOnce));
    expect(await statesOf([other!])).toEqual([untouched]);
    expect(looks).toBe(2);
  });

  it('are not forgotten when their account is released while others are looked at', async () => {
    const [first] = await leased(1);
    const [second] = await leased(1, `${vertical} too`);
    const [waiting] = await blocked(1);
    const [waitingToo] = await blocked(1, { vertical: `${vertical} too` });
    const held = await holdLooks();
    await release(first!);
    await held.untilWaiting();
    await release(second!);
    await held.end();
    await idle();
    expect(await statesOf([waiting!, waitingToo!])).toEqual(each(2, wokenOnce));
  });

  it('stop no others while somebody holds one of them, which is unblocked right after', async () => {
    const [first] = await leased(1);
    const [second] = await leased(1, `${vertical} too`);
    const [locked, ...free] = await blocked(4);
    const later = await blocked(1, { vertical: `${vertical} too` });
    const colleague = service.dataSource.createQueryRunner();
    await colleague.startTransaction();
    await colleague.query('SELECT FROM lease_request WHERE id = $1 FOR UPDATE', [locked!.id]);
    await release(first!);
    await until('the free ones are unblocked', async () =>
      (await statesOf(free)).every(({ blocker }: { blocker: string | null }) => blocker === null),
    );
    await release(second!);
    await until('those of the next release, too', async () => (await statesOf(later))[0].blocker === null);
    expect(await statesOf([locked!])).toEqual([untouched]);
    await colleague.commitTransaction();
    await colleague.release();
    await idle();
    expect(await statesOf([locked!, ...free, ...later])).toEqual(each(5, wokenOnce));
  });

  it('stay blocked where the account was taken before their turn', async () => {
    const [account] = await leased(1);
    const [waiting] = await blocked(1);
    const colleague = service.dataSource.createQueryRunner();
    await colleague.startTransaction();
    await colleague.query('SELECT FROM lease_request WHERE id = $1 FOR UPDATE', [waiting!.id]);
    const [{ pid }] = await colleague.query('SELECT pg_backend_pid() AS pid');
    await release(account!);
    await until('it waits for its row', async () => {
      const text = 'SELECT FROM pg_stat_activity WHERE $1::int = ANY (pg_blocking_pids(pid))';
      return (await service.dataSource.query(text, [pid])).length > 0;
    });
    await colleague.query("UPDATE social_account SET status = 'quarantined', status_reason = 'x' WHERE id = $1", [
      account,
    ]);
    await colleague.commitTransaction();
    await colleague.release();
    await idle();
    expect(await statesOf([waiting!])).toEqual([untouched]);
  });

  it('are each unblocked once by two processes that look at the same moment', async () => {
    const accounts = await leased(6);
    const fitting = await blocked(30);
    const second = await startTestApp({}, service.settings.databaseUrl);
    try {
      const held = await holdLooks();
      await atOnce(6, (n) => release(accounts[n]!, n % 2 === 0 ? service : second));
      await held.untilWaiting();
      await held.end();
      await Promise.all([idle(), idle(second)]);
      expect(await statesOf(fitting)).toEqual(each(30, wokenOnce));
    } finally {
      await second.close();
    }
  });

  it('are unblocked by a process that is told to stop meanwhile', async () => {
    const [account] = await leased(1);
    const fitting = await blocked(2);
    const stopping = await startTestApp({}, service.settings.databaseUrl);
    const held = await holdLooks();
    await release(account!, stopping);
    await held.untilWaiting();
    const closed = stopping.close();
    await held.end();
    await closed;
    expect(await statesOf(fitting)).toEqual(each(2, wokenOnce));
  });

  it('are found by their vertical, however many others are blocked', async () => {
    const { id } = await anAccount(service, { verticals: [vertical] });
    await blocked(3);
    await service.dataSource.query(
      `WITH other AS (
         INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, status,
                                    submitted_at, updated_at, due_at, vertical_key)
         SELECT 'lreq_other_' || n, 'other ' || n, $1, $2, $3, sha256('test'), 1, 'other ' || n % 50, 'requested', now(), now(), now(),
                'other ' || n % 50
           FROM generate_series(1, 3000) n RETURNING id),
       note AS (
         INSERT INTO request_note (id, lease_request_id, author, staff_id, body, visibility, blocker, created_at)
         SELECT 'note_' || id, id, 'staff', $4, 'None left.', 'internal', 'no_inventory', now() FROM other)
       SELECT`,
      [partner.organizationId, partner.projectId, partner.apiKeyId, operator.staffId],
    );
    await service.dataSource.query(
      `UPDATE lease_request SET blocker = 'no_inventory', blocker_since = now(), blocker_note_id = 'note_' || id WHERE id LIKE 'lreq_other_%'`,
    );
    await service.dataSource.query('ANALYZE lease_request, pool_entry');
    const statement = stockedSql({ socialAccountIds: [id] });
    for (const plan of await readPlans(service.dataSource, statement)) {
      expect(plan).toMatch(/(using|Bitmap Index Scan on) lease_request_no_inventory\b/);
    }
    expect(await countHandledRows(service.dataSource, statement)).toBeLessThan(100);
  });
});
