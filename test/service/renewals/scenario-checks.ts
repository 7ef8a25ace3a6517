import { expect } from '@jest/globals';
import { expectCleanBooks } from '../../support/ledger.js';
import type { Story } from './scenario.js';

const DAY_MS = 86_400_000;
/** Two processes at once may book the younger of two a moment before the older, for which its money was left. */
const A_MOMENT_MS = 60_000;
const FAULTS_SHOWN = 5;

interface Charge {
  organizationId: string;
  kind: string;
  leaseId: string | null;
  from: Date | null;
  until: Date | null;
  cents: number;
  seq: number | null;
  after: number | null;
  bookedAt: Date;
  isIn: boolean;
  isOwed: boolean;
}

interface LeaseFacts {
  id: string;
  organizationId: string;
  status: string;
  endReason: string | null;
  anchorDay: number;
  billedFrom: Date;
  endedAt: Date | null;
  nextRenewalAt: Date | null;
  cents: number;
}

/** The books and every lease against what the issue says of them, computed from the rows alone by code of its own. */
export async function expectTheStoryToBeTrue(story: Story): Promise<void> {
  await expectCleanBooks(story.service);
  const query = (sql: string) => story.service.dataSource.query(sql);
  const lines: Charge[] = await query(
    `SELECT organization_id AS "organizationId", kind, lease_id AS "leaseId", period_start AS "from", period_end AS until,
            amount_cents AS cents, wallet_seq AS seq, wallet_balance_after AS after, booked_at AS "bookedAt",
            credit_account_id = 'wallet:' || organization_id AS "isIn", starts_with(debit_account_id, 'owed:') AS "isOwed"
       FROM ledger_transfer ORDER BY organization_id, wallet_seq NULLS LAST`,
  );
  const leases: LeaseFacts[] = await query(
    `SELECT id, organization_id AS "organizationId", status, end_reason AS "endReason", anchor_day AS "anchorDay",
            coalesce(billed_from, assigned_at) AS "billedFrom", ended_at AS "endedAt", next_renewal_at AS "nextRenewalAt", price_cents AS cents
       FROM lease ORDER BY next_renewal_at, id`,
  );
  const faults = [
    ...statementFaults(lines),
    ...calendarFaults(lines, leases, story.now),
    ...turnFaults(lines, leases),
    ...(await dunningFaults(query)),
    ...(await leftLying(query, leases, story.now)),
  ];
  expect(faults.slice(0, FAULTS_SHOWN)).toEqual([]);
}

/** Every wallet added up line by line: never below nothing, and as the line says. */
function statementFaults(lines: readonly Charge[]): string[] {
  const balances = new Map<string, number>();
  return lines
    .filter(({ seq }) => seq !== null)
    .flatMap(({ organizationId, cents, isIn, after, seq }) => {
      const balance = (balances.get(organizationId) ?? 0) + (isIn ? cents : -cents);
      balances.set(organizationId, balance);
      return balance === after && balance >= 0 ? [] : [`line ${seq} of ${organizationId}: ${balance}, not ${after}`];
    });
}

/** Each lease has paid for month after month from its first one, as often as its life was long. */
function calendarFaults(lines: readonly Charge[], leases: readonly LeaseFacts[], now: Date): string[] {
  const paid = byLease(lines);
  return leases.flatMap((lease) => {
    const charges = paid.get(lease.id) ?? [];
    const starts = monthsFrom(lease, charges.length);
    const told = charges.map(({ from }) => from!.toISOString());
    if (told.join() !== starts.slice(0, -1).join())
      return [`${lease.id} paid for ${told.join()}, not ${starts.join()}`];
    if (charges.some(({ cents }) => cents !== lease.cents)) return [`${lease.id} was charged another price`];
    const paidUntil = new Date(starts.at(-1)!);
    if (lease.nextRenewalAt && +lease.nextRenewalAt !== +paidUntil) return [`${lease.id} renews at another moment`];
    if (lease.status === 'active' && paidUntil <= now) return [`${lease.id} is active and was not charged`];
    if (lease.status === 'past_due' && paidUntil > now) return [`${lease.id} is past due and has paid`];
    const last = charges.at(-1)!.from!;
    if (charges.length > 1 && lease.endedAt && last > lease.endedAt) return [`${lease.id} paid for after its end`];
    return [];
  });
}

