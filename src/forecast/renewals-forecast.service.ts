import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { readSnapshot } from '../core/snapshot.js';
import { queryRow, queryRows } from '../core/sql.js';
import type { RenewalGroup } from './renewal-groups.js';
import { DemoClock, type ClockState } from '../demo-clock/demo-clock.service.js';
import { MoneyFreeze, type FreezeState } from '../wallets/money-freeze.js';
import {
  getUpcomingRenewals,
  DAYS_AHEAD,
  getHorizon,
  type UpcomingRenewals,
  type DayForecast,
} from './upcoming-renewals.js';
import { readPartnersDue } from '../renewals/due-leases.js';
import { readPastDueLeases, type PastDueLease } from './past-due-leases.js';

/** A partner with renewals to come, with leases past due, or that owes; cents. */
export interface PartnerForecast extends UpcomingRenewals {
  organizationId: string;
  partner: string;
  suspended: boolean;
  balanceCents: number;
  owedCents: number;
  thresholdCents: number | null;
  /** Whether the wallet holds less than its threshold. */
  isLow: boolean;
  pastDue: number;
}

/** A lease that ended lately because its renewals were not paid. */
export interface DisconnectedLease {
  leaseId: string;
  handle: string;
  organizationId: string;
  partner: string;
  priceCents: number;
  disconnectedAt: Date;
}

/** What the page of renewals shows. */
export interface RenewalsForecast {
  daysAhead: number;
  /** Every day of them, over all partners. */
  days: DayForecast[];
  /** The soonest uncovered first, then those that only owe, then those in no trouble; at most 200. */
  partners: PartnerForecast[];
  partnerCount: number;
  /** The soonest to be disconnected first; at most 200. */
  pastDue: PastDueLease[];
  pastDueCount: number;
  /** Those of the last thirty days, the newest first; at most 200. */
  disconnected: DisconnectedLease[];
  disconnectedCount: number;
  /** Leases that are to be attempted right now: a run has not been there yet, or may not. */
  waiting: number;
  freeze: FreezeState;
  clock: ClockState;
}

interface PartnerRow extends Omit<PartnerForecast, keyof UpcomingRenewals> {
  renewing: (Omit<RenewalGroup, 'at'> & { at: string })[];
}

const MAX_SHOWN = 200;
const DAY_MS = 86_400_000;

