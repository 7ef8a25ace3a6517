import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { addCalendarDays, toCalendarDay } from '../core/calendar-days.js';
import { Clock } from '../core/clock.js';
import { isOperatedSql } from '../core/operated-sql.js';
import { readSnapshot } from '../core/snapshot.js';
import { literal, queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { DemoClock, type ClockState } from '../demo-clock/demo-clock.service.js';
import { isLiveSql } from '../leases/lease-sql.js';
import { readDuePartners } from '../renewals/due-leases.js';
import { MoneyFreeze, type FreezeState } from '../wallets/money-freeze.js';
import { isLowSql, walletIdSql } from '../wallets/wallet-sql.js';
import { readPastDueLeases, type PastDueLease } from './past-due-leases.js';
import { quarterOfHourSql, type RenewalGroup } from './renewal-groups.js';
import {
  DAYS_AHEAD,
  getForecastEnd,
  getUpcomingRenewals,
  type DayForecast,
  type UpcomingRenewals,
} from './upcoming-renewals.js';

/** A partner with upcoming renewals, with leases past due, or with a debt; cents. */
export interface PartnerForecast extends UpcomingRenewals {
  organizationId: string;
  partner: string;
  suspended: boolean;
  balanceCents: number;
  owedCents: number;
  thresholdCents: number | null;
  /** Whether the wallet holds less than its threshold or, without one, than a month of its live leases. */
  isLow: boolean;
  pastDue: number;
}

/** A partner whose wallet does not cover what falls due in the next days. */
export interface UncoveredPartner {
  organizationId: string;
  partner: string;
  /** The first day that is not covered, `2027-01-31`, in the business time zone. */
  uncoveredFrom: string;
  /** Of these days. */
  uncoveredCents: number;
}

/** A lease that ended because its renewals were not paid. */
export interface DisconnectedLease {
  leaseId: string;
  handle: string;
  organizationId: string;
  partner: string;
  priceCents: number;
  disconnectedAt: Date;
}

export interface RenewalsForecast {
  daysAhead: number;
  /** Of the days. */
  timeZone: string;
  /** Every day ahead, summed over all partners. */
  days: DayForecast[];
  /** The soonest uncovered first, then those with only a debt, then the covered ones; at most 200. */
  partners: PartnerForecast[];
  partnerCount: number;
  /** The soonest to be disconnected first; at most 200. */
  pastDue: PastDueLease[];
  pastDueCount: number;
  /** Of the last 30 days, the newest first; at most 200. */
  disconnected: DisconnectedLease[];
  disconnectedCount: number;
  /** Leases whose attempt is due now: no run has reached them yet, or money is frozen. */
  waiting: number;
  freeze: FreezeState;
  clock: ClockState;
}

interface PartnerRow extends Omit<PartnerForecast, keyof UpcomingRenewals> {
  renewing: (Omit<RenewalGroup, 'at'> & { at: string })[];
}

const MAX_SHOWN = 200;
const DAYS_SHOWN_BACK = 30;
const DAY_MS = 86_400_000;

/** What falls due in the next days for all partners, and what the wallets do not cover. */
@Injectable()
export class RenewalsForecastService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly freeze: MoneyFreeze,
    private readonly demoClock: DemoClock,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  async page(): Promise<RenewalsForecast> {
    const now = this.clock.now();
    return readSnapshot(this.dataSource, (em) => this.read(em, now));
  }

  /** The soonest first. @param days from today on, in the business time zone */
  async listUncovered(em: EntityManager, now: Date, days: number): Promise<UncoveredPartner[]> {
    const lastDay = addCalendarDays(toCalendarDay(now, this.settings.businessTimeZone), days);
    const partners = await this.readPartners(em, now, isOperatedSql());
    return partners.sort(compareByUrgency).flatMap(({ organizationId, partner, uncoveredFrom, days }) => {
      if (uncoveredFrom === null || uncoveredFrom > lastDay) return [];
      const soon = days.filter(({ day }) => day <= lastDay);
      const uncoveredCents = soon.reduce((sum, day) => sum + day.uncoveredCents, 0);
      return [{ organizationId, partner, uncoveredFrom, uncoveredCents }];
    });
  }

  private async read(em: EntityManager, now: Date): Promise<RenewalsForecast> {
    const partners = await this.readPartners(em, now);
    const duePartners = await readDuePartners(em, now);
    return {
      daysAhead: DAYS_AHEAD,
      days: sumByDay(partners, now, this.settings.businessTimeZone),
      timeZone: this.settings.businessTimeZone,
      partners: partners.sort(compareByUrgency).slice(0, MAX_SHOWN),
      partnerCount: partners.length,
      pastDue: await readPastDueLeases(em, now, MAX_SHOWN),
      pastDueCount: await countLeases(em, sql`status = 'past_due' AND NOT sandbox`),
      disconnected: await this.readDisconnected(em, now),
      disconnectedCount: await countLeases(em, isRecentlyDisconnectedSql(now)),
      waiting: duePartners.reduce((sum, { attemptCount }) => sum + Math.max(attemptCount, 1), 0),
      freeze: await this.freeze.state(em),
      clock: this.demoClock.state(),
    };
  }

  /** Includes those with only a debt: they need a top-up although nothing falls due. */
  private async readPartners(em: EntityManager, now: Date, condition = sql`true`): Promise<PartnerForecast[]> {
    const found = await queryRows<PartnerRow>(
      em,
      sql`SELECT organization.id AS "organizationId", organization.name AS partner, organization.suspended_at IS NOT NULL AS suspended,
              wallet.balance_cents AS "balanceCents", wallet.owed_cents AS "owedCents",
              organization.low_balance_threshold_cents AS "thresholdCents",
              ${isLowSql()} AS "isLow",
              coalesce(due.past_due, 0) AS "pastDue", coalesce(due.renewing, '[]') AS renewing
         FROM organization
         JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`organization.id`)}
         LEFT JOIN (SELECT organization_id, sum(past_due)::bigint AS past_due,
                           json_agg(json_build_object('at', at, 'anchorDay', anchor_day, 'leases', leases, 'cents', cents)) AS renewing
                      FROM (SELECT organization_id, min(next_renewal_at) AS at, anchor_day, count(*) AS leases,
                                   sum(price_cents)::bigint AS cents, count(*) FILTER (WHERE status = 'past_due') AS past_due
                              FROM lease WHERE ${isLiveSql()} AND NOT sandbox AND next_renewal_at < ${getForecastEnd(now)}::timestamptz
                             GROUP BY organization_id, ${quarterOfHourSql(sql`next_renewal_at`)}, anchor_day) renewal_group
                     GROUP BY organization_id) due ON due.organization_id = organization.id
         WHERE NOT organization.sandbox AND (due.organization_id IS NOT NULL OR wallet.owed_cents > 0) AND ${condition}`,
    );
    return found.map(({ renewing, ...partner }) => {
      const groups: RenewalGroup[] = renewing.map((one) => ({ ...one, at: new Date(one.at) }));
      const freeCents = partner.balanceCents - partner.owedCents;
      return { ...partner, ...getUpcomingRenewals(groups, freeCents, now, this.settings.businessTimeZone) };
    });
  }

  private readDisconnected(em: EntityManager, now: Date): Promise<DisconnectedLease[]> {
    return queryRows<DisconnectedLease>(
      em,
      sql`SELECT lease.id AS "leaseId", lease.handle_at_end AS handle, lease.organization_id AS "organizationId",
              organization.name AS partner, lease.price_cents AS "priceCents", lease.ended_at AS "disconnectedAt"
         FROM lease JOIN organization ON organization.id = lease.organization_id
        WHERE ${isRecentlyDisconnectedSql(now)}
        ORDER BY lease.ended_at DESC, lease.id LIMIT ${literal(MAX_SHOWN)}`,
    );
  }
}

