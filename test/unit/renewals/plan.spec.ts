import type { LeaseRequestId } from '../../../src/core/ids.js';
import { describe, expect, it } from '@jest/globals';
import { getDisconnectsAt } from '../../../src/leases/grace.js';
import { planRenewals, type DueLease } from '../../../src/renewals/renewal-plan.js';

const NOW = new Date('2027-05-10T12:00:00Z');
const later = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

function lease(id: string, dueAt: string, wishes: Partial<DueLease> = {}): DueLease {
  const due = new Date(dueAt);
  return {
    ...{
      id,
      leaseRequestId: 'lreq_1' as LeaseRequestId,
      projectId: 'prj_1',
      socialAccountId: `sa_${id}`,
      priceCents: 15_000,
    },
    ...{ anchorDay: due.getUTCDate(), dueAt: due, pastDue: null, lockedByOthers: false },
    ...wishes,
  };
}

const charged = (leases: DueLease[], balanceCents: number, owedCents = 0, until = NOW) =>
  planRenewals(leases, { balanceCents, owedCents }, NOW, { until, isComplete: true }).charges.map(
    ({ lease: { id }, period, balanceAfterCents }) =>
      `${id} ${period.start.toISOString().slice(0, 10)} ${balanceAfterCents}`,
  );

describe('the plan of one partner’s renewals', () => {
  it('charges missed months of all leases together, the oldest due first', () => {
    const leases = [lease('b', '2027-03-20T00:00:00Z'), lease('a', '2027-03-31T00:00:00Z')];
    expect(charged(leases, 45_000)).toEqual(['b 2027-03-20 30000', 'a 2027-03-31 15000', 'b 2027-04-20 0']);
    expect(charged(leases, 1_000_000)).toEqual([
      'b 2027-03-20 985000',
      'a 2027-03-31 970000',
      'b 2027-04-20 955000',
      'a 2027-04-30 940000',
    ]);
  });

  it('keeps an anchor through a short month', () => {
    const plan = planRenewals([lease('a', '2027-01-31T08:00:00Z')], { balanceCents: 1e6, owedCents: 0 }, NOW);
    expect(plan.charges.map(({ period }) => period.end.toISOString().slice(0, 10))).toEqual([
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
    ]);
    expect(plan.changed).toEqual([expect.objectContaining({ dueAt: new Date('2027-05-31T08:00:00Z'), pastDue: null })]);
  });

  it('leaves what begins after its horizon for the next transaction', () => {
    const horizon = new Date('2027-04-01T00:00:00Z');
    expect(charged([lease('a', '2027-03-20T00:00:00Z')], 1e6, 0, horizon)).toEqual(['a 2027-03-20 985000']);
  });

  it('counts as short while something is owed', () => {
    expect(charged([lease('a', '2027-05-01T00:00:00Z')], 100_000, 1)).toEqual([]);
  });

  it('charges nothing younger before the oldest, however cheap it is', () => {
    const cheap = { priceCents: 9_000 };
    const leases = [lease('a', '2027-05-01T00:00:00Z'), lease('b', '2027-05-02T00:00:00Z', cheap)];
    const plan = planRenewals(leases, { balanceCents: 14_999, owedCents: 0 }, NOW);
    expect(plan.charges).toEqual([]);
    expect(plan.failed.map(({ id }) => id)).toEqual(['a', 'b']);
    const pastDue = { pastDueSince: later(-1), retryAt: later(0.5), graceDaysTried: 1 };
    expect(charged([{ ...leases[0]!, pastDue }, leases[1]!], 14_999)).toEqual([]);
    expect(charged(leases, 23_999)).toEqual(['a 2027-05-01 8999']);
    expect(charged(leases, 24_000)).toEqual(['a 2027-05-01 9000', 'b 2027-05-02 0']);
  });

  /** Its last day of grace is over, or is not. */
  const lastDay = (id: string, dueAt: string, priceCents: number) =>
    lease(id, dueAt, { priceCents, pastDue: { pastDueSince: later(-7), retryAt: NOW, graceDaysTried: 7 } });
  const told = (leases: DueLease[], balanceCents: number, isComplete = true) => {
    const plan = planRenewals(leases, { balanceCents, owedCents: 0 }, NOW, { until: NOW, isComplete });
    const ids = (of: { id: string }[]) => of.map(({ id }) => id).join('');
    const { failed, disconnected, readAgain } = plan;
    return {
      charged: ids(plan.charges.map(({ lease }) => lease)),
      failed: ids(failed),
      ended: ids(disconnected),
      readAgain,
    };
  };

  it('charges a cheaper one as soon as the older, dearer one ends, and not before', () => {
    const [dear, cheap] = [lastDay('a', '2027-05-01T00:00:00Z', 30_000), lastDay('b', '2027-05-02T00:00:00Z', 15_000)];
    const younger = lease('c', '2027-05-03T00:00:00Z');
    expect(told([dear, cheap], 15_000)).toEqual({ charged: 'b', failed: '', ended: 'a', readAgain: false });
    expect(told([dear, cheap], 14_999)).toEqual({ charged: '', failed: '', ended: 'ab', readAgain: false });
    expect(told([dear, cheap, younger], 15_000)).toEqual({ charged: 'b', failed: 'c', ended: 'a', readAgain: false });
    const waits = { ...dear, pastDue: { ...dear.pastDue!, graceDaysTried: 6 } };
    expect(told([waits, cheap], 15_000)).toEqual({ charged: '', failed: 'a', ended: 'b', readAgain: false });
  });

  it('has the others read first where some of them were left out', () => {
    const [dear, cheap] = [lastDay('a', '2027-05-01T00:00:00Z', 30_000), lastDay('c', '2027-05-03T00:00:00Z', 15_000)];
    expect(told([dear, cheap], 15_000, false)).toEqual({ charged: '', failed: '', ended: 'a', readAgain: true });
    const dearer = lastDay('b', '2027-05-02T00:00:00Z', 16_000);
    expect(told([dear, dearer, cheap], 15_000, false)).toEqual({
      charged: '',
      failed: '',
      ended: 'ab',
      readAgain: true,
    });
    expect(told([dear, cheap], 14_999, false)).toEqual({ charged: '', failed: '', ended: 'ac', readAgain: false });
  });

  it('leaves the money for an older lease that somebody has in hand, and fails nothing that may depend on it', () => {
    const leases = [
      lease('a', '2027-05-01T00:00:00Z', { lockedByOthers: true }),
      lease('b', '2027-05-02T00:00:00Z'),
      lease('c', '2027-05-03T00:00:00Z'),
    ];
    const plan = planRenewals(leases, { balanceCents: 30_000, owedCents: 0 }, NOW);
    expect(plan.charges.map(({ lease: { id }, balanceAfterCents }) => `${id} ${balanceAfterCents}`)).toEqual([
      'b 15000',
    ]);
    expect([plan.changed.map(({ id }) => id), plan.failed, plan.disconnected]).toEqual([['b'], [], []]);
    expect(planRenewals(leases, { balanceCents: 0, owedCents: 0 }, NOW)).toMatchObject({ charges: [], failed: [] });
  });

  it('is past due from the attempt, not from the due date', () => {
    const plan = planRenewals([lease('a', '2027-01-31T08:00:00Z')], { balanceCents: 0, owedCents: 0 }, NOW);
    expect(plan.failed[0]!.pastDue).toEqual({ pastDueSince: NOW, retryAt: later(1), graceDaysTried: 1 });
    expect(plan.disconnected).toEqual([]);
    expect(getDisconnectsAt(plan.failed[0]!.pastDue!)).toEqual(later(7));
  });

  /** A wallet that stays empty, looked at at these days after the first failure; what is told after each look. */
  function days(...attempts: number[]): string[] {
    let one = lease('a', '2027-05-10T00:00:00Z');
    return attempts.map((day) => {
      const plan = planRenewals([one], { balanceCents: 0, owedCents: 0 }, later(day));
      if (plan.disconnected.length > 0) return 'disconnected';
      const [failed] = plan.failed;
      if (!failed) return 'waits';
      one = failed;
      return `${one.pastDue!.graceDaysTried} ${(+getDisconnectsAt(one.pastDue!) - +NOW) / 86_400_000}`;
    });
  }

  it('disconnects after seven days with an attempt on each', () => {
    expect(days(0, 0.5, 1, 2, 3, 4, 5, 6, 6.9, 7)).toEqual([
      ...['1 7', 'waits', '2 7', '3 7', '4 7', '5 7', '6 7', '7 7', 'waits', 'disconnected'],
    ]);
  });

  it('disconnects nobody for days on which we made no attempt', () => {
    expect(days(0, 1, 20.5, 21, 22, 23, 24, 24.5, 25)).toEqual([
      ...['1 7', '2 7', '3 25', '4 25', '5 25', '6 25', '7 25', 'waits', 'disconnected'],
    ]);
  });

  it('pays for a past-due lease as soon as the wallet holds its price, and its clock starts over for the next month', () => {
    const pastDue = { pastDueSince: later(-3), retryAt: later(0.5), graceDaysTried: 3 };
    const plan = planRenewals(
      [lease('a', '2027-04-09T00:00:00Z', { pastDue })],
      { balanceCents: 15_000, owedCents: 0 },
      NOW,
    );
    expect(plan.charges).toHaveLength(1);
    expect(plan.failed[0]).toMatchObject({ dueAt: new Date('2027-05-09T00:00:00Z'), pastDue: { pastDueSince: NOW } });
    expect(plan.changed).toEqual(plan.failed);
  });
});
