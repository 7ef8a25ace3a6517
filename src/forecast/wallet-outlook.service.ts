import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { DataSource, type EntityManager } from 'typeorm';
import { countCalendarMonths } from '../core/billing-calendar.js';
import { Clock } from '../core/clock.js';
import { NotFound } from '../core/errors.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { listMonthsBack } from '../core/months.js';
import { queryRow, sql } from '../core/sql.js';
import { WalletsService, type WalletSummary } from '../wallets/wallets.service.js';
import { readRenewalGroups, type RenewalGroup } from './renewal-groups.js';
import { getBalanceDepletedAt } from './runway.js';

/** What falls due in one calendar month (UTC). */
export interface MonthForecast {
  month: string;
  renewals: number;
  dueCents: number;
  /** If nothing is paid in; negative where the wallet does not cover the month. */
  balanceAfterCents: number;
}

export interface WalletOutlook extends WalletSummary {
  partner: string;
  /** The low-balance threshold; `null` for none. */
  lowBelowCents: number | null;
  /** Holds less than the threshold or, without one, than a month of its live leases. */
  isLow: boolean;
  /** `disconnectsAt`: of the first of them, if nothing is paid in. */
  pastDue: { leases: number; disconnectsAt: Date | null };
  /**
   * When the balance is depleted: the first renewal that it does not cover; `null` without live leases, or beyond three years. Exact to a
   * quarter of an hour where the partner has more than 500 live leases.
   */
  runsDryAt: Date | null;
  monthsAhead: MonthForecast[];
  /** Months (`2026-11`, UTC) from the last movement back to the first one. */
  months: string[];
}

const MONTHS_AHEAD = 6;
const MAX_MONTHS = 60;

@Injectable()
export class WalletOutlookService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wallets: WalletsService,
    private readonly clock: Clock,
    private readonly organizationClock: OrganizationClock,
  ) {}

  /** What a wallet holds, what its live leases cost, and how long it lasts. @throws NotFound */
  async outlook(organizationId: string): Promise<WalletOutlook> {
    const em = this.dataSource.manager;
    const summary = await this.wallets.show(organizationId);
    const organization = await queryRow<{ name: string; lowBalanceThresholdCents: number | null }>(
      em,
      sql`SELECT name, low_balance_threshold_cents AS "lowBalanceThresholdCents" FROM organization WHERE id = ${organizationId}`,
    );
    if (!organization) throw new NotFound('This wallet');
    const dues = await readRenewalGroups(em, organizationId);
    const pastDue = await queryRow<WalletOutlook['pastDue']>(
      em,
      sql`SELECT count(*) AS leases, min(disconnects_at) AS "disconnectsAt"
         FROM panel_lease WHERE organization_id = ${organizationId} AND status = 'past_due'`,
    );
    const freeCents = summary.balanceCents - summary.owedCents;
    const balanceDepletedAt = getBalanceDepletedAt(freeCents, dues);
    return {
      ...summary,
      partner: organization.name,
      lowBelowCents: organization.lowBalanceThresholdCents,
      isLow: freeCents < (organization.lowBalanceThresholdCents ?? summary.monthlyCommitmentCents),
      pastDue: pastDue!,
      runsDryAt: balanceDepletedAt,
      monthsAhead: getMonthForecasts(freeCents, dues, await this.readNow(organizationId)),
      months: await this.listStatementMonths(em, organizationId),
    };
  }

  private readNow(organizationId: string): Promise<Date> {
    return this.organizationClock.run(organizationId, () => Promise.resolve(this.clock.now()));
  }

  private async listStatementMonths(em: EntityManager, organizationId: string): Promise<string[]> {
    const found = await queryRow<{ first: Date | null; last: Date | null }>(
      em,
      sql`SELECT (SELECT booked_at FROM ledger_transfer WHERE organization_id = ${organizationId} AND wallet_seq IS NOT NULL
                ORDER BY wallet_seq LIMIT 1) AS first,
              (SELECT booked_at FROM ledger_transfer WHERE organization_id = ${organizationId} AND wallet_seq IS NOT NULL
                ORDER BY wallet_seq DESC LIMIT 1) AS last`,
    );
    if (!found?.first || !found.last) return [];
    return listMonthsBack(found.last, found.first, MAX_MONTHS);
  }
}

/** The renewals of this month and the five next ones (UTC). */
export function getMonthForecasts(freeCents: number, dues: readonly RenewalGroup[], now: Date): MonthForecast[] {
  const thisMonth = DateTime.fromJSDate(now, { zone: 'utc' }).startOf('month');
  const months = Array.from({ length: MONTHS_AHEAD }, (_, ahead) => ({
    month: thisMonth.plus({ months: ahead }).toFormat('yyyy-MM'),
    renewals: 0,
    dueCents: 0,
    balanceAfterCents: freeCents,
  }));
  for (const { at, leases, cents } of dues) {
    // A lease renews once a month; overdue months count in this one.
    const first = countCalendarMonths(now, at);
    for (let ahead = first; ahead < MONTHS_AHEAD; ahead += 1) {
      const month = months[Math.max(0, ahead)]!;
      month.renewals += leases;
      month.dueCents += cents;
    }
  }
  let leftCents = freeCents;
  for (const month of months) month.balanceAfterCents = leftCents -= month.dueCents;
  return months;
}
