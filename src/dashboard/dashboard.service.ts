import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LedgerVerificationJob } from '../accounting/ledger-verification.job.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { ValidationFailed } from '../core/errors.js';
import { addDay, readDailyFigures, readLeaseTotalsAt, type DayFigures, type LeaseTotals } from './daily-figures.js';
import { getDashboardPeriod } from './business-days.js';
import type { DashboardFigures, DepthOfDay, Month, SpeedOfDay } from './figures.js';
import { DailyStats } from './daily-stats.service.js';
import { readPeriodSpeed } from './period-speed.js';
import { readCurrentFigures, readWarmingDemand, type CurrentFigures } from './current-figures.js';

const dayCounts = [7, 30, 90] as const;
const DEFAULT_DAY_COUNT = 30;

/** The dashboard: the days before today from storage, today from the tables. */
@Injectable()
export class DashboardService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly dailyStats: DailyStats,
    private readonly verification: LedgerVerificationJob,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * @param params of an address, unchecked; `days` is 7, 30 or 90
   * @throws ValidationFailed
   */
  async figures(params: { days?: unknown } = {}): Promise<DashboardFigures> {
    const count = readDayCount(params.days);
    const now = this.clock.now();
    const { businessTimeZone: timeZone, leasePriceCents } = this.settings;
    const em = this.dataSource.manager;
    const period = getDashboardPeriod(now, timeZone, count);
    const [stored, { open: openCount, ...tiles }, warm, books] = await Promise.all([
      this.dailyStats.readStored(em, period.all),
      readCurrentFigures(em, now, leasePriceCents),
      readWarmingDemand(em),
      this.verification.latest(em),
    ]);
    const [missing, totalsBefore, whole] = await Promise.all([
      readDailyFigures(em, stored.missing),
      stored.leaseTotals ?? readLeaseTotalsAt(em, stored.missing.from),
      readPeriodSpeed(em, period.days[0]!, stored.missing),
    ]);
    const allDays = [...stored.figures, ...missing];
    const leaseTotals = missing.reduce(addDay, totalsBefore);
    const shown = allDays.slice(-count);
    return {
      asOf: now,
      timeZone,
      days: count,
      tiles: { ...tiles, leases: leaseTotals, books },
      depth: toDepths(shown, { ...tiles, open: openCount }),
      speed: { days: shown.map(toSpeeds), whole, pausedMs: shown.reduce((sum, { pausedMs }) => sum + pausedMs, 0) },
      months: toMonths(period.months, allDays, leaseTotals),
      warm,
    };
  }
}

function readDayCount(param: unknown): number {
  if (param === undefined || param === '') return DEFAULT_DAY_COUNT;
  const found = dayCounts.find((days) => String(days) === param);
  if (!found) throw new ValidationFailed([{ path: 'query.days', message: `must be one of ${dayCounts.join(', ')}` }]);
  return found;
}

/** Computed backwards from the requests that are open now. */
function toDepths(days: DayFigures[], now: Pick<CurrentFigures, 'open' | 'overdue'>): DepthOfDay[] {
  const depth: DepthOfDay[] = [];
  let { open } = now;
  for (const { day, submitted, gone, overdue } of [...days].reverse()) {
    depth.push({ day, open, overdue: depth.length === 0 ? now.overdue.count : overdue });
    open += gone - submitted;
  }
  return depth.reverse();
}

function toSpeeds({
  day,
  firsts,
  firstMedianMs,
  firstP95Ms,
  closed,
  closeMedianMs,
  closeP95Ms,
}: DayFigures): SpeedOfDay {
  return { day, firsts, firstMedianMs, firstP95Ms, closed, closeMedianMs, closeP95Ms };
}

/** Computed backwards from the leases that are live now. */
function toMonths(names: string[], days: DayFigures[], now: LeaseTotals): Month[] {
  let activeLeases = now.live;
  const months: Month[] = [];
  for (const month of [...names].reverse()) {
    const daysOfMonth = days.filter(({ day }) => day.startsWith(month));
    const sum = (getFigure: (day: DayFigures) => number) =>
      daysOfMonth.reduce((total, day) => total + getFigure(day), 0);
    months.push({ month, activeLeases, revenueCents: sum(({ revenueCents }) => revenueCents) });
    activeLeases -= sum(({ started, ended }) => started - ended);
  }
  return months.reverse();
}
