import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { NotFound } from '../core/errors.js';
import { listMonthsBack } from '../core/months.js';
import { queryRow } from '../core/sql.js';
import { WalletsService, type WalletSummary } from '../wallets/wallets.service.js';
import { readRenewalGroups, type RenewalGroup } from './renewal-groups.js';
import { getBalanceDepletedAt } from './runway.js';

/** What falls due in one calendar month (UTC), and what the wallet holds after it if nothing is paid in. */
export interface MonthForecast {
  month: string;
  renewals: number;
  dueCents: number;
  /** Below nothing where the wallet does not cover it. */
  balanceAfterCents: number;
}

export interface WalletOutlook extends WalletSummary {
  partner: string;
  /** Below this the wallet is marked as low; `null` where it never is. */
  lowBelowCents: number | null;
  /** Leases past due, and when the first of them is disconnected if nothing is paid in. */
  pastDue: { leases: number; disconnectsAt: Date | null };
  /**
   * The first renewal that the wallet does not pay for; `null` where nothing is committed or three years are. To the hour
   * where the partner has more than 500 live leases.
   */
  runsDryAt: Date | null;
  monthsAhead: MonthForecast[];
  /** Months (`2026-11`, UTC) that have movements, the newest first. */
  months: string[];
}

const MONTHS_AHEAD = 6;
const MAX_MONTHS = 60;

/** How long a wallet lasts. */
@Injectable()
export class WalletOutlookService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wallets: WalletsService,
    private readonly clock: Clock,
  ) {}

  /** What a wallet holds, what is committed from it, and until when it lasts. @throws NotFound */
  async outlook(organizationId: string): Promise<WalletOutlook> {
    const em = this.dataSource.manager;
    const summary = await this.wallets.show(organizationId);
    const named = await queryRow<{ name: string; lowBalanceThresholdCents: number | null }>(
      em,
      'SELECT name, low_balance_threshold_cents AS "lowBalanceThresholdCents" FROM organization WHERE id = $1',
      [organizationId],
    );
    if (!named) throw new NotFound('This wallet');
    const dues = await readRenewalGroups(em, organizationId);
    const pastDue = await queryRow<WalletOutlook['pastDue']>(
      em,
      `SELECT count(*) AS leases, min(disconnects_at) AS "disconnectsAt"
         FROM panel_lease WHERE organization_id = $1 AND status = 'past_due'`,
      [organizationId],
    );
    const free = summary.balanceCents - summary.owedCents;
    return {
      ...summary,
      partner: named.name,
      lowBelowCents: named.lowBalanceThresholdCents,
      pastDue: pastDue!,
      runsDryAt: getBalanceDepletedAt(free, dues),
      monthsAhead: getMonthForecasts(free, dues, this.clock.now()),
      months: await this.listStatementMonths(em, organizationId),
    };
  }

  private async listStatementMonths(em: EntityManager, organizationId: string): Promise<string[]> {
    const found = await queryRow<{ first: Date | null; last: Date | null }>(
      em,
      `SELECT (SELECT booked_at FROM ledger_transfer WHERE organization_id = $1 AND wallet_seq IS NOT NULL
                ORDER BY wallet_seq LIMIT 1) AS first,
              (SELECT booked_at FROM ledger_transfer WHERE organization_id = $1 AND wallet_seq IS NOT NULL
                ORDER BY wallet_seq DESC LIMIT 1) AS last`,
      [organizationId],
    );
    if (!found?.first || !found.last) return [];
    return listMonthsBack(found.last, found.first, MAX_MONTHS);
  }
}

/** The renewals of this month and the next ones, month by month, in UTC as leases renew. */
export function getMonthForecasts(freeCents: number, dues: readonly RenewalGroup[], now: Date): MonthForecast[] {
  const thisMonth = DateTime.fromJSDate(now, { zone: 'utc' }).startOf('month');
  const months = Array.from({ length: MONTHS_AHEAD }, (_, ahead) => ({
    month: thisMonth.plus({ months: ahead }).toFormat('yyyy-MM'),
    renewals: 0,
    dueCents: 0,
    balanceAfterCents: freeCents,
  }));
  for (const { at, leases, cents } of dues) {
    // A lease renews once in every month; what is overdue already falls on this one.
    const first = toMonthNumber(at) - toMonthNumber(now);
    for (let ahead = first; ahead < MONTHS_AHEAD; ahead += 1) {
      const month = months[Math.max(0, ahead)]!;
      month.renewals += leases;
      month.dueCents += cents;
    }
  }
  let left = freeCents;
  for (const month of months) month.balanceAfterCents = left -= month.dueCents;
  return months;
}

function toMonthNumber(at: Date): number {
  return at.getUTCFullYear() * 12 + at.getUTCMonth();
}
