import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { ValidationFailed } from '../common/errors.js';
import { BooksWatch } from '../wallets/books-watch.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { after, figuresOf, standingAt, type DayFigures, type Standing } from './day-figures.js';
import { windowOf } from './days.js';
import type { DashboardFigures, DepthOfDay, Month, SpeedOfDay } from './figures.js';
import { KeptDays } from './kept-days.service.js';
import { wholeSpeed } from './whole-speed.js';
import { openNow, warmNext, type OpenNow } from './now.js';

const windows = [7, 30, 90] as const;
const USUAL_WINDOW = 30;

/** The figures of a shift's handover: the days before today as they are kept, today as it is. */
@Injectable()
export class DashboardService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keptDays: KeptDays,
    private readonly books: BooksWatch,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * @param asked `days`: 7, 30 or 90, as an address has it
   * @throws ValidationFailed
   */
  async figures(asked: { days?: unknown } = {}): Promise<DashboardFigures> {
    const count = daysOf(asked.days);
    const now = this.clock.now();
    const { businessTimeZone: timeZone, leasePriceCents } = this.settings;
    const em = this.dataSource.manager;
    const window = windowOf(now, timeZone, count);
    const [known, { open: openCount, ...tiles }, warm, books] = await Promise.all([
      this.keptDays.known(em, window.all),
      openNow(em, now, leasePriceCents),
      warmNext(em),
      this.books.last(em),
    ]);
    const [left, standing, whole] = await Promise.all([
      figuresOf(em, known.left),
      known.standing ?? standingAt(em, known.left.from),
      wholeSpeed(em, window.days[0]!, known.left),
    ]);
    const all = [...known.figures, ...left];
    const live = left.reduce(after, standing);
    const shown = all.slice(-count);
    return {
      asOf: now,
      timeZone,
      days: count,
      tiles: { ...tiles, leases: live, books },
      depth: depthOf(shown, { ...tiles, open: openCount }),
      speed: { days: shown.map(speedOf), whole, pausedMs: shown.reduce((sum, { pausedMs }) => sum + pausedMs, 0) },
      months: monthsOf(window.months, all, live),
      warm,
    };
  }
}

function daysOf(asked: unknown): number {
  if (asked === undefined || asked === '') return USUAL_WINDOW;
  const found = windows.find((days) => String(days) === asked);
  if (!found) throw new ValidationFailed([{ path: 'query.days', message: `must be one of ${windows.join(', ')}` }]);
  return found;
}

/** Backwards from what is open now, by what came and went since. */
function depthOf(days: DayFigures[], now: Pick<OpenNow, 'open' | 'overdue'>): DepthOfDay[] {
  const depth: DepthOfDay[] = [];
  let { open } = now;
  for (const { day, submitted, gone, overdue } of [...days].reverse()) {
    depth.push({ day, open, overdue: depth.length === 0 ? now.overdue.count : overdue });
    open += gone - submitted;
  }
  return depth.reverse();
}

function speedOf({
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
function monthsOf(names: string[], days: DayFigures[], now: Standing): Month[] {
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
