import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../core/clock.js';
import { ValidationFailed } from '../core/errors.js';
import { LedgerVerificationJob } from '../accounting/ledger-verification.job.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { addDay, readDailyFigures, readStandingAt, type DayFigures, type Standing } from './daily-figures.js';
import { toWindow } from './business-days.js';
import type { DashboardFigures, DepthOfDay, Month, SpeedOfDay } from './figures.js';
import { DailyStats } from './daily-stats.service.js';
import { readPeriodSpeed } from './period-speed.js';
import { readCurrentFigures, readWarmingDemand, type CurrentFigures } from './current-figures.js';

const windows = [7, 30, 90] as const;
const DEFAULT_WINDOW = 30;

/** The figures of a shift's handover: the days before today as they are kept, today as it is. */
@Injectable()
export class DashboardService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keptDays: DailyStats,
    private readonly books: LedgerVerificationJob,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * @param asked `days`: 7, 30 or 90, as an address has it
   * @throws ValidationFailed
   */
  async figures(asked: { days?: unknown } = {}): Promise<DashboardFigures> {
    const count = toDays(asked.days);
    const now = this.clock.now();
    const { businessTimeZone: timeZone, leasePriceCents } = this.settings;
    const em = this.dataSource.manager;
    const window = toWindow(now, timeZone, count);
    const [known, { open: openCount, ...tiles }, warm, books] = await Promise.all([
      this.keptDays.readKnown(em, window.all),
      readCurrentFigures(em, now, leasePriceCents),
      readWarmingDemand(em),
      this.books.latest(em),
    ]);
    const [left, standing, whole] = await Promise.all([
      readDailyFigures(em, known.left),
      known.standing ?? readStandingAt(em, known.left.from),
      readPeriodSpeed(em, window.days[0]!, known.left),
    ]);
    const all = [...known.figures, ...left];
    const live = left.reduce(addDay, standing);
    const shown = all.slice(-count);
    return {
      asOf: now,
      timeZone,
      days: count,
      tiles: { ...tiles, leases: live, books },
      depth: toDepths(shown, { ...tiles, open: openCount }),
      speed: { days: shown.map(toSpeeds), whole, pausedMs: shown.reduce((sum, { pausedMs }) => sum + pausedMs, 0) },
      months: toMonths(window.months, all, live),
      warm,
    };
  }
}

function toDays(asked: unknown): number {
  if (asked === undefined || asked === '') return DEFAULT_WINDOW;
  const found = windows.find((days) => String(days) === asked);
  if (!found) throw new ValidationFailed([{ path: 'query.days', message: `must be one of ${windows.join(', ')}` }]);
  return found;
}

/** Backwards from what is open now, by what came and went since. */
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

/** Backwards from the leases that are live now. */
function toMonths(names: string[], days: DayFigures[], now: Standing): Month[] {
  let activeLeases = now.live;
  const months: Month[] = [];
  for (const month of [...names].reverse()) {
    const its = days.filter(({ day }) => day.startsWith(month));
    const sum = (of: (day: DayFigures) => number) => its.reduce((total, day) => total + of(day), 0);
    months.push({ month, activeLeases, revenueCents: sum(({ revenueCents }) => revenueCents) });
    activeLeases -= sum(({ started, ended }) => started - ended);
  }
  return months.reverse();
}
