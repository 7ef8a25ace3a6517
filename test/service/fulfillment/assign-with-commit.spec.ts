import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import type { EntityManager } from 'typeorm';
import { queryRow, sql } from '../../../src/core/sql.js';
import { Transactions } from '../../../src/core/transactions.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { LeaseRequestsService } from '../../../src/lease-requests/lease-requests.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { Ledger } from '../../../src/wallets/ledger.js';
import { LeasedMonths } from '../../../src/wallets/leased-months.js';
import { MoneyFreeze } from '../../../src/wallets/money-freeze.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { balanceOf, expectCleanBooks, outcomes, untilSomebodyWaits } from '../../support/ledger.js';
import { until } from '../../support/until.js';
import { aRequestThatFits, atOnce, aStaffMember, callerOf, theSystem } from '../../support/makers.js';

let service: TestApp;
let transactions: Transactions;
let ledger: Ledger;
let leases: LeasesService;
beforeAll(async () => {
  service = await startTestApp();
  transactions = service.app.get(Transactions, { strict: false });
  ledger = service.app.get(Ledger, { strict: false });
  leases = service.app.get(LeasesService, { strict: false });
});
afterAll(async () => {
  await expectCleanBooks(service);
  await service.close();
});

type Made = Awaited<ReturnType<typeof aRequestThatFits>>;

const assign = ({ request, accounts }: Made, n = 0, by = service) =>
  by.app
    .get(FulfillmentService, { strict: false })
    .assign(theSystem(), { leaseRequestId: request.id, socialAccountId: accounts[n]!.id });

const bodies = async ({ partner }: Made, type: string): Promise<{ data: Record<string, unknown> }[]> => {
  const rows: { body: string }[] = await service.dataSource.query(
    'SELECT body FROM event WHERE organization_id = $1 AND type LIKE $2 ORDER BY recorded_order',
    [partner.organizationId, type],
  );
  return rows.map(({ body }) => JSON.parse(body));
};

/** Takes so much from the wallet while an assignment that read it before waits for it. */
async function assignBehind(made: Made, takenCents: number) {
  let waiting: ReturnType<typeof outcomes> | undefined;
  await transactions.run(async (em: EntityManager) => {
    await ledger.debitWallet(em, {
      kind: 'adjustment',
      organizationId: made.partner.organizationId,
      amountCents: takenCents,
      ownAccount: 'adjustments',
      reason: 'a correction',
      bookedBy: 'test',
    });
    waiting = outcomes([assign(made)]);
    await untilSomebodyWaits(service);
  });
  return waiting!;
}

const written = async ({ request, account }: Made) => {
  const [row] = await service.dataSource.query(
    `SELECT request.version, account.status, (SELECT count(*) FROM lease WHERE lease_request_id = request.id) AS leases,
            (SELECT count(*) FROM audit_event WHERE lease_request_id = request.id AND type = 'leased_account.assigned') AS audited,
            (SELECT count(*) FROM ledger_transfer WHERE organization_id = request.organization_id AND kind = 'lease_charge') AS charges,
            (SELECT count(*) FROM event WHERE organization_id = request.organization_id AND type LIKE 'lease%') AS told
       FROM lease_request request JOIN social_account account ON account.id = $2 WHERE request.id = $1`,
    [request.id, account.id],
  );
  return row as Record<string, unknown>;
};

/** {@link written} before anything was assigned. */
const nothing = { version: 1, status: 'available', leases: 0, audited: 0, charges: 0, told: 0 };

