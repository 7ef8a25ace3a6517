import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { balanceOf, everything, expectCleanBooks, outcomes, setClock, transfersOf } from '../../support/ledger.js';
import { aPartner, aRequestThatFits, aStaffMember } from '../../support/makers.js';

describe('wallets', () => {
  let service: TestApp;
  let wallets: WalletsService;
  let finance: StaffCaller;
  beforeAll(async () => {
    service = await startTestApp();
    wallets = service.app.get(WalletsService, { strict: false });
    finance = await aStaffMember(service, 'finance');
  });
  afterAll(() => service.close());

  it('books a top-up once for one reference, however often and however many at once', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 0 });
    const topUp = () => wallets.topUp(finance, { organizationId, amountCents: 5_000, reference: 'wire 1' });
    const { done } = await outcomes(Array.from({ length: 20 }, topUp));
    expect(done.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(done.map(({ transactionId }) => transactionId)).size).toBe(1);
    expect(await balanceOf(service, organizationId)).toBe(5_000);
    expect((await topUp()).replayed).toBe(true);
  });

  const spellings = [
    'Wire Nine',
    'wire nine',
    'WIRE NINE',
    'wire  nine',
    'Ｗire nine',
    'wIRE nine',
    'wire Nine',
    'WIRE nine',
  ];

  it('books a payment once when many type its reference differently at the same moment', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 0 });
    const topUps = spellings.map((reference) =>
      wallets.topUp(finance, { organizationId, amountCents: 700, reference }),
    );
    const { done, refused } = await outcomes(topUps);
    expect([done.filter(({ replayed }) => !replayed).length, refused]).toEqual([1, []]);
    expect(await balanceOf(service, organizationId)).toBe(700);
  });

  it.each(['adjust', 'payOut'] as const)(
    'books or proposes one transaction when many %s at the same moment and type its reference differently',
    async (move) => {
      for (const amountCents of [300, 200_000]) {
        const { organizationId } = await aPartner(service, { walletCents: 900_000 });
        const moved = spellings.map((spelling) =>
          wallets[move](finance, { organizationId, amountCents, reference: `${spelling} ${amountCents}`, reason: 'r' }),
        );
        const { done, refused } = await outcomes(moved);
        expect([amountCents, done.filter(({ replayed }) => !replayed).length, refused]).toEqual([amountCents, 1, []]);
      }
    },
  );

  it('refuses a reference that stands for another amount or partner', async () => {
    const one = await aPartner(service, { walletCents: 0 });
    const other = await aPartner(service, { walletCents: 0 });
    await wallets.topUp(finance, { organizationId: one.organizationId, amountCents: 5_000, reference: 'wire 2' });
    const { refused } = await outcomes([
      wallets.topUp(finance, { organizationId: one.organizationId, amountCents: 5_001, reference: 'wire 2' }),
      wallets.topUp(finance, { organizationId: other.organizationId, amountCents: 5_000, reference: 'wire 2' }),
    ]);
    expect(refused).toEqual(['reference_reused', 'reference_reused']);
    expect(await balanceOf(service, other.organizationId)).toBe(0);
  });

  it('adjusts in both directions with a reason, never below nothing', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 1_000 });
    await wallets.adjust(finance, { organizationId, amountCents: 250, reason: 'goodwill' });
    await wallets.adjust(finance, { organizationId, amountCents: -1_250, reason: 'booked twice' });
    const refused = wallets.adjust(finance, { organizationId, amountCents: -1, reason: 'one more' });
    await expect(refused).rejects.toMatchObject({
      code: 'BILLING_EXHAUSTED',
      details: { balanceCents: 0, requiredCents: 1 },
    });
    expect(await transfersOf(service, organizationId, 'adjustment')).toBe(2);
  });

  it('adjusts once for one reference, and as often as asked without one', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 1_000 });
    const adjust = (reference?: string) =>
      wallets.adjust(finance, { organizationId, amountCents: -100, reason: 'booked twice', reference });
    const { done } = await outcomes(Array.from({ length: 10 }, () => adjust('page 1')));
    expect(done.filter(({ replayed }) => !replayed)).toHaveLength(1);
    await adjust();
    await adjust();
    expect(await balanceOf(service, organizationId)).toBe(700);
    const other = wallets.adjust(finance, { organizationId, amountCents: 100, reason: 'x', reference: 'page 1' });
    await expect(other).rejects.toMatchObject({ details: { reason: 'reference_reused' } });
  });

  it.each([
    ['topUp', { amountCents: 0, reference: 'r' }],
    ['topUp', { amountCents: -5, reference: 'r' }],
    ['topUp', { amountCents: 5.5, reference: 'r' }],
    ['topUp', { amountCents: '500', reference: 'r' }],
    ['topUp', { amountCents: 1e15, reference: 'r' }],
    ['topUp', { amountCents: NaN, reference: 'r' }],
    ['topUp', { amountCents: 500, reference: '' }],
    ['topUp', { amountCents: 500, reference: 'r'.repeat(201) }],
    ['topUp', { amountCents: 500 }],
    ['adjust', { amountCents: 0, reason: 'r' }],
    ['adjust', { amountCents: 100, reason: null }],
    ['adjust', { amountCents: 100, reason: 'r', kind: 'refund' }],
  ] as const)('refuses %s %j', async (action, input) => {
    const { organizationId } = await aPartner(service);
    const before = await everything(service);
    const call = async () => wallets[action](finance, { organizationId, ...(input as object) } as never);
    expect((await outcomes<unknown>([call()])).refused).toEqual(['VALIDATION']);
    expect(await everything(service)).toBe(before);
  });

  it('refuses what goes over the most that a wallet holds, and books nothing then', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 0 });
    const fill = (cents: number) =>
      service.dataSource.query(`UPDATE ledger_account SET balance_cents = $2 WHERE id = 'wallet:' || $1`, [
        organizationId,
        cents,
      ]);
    await fill(9_000_000_000_000_000);
    const before = await everything(service);
    await expect(
      wallets.topUp(finance, { organizationId, amountCents: 1, reference: 'too much' }),
    ).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'not_allowed_now' },
      message: 'The wallet would exceed its maximum; nothing was booked.',
    });
    const { refused } = await outcomes([wallets.adjust(finance, { organizationId, amountCents: 1, reason: 'more' })]);
    expect(refused).toEqual(['not_allowed_now']);
    expect(await everything(service)).toBe(before);
    await fill(0);
  });

  it('lets only finance and admins move money', async () => {
    const { organizationId } = await aPartner(service);
    for (const role of ['viewer', 'operator'] as const) {
      const member = await aStaffMember(service, role);
      const { refused } = await outcomes<unknown>([
        wallets.topUp(member, { organizationId, amountCents: 1, reference: 'mine' }),
        wallets.adjust(member, { organizationId, amountCents: 1, reason: 'mine' }),
      ]);
      expect(refused).toEqual(['FORBIDDEN_ROLE', 'FORBIDDEN_ROLE']);
    }
  });

  it('numbers the lines of a statement without a gap while many book at once, and never back in time', async () => {
    const { organizationId } = await aPartner(service, { walletCents: 0 });
    setClock(service, new Date('2027-05-01T10:00:00Z'));
    await wallets.topUp(finance, { organizationId, amountCents: 1_000, reference: 'first of many' });
    setClock(service, new Date('2027-05-01T09:00:00Z'));
    await outcomes(
      Array.from({ length: 30 }, (_, n) =>
        wallets.adjust(finance, { organizationId, amountCents: n % 2 ? 10 : -10, reason: `line ${n}` }),
      ),
    );
    const lines: { seq: number; at: Date }[] = await service.dataSource.query(
      'SELECT wallet_seq AS seq, booked_at AS at FROM ledger_transfer WHERE organization_id = $1 ORDER BY wallet_seq',
      [organizationId],
    );
    expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 31 }, (_, n) => n + 1));
    expect(lines.every(({ at }) => at.toISOString() === '2027-05-01T10:00:00.000Z')).toBe(true);
    await expectCleanBooks(service);
  });

  it('tells what a wallet covers and what is committed from it', async () => {
    const { partner, request, account } = await aRequestThatFits(service, { walletCents: 46_000 });
    const operator = await aStaffMember(service, 'operator');
    const { nextRenewalAt } = await service.app
      .get(FulfillmentService, { strict: false })
      .assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
    expect(await wallets.show(partner.organizationId)).toEqual({
      organizationId: partner.organizationId,
      currency: 'USD',
      balanceCents: 31_000,
      owedCents: 0,
      priceCents: 15_000,
      covers: 2,
      liveLeases: 1,
      monthlyCommitmentCents: 15_000,
      nextRenewalAt,
    });
  });

  describe('the database itself', () => {
    it.each([
      ['a negative wallet', "UPDATE ledger_account SET balance_cents = -1 WHERE id = 'wallet:' || $1"],
      ['a changed transfer', 'UPDATE ledger_transfer SET amount_cents = 1 WHERE organization_id = $1'],
      ['a deleted transfer', 'DELETE FROM ledger_transfer WHERE organization_id = $1'],
      [
        'a second charge for one lease and month',
        `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id,
                                      period_start, period_end, booked_by, wallet_seq, wallet_balance_after, booked_at)
         SELECT 'txn_second', 'lease_renewal', debit_account_id, credit_account_id, amount_cents, organization_id, lease_id,
                period_start, period_end, booked_by, 99, 0, booked_at
           FROM ledger_transfer WHERE organization_id = $1 AND kind = 'lease_charge'`,
      ],
      [
        'two live leases of one account',
        `INSERT INTO lease (id, lease_request_id, organization_id, project_id, social_account_id, price_cents, assigned_at,
                            assigned_by, anchor_day, next_renewal_at, status)
         SELECT 'lse_second', lease_request_id, organization_id, project_id, social_account_id, price_cents, assigned_at,
                assigned_by, anchor_day, next_renewal_at, status
           FROM lease WHERE organization_id = $1`,
      ],
      ['a changed trail', 'UPDATE audit_event SET actor_name = $1 WHERE organization_id = $1'],
      ['an emptied trail', 'WITH who AS (SELECT $1::text) DELETE FROM audit_event'],
    ])('refuses %s', async (_what, statement) => {
      const { partner, request, account } = await aRequestThatFits(service);
      await service.app
        .get(FulfillmentService, { strict: false })
        .assign(await aStaffMember(service, 'operator'), { leaseRequestId: request.id, socialAccountId: account.id });
      const attempt = service.dataSource.query(statement, [partner.organizationId]);
      await expect(attempt).rejects.toThrow(/violates|append-only|duplicate key/);
    });
  });
});