/** The beginnings of its first months and of the one after them, from the days of each month alone. */
function monthsFrom({ billedFrom, anchorDay }: LeaseFacts, months: number): string[] {
  const starts = [billedFrom.toISOString()];
  let [year, month] = [billedFrom.getUTCFullYear(), billedFrom.getUTCMonth() + 1];
  const clockTime = billedFrom.toISOString().slice(10);
  for (let n = 0; n < months; n += 1) {
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
    const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
    const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
    const two = (part: number) => String(part).padStart(2, '0');
    starts.push(`${year}-${two(month)}-${two(Math.min(anchorDay, days))}${clockTime}`);
  }
  return starts;
}

/** No month was paid for while an older one of the same partner was still owed. */
function turnFaults(lines: readonly Charge[], leases: readonly LeaseFacts[]): string[] {
  const paid = byLease(lines);
  const ofPartner = groupedBy(leases, ({ organizationId }) => organizationId);
  return lines
    .filter(({ kind }) => kind === 'lease_renewal')
    .flatMap((charge) => {
      const overtaken = ofPartner.get(charge.organizationId)!.find((lease) => {
        const theirs = paid.get(lease.id)!;
        const before = theirs.filter(({ seq }) => seq! < charge.seq!);
        const unpaid = before.at(-1)?.until;
        if (!unpaid || unpaid >= charge.from!) return false;
        const next = theirs[before.length];
        const waitedUntil = next?.bookedAt ?? lease.endedAt;
        return !waitedUntil || +waitedUntil > +charge.bookedAt + A_MOMENT_MS;
      });
      return overtaken ? [`${charge.leaseId} paid for ${charge.from?.toISOString()} before ${overtaken.id}`] : [];
    });
}

/** Whoever was disconnected had an attempt on each of seven days first, all for the month that was not paid. */
async function dunningFaults(query: (sql: string) => Promise<unknown>): Promise<string[]> {
  const attempts = (await query(
    `SELECT internal ->> 'leaseId' AS "leaseId", data ->> 'dueAt' AS "dueAt", type, occurred_at AS at FROM audit_event
      WHERE type = 'leased_account.renewal_failed' OR (type = 'leased_account.disconnected' AND internal ? 'dueAt')
      ORDER BY occurred_at, id`,
  )) as { leaseId: string; dueAt: string | null; type: string; at: Date }[];
  const replaced = new Set(
    ((await query('SELECT id FROM lease WHERE replaces_id IS NOT NULL')) as { id: string }[]).map(({ id }) => id),
  );
  const failed = groupedBy(attempts, ({ leaseId }) => leaseId);
  return [...failed].flatMap(([leaseId, events]) => {
    const end = events.at(-1)!;
    if (end.type !== 'leased_account.disconnected' || replaced.has(leaseId)) return [];
    const dueAt = events.at(-2)?.dueAt;
    const tries = events.filter((event) => event.dueAt !== null && event.dueAt === dueAt);
    const days = new Set(tries.map(({ at }) => Math.floor((+at - +tries[0]!.at) / DAY_MS)));
    const isFair = tries.length === 7 && days.size === 7 && +end.at - +tries[0]!.at >= 7 * DAY_MS;
    return isFair ? [] : [`${leaseId} was disconnected after ${tries.length} attempts on ${days.size} days`];
  });
}

/** A partner whose wallet pays for its oldest month that is owed has nothing past due. */
async function leftLying(
  query: (sql: string) => Promise<unknown>,
  leases: readonly LeaseFacts[],
  now: Date,
): Promise<string[]> {
  const wallets = (await query(
    `SELECT organization_id AS "organizationId", balance_cents AS balance, owed_cents AS owed FROM ledger_account WHERE kind = 'wallet'`,
  )) as { organizationId: string; balance: number; owed: number }[];
  return wallets.flatMap(({ organizationId, balance, owed }) => {
    const oldest = leases.find(
      (lease) => lease.organizationId === organizationId && lease.nextRenewalAt && lease.nextRenewalAt <= now,
    );
    return oldest && owed === 0 && balance >= oldest.cents ? [`${oldest.id} could be paid for`] : [];
  });
}

function byLease(lines: readonly Charge[]): Map<string, Charge[]> {
  const charges = lines.filter(({ kind }) => kind === 'lease_charge' || kind === 'lease_renewal');
  return groupedBy(charges, ({ leaseId }) => leaseId!);
}

function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