describe('an assignment that is sent with its commit', () => {
  it('is refused wholly where the wallet was emptied after it was read', async () => {
    const made = await aRequestThatFits(service, { walletCents: 20_000 });
    const { refused } = await assignBehind(made, 10_000);
    expect(refused).toEqual(['BILLING_EXHAUSTED']);
    expect(await balanceOf(service, made.partner.organizationId)).toBe(10_000);
    expect(await written(made)).toEqual(nothing);
  });

  it('tells of a low wallet once, and is made once, where only what came between makes it low', async () => {
    const made = await aRequestThatFits(service, { walletCents: 40_000 });
    const { done } = await assignBehind(made, 12_000);
    expect(done).toMatchObject([{ balanceAfterCents: 13_000 }]);
    const [told, ...more] = await bodies(made, 'wallet.low_balance');
    expect(told!.data).toMatchObject({ balanceCents: 13_000, thresholdCents: 15_000 });
    expect(more).toEqual([]);
    expect(await written(made)).toEqual({ version: 2, status: 'assigned', leases: 1, audited: 1, charges: 1, told: 2 });
  });

  it('tells of a low wallet by the leases that were read for an assignment before, and the charges since', async () => {
    const made = await aRequestThatFits(service, { walletCents: 60_000, count: 3 });
    for (const [n, told] of [0, 0, 1].entries()) {
      await assign(made, n);
      expect(await bodies(made, 'wallet.low_balance')).toHaveLength(told);
    }
    const [{ data }] = (await bodies(made, 'wallet.low_balance')) as [{ data: Record<string, unknown> }];
    expect(data).toMatchObject({ balanceCents: 15_000, thresholdCents: 45_000 });
  });

  it('tells of a low wallet once, whichever of several at the same moment makes it low, in two processes', async () => {
    const twin = await startTestApp({}, service.settings.databaseUrl!);
    const made = await aRequestThatFits(service, { walletCents: 90_000, count: 6 });
    await assign(made);
    const { done, refused } = await outcomes([1, 2, 3, 4, 5].map((n) => assign(made, n, n % 2 === 0 ? service : twin)));
    expect([done.length, refused]).toEqual([5, []]);
    expect(await balanceOf(service, made.partner.organizationId)).toBe(0);
    expect(await bodies(made, 'wallet.low_balance')).toHaveLength(1);
    await twin.close();
  });

  it('goes by what was read once until 32 lines later, and never by what is newer than the wallet', async () => {
    const made = await aRequestThatFits(service, { count: 2 });
    const { organizationId } = made.partner;
    const months = new LeasedMonths();
    const read = (walletSeq: number) => transactions.run((em) => months.read(em, organizationId, walletSeq));
    const before = await read(1);
    expect(before).toEqual({ walletSeq: 1, cents: 0 });
    await assign(made);
    expect([await read(2), await read(33)]).toEqual([before, before]);
    expect(await read(34)).toEqual({ walletSeq: 2, cents: 15_000 });
    await assign(made, 1);
    expect(await read(1)).toEqual({ walletSeq: 3, cents: 30_000 });
  });

  it('reads the leases of a partner once for all who ask meanwhile, and again where that fails', async () => {
    const { organizationId } = (await aRequestThatFits(service)).partner;
    const months = new LeasedMonths();
    const query = jest.spyOn(pg.Client.prototype, 'query');
    const countReads = () =>
      query.mock.calls.filter(([first]) => JSON.stringify(first).includes('sum(lease.price')).length;
    let others: Promise<unknown[]> | undefined;
    const failing = transactions.run(async (em) => {
      await queryRow(em, sql`SELECT 1 / ${0}::int`).catch(() => undefined);
      const own = months.read(em, organizationId, 1);
      others = atOnce(3, () => months.read(service.dataSource.manager, organizationId, 1));
      return own;
    });
    await expect(failing).rejects.toMatchObject({ code: '25P02' });
    expect(await others).toEqual(Array(3).fill({ walletSeq: 1, cents: 0 }));
    try {
      const before = countReads();
      expect(
        await atOnce(8, () => transactions.run((em) => new LeasedMonths().read(em, organizationId, 1))),
      ).toHaveLength(8);
      expect(countReads()).toBe(before + 8);
      const fresh = new LeasedMonths();
      await atOnce(8, () => transactions.run((em) => fresh.read(em, organizationId, 1)));
      expect(countReads()).toBe(before + 9);
    } finally {
      query.mockRestore();
    }
  });

  it('takes no wallet for low whose leases have ended since they were read', async () => {
    const made = await aRequestThatFits(service, { walletCents: 100_000, count: 6 });
    for (const n of Array.from({ length: 5 }, (_, place) => place)) {
      await assign(made, n);
      const { id: socialAccountId } = made.accounts[n]!;
      await transactions.run((em) => leases.release(em, callerOf(made.partner), { socialAccountId }));
    }
    expect(await balanceOf(service, made.partner.organizationId)).toBe(25_000);
    expect(await bodies(made, 'wallet.low_balance')).toEqual([]);
  });

  it('is refused wholly while money is frozen', async () => {
    const made = await aRequestThatFits(service);
    const freeze = service.app.get(MoneyFreeze, { strict: false });
    const admin = await aStaffMember(service, 'admin');
    await freeze.freeze(admin, { reason: 'counting' });
    expect((await outcomes([assign(made)])).refused).toEqual(['money_frozen']);
    expect(await written(made)).toEqual(nothing);
    await freeze.thaw(admin);
  });

  it('holds the freeze back until it is committed', async () => {
    const made = await aRequestThatFits(service);
    const freeze = service.app.get(MoneyFreeze, { strict: false });
    const admin = await aStaffMember(service, 'admin');
    let assigning: Promise<unknown> | undefined;
    let freezing: Promise<unknown> | undefined;
    await transactions.run(async (em: EntityManager) => {
      await ledger.lockWallet(em, made.partner.organizationId);
      assigning = assign(made);
      await untilSomebodyWaits(service);
      freezing = freeze.freeze(admin, { reason: 'counting' });
      await until('the freeze waits', async () => {
        const [{ waiting }] = await service.dataSource.query(
          "SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'",
        );
        return waiting === 1;
      });
    });
    await Promise.all([assigning, freezing]);
    expect(await written(made)).toMatchObject({ version: 2, leases: 1, charges: 1 });
    await freeze.thaw(admin);
  });

  it('tells the partner of the request what the partner reads right after it, up to the last account', async () => {
    const made = await aRequestThatFits(service, { count: 3 });
    const requests = service.app.get(LeaseRequestsService, { strict: false });
    const read = [];
    for (let n = 0; n < 3; n += 1) {
      await assign(made, n);
      read.push(await requests.read(callerOf(made.partner), made.request.requestId));
    }
    const told = await bodies(made, 'lease\\_request.%');
    const { organizationId } = made.partner;
    expect(told.map(({ data }) => data)).toEqual(read.map((view, n) => ({ ...view, organizationId, version: n + 2 })));
    expect(read.map(({ status }) => status)).toEqual(['requested', 'requested', 'assigned']);
  });

  it('gives the last account of a blocked request and shows its note no more', async () => {
    const made = await aRequestThatFits(service, { count: 1 });
    const noteId = 'note_01HXZR7K8M2P4RSTVW56789ABC';
    await service.dataSource.query(
      `INSERT INTO request_note (id, lease_request_id, author, staff_id, body, visibility, blocker, created_at)
       VALUES ($1, $2, 'staff', 'system', 'Waiting for an account.', 'partner', 'no_inventory', now())`,
      [noteId, made.request.id],
    );
    await service.dataSource.query(
      "UPDATE lease_request SET blocker = 'no_inventory', blocker_since = now(), blocker_note_id = $1 WHERE id = $2",
      [noteId, made.request.id],
    );
    await assign(made);
    const requests = service.app.get(LeaseRequestsService, { strict: false });
    const view = await requests.read(callerOf(made.partner), made.request.requestId);
    expect(view).toMatchObject({ status: 'assigned', note: null, blocker: null });
    const [told] = await bodies(made, 'lease\\_request.%');
    expect(told!.data).toMatchObject(view);
  });

  it('charges one wallet once for each of many at the same moment, without a gap in its statement', async () => {
    const made = await aRequestThatFits(service, { count: 16, walletCents: 1_000_000 });
    await atOnce(16, (n) => assign(made, n));
    const lines: { seq: number; after: number }[] = await service.dataSource.query(
      `SELECT wallet_seq AS seq, wallet_balance_after AS after FROM ledger_transfer
        WHERE organization_id = $1 AND kind = 'lease_charge' ORDER BY wallet_seq`,
      [made.partner.organizationId],
    );
    expect(lines.map(({ after }) => after)).toEqual(Array.from({ length: 16 }, (_, n) => 1_000_000 - 15_000 * (n + 1)));
    expect(new Set(lines.map(({ seq }, n) => seq - n)).size).toBe(1);
  });
});