/** What falls due in the days to come, and what will not be covered. */
@Injectable()
export class RenewalsForecastService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly freeze: MoneyFreeze,
    private readonly movableClock: DemoClock,
    private readonly clock: Clock,
  ) {}

  /** Over all partners, for staff. */
  async page(): Promise<RenewalsForecast> {
    const now = this.clock.now();
    return readSnapshot(this.dataSource, (em) => this.read(em, now));
  }

  private async read(em: EntityManager, now: Date): Promise<RenewalsForecast> {
    const partners = await this.partners(em, now);
    const waiting = await readPartnersDue(em, now);
    return {
      daysAhead: DAYS_AHEAD,
      days: sumByDay(partners, now),
      partners: partners.sort(compareByUrgency).slice(0, MAX_SHOWN),
      partnerCount: partners.length,
      pastDue: await readPastDueLeases(em, now, MAX_SHOWN),
      pastDueCount: await counted(em, "status = 'past_due'", []),
      disconnected: await this.disconnected(em, now),
      disconnectedCount: await counted(em, "end_reason = 'billing_exhausted' AND ended_at >= $1", [subtractDays(now)]),
      waiting: waiting.reduce((sum, { toTry }) => sum + Math.max(toTry, 1), 0),
      freeze: await this.freeze.state(em),
      clock: this.movableClock.state(),
    };
  }

  /** One that owes needs a top-up even where nothing falls due, and its own wallet tells it so. */
  private async partners(em: EntityManager, now: Date): Promise<PartnerForecast[]> {
    const found = await queryRows<PartnerRow>(
      em,
      `SELECT organization.id AS "organizationId", organization.name AS partner, organization.suspended_at IS NOT NULL AS suspended,
              wallet.balance_cents AS "balanceCents", wallet.owed_cents AS "owedCents",
              organization.low_balance_threshold_cents AS "thresholdCents",
              coalesce(wallet.balance_cents - wallet.owed_cents < organization.low_balance_threshold_cents, false) AS "isLow",
              coalesce(due.past_due, 0) AS "pastDue", coalesce(due.renewing, '[]') AS renewing
         FROM organization
         JOIN ledger_account wallet ON wallet.id = 'wallet:' || organization.id
         LEFT JOIN (SELECT organization_id, sum(past_due)::bigint AS past_due,
                           jsonb_agg(jsonb_build_object('at', at, 'anchorDay', anchor_day, 'leases', leases, 'cents', cents)) AS renewing
                      FROM (SELECT organization_id, min(next_renewal_at) AS at, anchor_day, count(*) AS leases,
                                   sum(price_cents)::bigint AS cents, count(*) FILTER (WHERE status = 'past_due') AS past_due
                              FROM lease WHERE status IN ('active', 'past_due') AND next_renewal_at < $1
                             GROUP BY organization_id, date_trunc('hour', next_renewal_at, 'UTC'), anchor_day) together
                     GROUP BY organization_id) due ON due.organization_id = organization.id
        WHERE due.organization_id IS NOT NULL OR wallet.owed_cents > 0`,
      [getHorizon(now)],
    );
    return found.map(({ renewing, ...partner }) => {
      const together: RenewalGroup[] = renewing.map((one) => ({ ...one, at: new Date(one.at) }));
      return { ...partner, ...getUpcomingRenewals(together, partner.balanceCents - partner.owedCents, now) };
    });
  }

  private disconnected(em: EntityManager, now: Date): Promise<DisconnectedLease[]> {
    return queryRows<DisconnectedLease>(
      em,
      `SELECT lease.id AS "leaseId", lease.handle_at_end AS handle, lease.organization_id AS "organizationId",
              organization.name AS partner, lease.price_cents AS "priceCents", lease.ended_at AS "disconnectedAt"
         FROM lease JOIN organization ON organization.id = lease.organization_id
        WHERE lease.end_reason = 'billing_exhausted' AND lease.ended_at >= $1
        ORDER BY lease.ended_at DESC, lease.id LIMIT ${MAX_SHOWN}`,
      [subtractDays(now)],
    );
  }
}

async function counted(em: EntityManager, condition: string, values: unknown[]): Promise<number> {
  const found = await queryRow<{ n: number }>(em, `SELECT count(*) AS n FROM lease WHERE ${condition}`, values);
  return found!.n;
}

function subtractDays(now: Date): Date {
  return new Date(now.getTime() - DAYS_AHEAD * DAY_MS);
}

function sumByDay(partners: readonly PartnerForecast[], now: Date): DayForecast[] {
  const days = Array.from({ length: DAYS_AHEAD + 1 }, (_, ahead) => ({
    day: new Date(now.getTime() + ahead * DAY_MS).toISOString().slice(0, 10),
    renewals: 0,
    dueCents: 0,
    uncoveredCents: 0,
  }));
  const byName = new Map(days.map((day) => [day.day, day]));
  for (const partner of partners) {
    for (const { day, renewals, dueCents, uncoveredCents } of partner.days) {
      const whole = byName.get(day)!;
      whole.renewals += renewals;
      whole.dueCents += dueCents;
      whole.uncoveredCents += uncoveredCents;
    }
  }
  return days;
}

function compareByUrgency(a: PartnerForecast, b: PartnerForecast): number {
  const [first, second] = [a.uncoveredFrom ?? '9', b.uncoveredFrom ?? '9'];
  if (first !== second) return first < second ? -1 : 1;
  return (
    b.shortfallCents - a.shortfallCents || b.dueCents - a.dueCents || (a.organizationId < b.organizationId ? -1 : 1)
  );
}