async function countLeases(em: EntityManager, condition: Sql): Promise<number> {
  const found = await queryRow<{ n: number }>(em, sql`SELECT count(*) AS n FROM lease WHERE ${condition}`);
  return found!.n;
}

function isRecentlyDisconnectedSql(now: Date): Sql {
  const since = new Date(now.getTime() - DAYS_SHOWN_BACK * DAY_MS);
  return sql`NOT lease.sandbox AND lease.end_reason = 'billing_exhausted' AND lease.ended_at >= ${since}::timestamptz`;
}

function sumByDay(partners: readonly PartnerForecast[], now: Date, timeZone: string): DayForecast[] {
  const days: DayForecast[] = [];
  // The change to summer time may put the last moment into one more day.
  const lastDay = toCalendarDay(getForecastEnd(now).getTime() - 1, timeZone);
  for (let day = toCalendarDay(now, timeZone); day <= lastDay; day = addCalendarDays(day, 1)) {
    days.push({ day, renewals: 0, dueCents: 0, uncoveredCents: 0 });
  }
  const byDay = new Map(days.map((day) => [day.day, day]));
  for (const partner of partners) {
    for (const { day, renewals, dueCents, uncoveredCents } of partner.days) {
      const total = byDay.get(day)!;
      total.renewals += renewals;
      total.dueCents += dueCents;
      total.uncoveredCents += uncoveredCents;
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
