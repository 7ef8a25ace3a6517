import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { ValidationFailed } from '../common/errors.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { windowOf, type Window } from './days.js';
import type { DashboardFigures, DepthOfDay, Month, Speed } from './figures.js';
import { flowOf, leasesBefore, noSpeed, overdueOf, speedOf, tradeOf, type Flow, type Trade } from './flow.js';
import { openNow, warmNext, type OpenNow } from './now.js';

const windows = [7, 30, 90] as const;
const USUAL_WINDOW = 30;

/** The days before today change no more; they are read again after this long all the same, for work that ran past midnight. */
const HISTORY_HOLDS_MS = 10 * 60_000;

interface History {
  flow: Flow;
  /** Today is in it too: percentiles cannot be put together from parts. */
  speed: Speed;
  trade: Trade;
  overdue: Map<string, number>;
  leasesBefore: { live: number; monthlyCents: number };
}

/** The figures of a shift's handover. What today brings is read each time, the days before it seldom. */
@Injectable()
export class DashboardService {
  private readonly histories = new Map<string, { readAt: number; history: Promise<History> }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * @param asked `days`: 7, 30 or 90, as an address has it
   * @throws ValidationFailed
   */
  async figures(asked: { days?: unknown } = {}): Promise<DashboardFigures> {
    const days = daysOf(asked.days);
    const now = this.clock.now();
    const { businessTimeZone: timeZone, leasePriceCents } = this.settings;
    const em = this.dataSource.manager;
    const window = windowOf(now, timeZone, days);
    const justAfter = new Date(now.getTime() + 1);
    const [history, open, flow, trade, warm] = await Promise.all([
      this.historyOf(window, now),
      openNow(em, now, leasePriceCents),
      flowOf(em, window.todayFrom, justAfter, timeZone),
      tradeOf(em, window.todayFrom, justAfter, timeZone),
      warmNext(em),
    ]);
    const { open: openCount, ...tiles } = open;
    const months = monthsOf(window, history, trade);
    return {
      asOf: now,
      timeZone,
      days,
      tiles: {
        ...tiles,
        leases: {
          live: months.at(-1)!.activeLeases,
          monthlyCents: history.leasesBefore.monthlyCents + trade.monthlyCents,
        },
      },
      depth: depthOf(window, history, { ...tiles, open: openCount }, flow),
      speed: {
        days: window.days.map((day) => ({ day, ...(history.flow.speed.get(day) ?? flow.speed.get(day) ?? noSpeed) })),
        whole: history.speed,
        pausedMs: history.flow.pausedMs + flow.pausedMs,
      },
      months,
      warm,
    };
  }

  private async historyOf(window: Window, now: Date): Promise<History> {
    const key = `${window.today} ${window.days.length}`;
    const known = this.histories.get(key);
    if (known && Date.now() - known.readAt < HISTORY_HOLDS_MS) return known.history;
    for (const old of this.histories.keys()) if (!old.startsWith(window.today)) this.histories.delete(old);
    const history = this.readHistory(window, now);
    this.histories.set(key, { readAt: Date.now(), history });
    history.catch(() => this.histories.delete(key));
    return history;
  }

  private async readHistory({ todayFrom, from, monthsFrom, days }: Window, now: Date): Promise<History> {
    const em = this.dataSource.manager;
    const { businessTimeZone: timeZone } = this.settings;
    const [flow, speed, trade, overdue, before] = await Promise.all([
      flowOf(em, from, todayFrom, timeZone),
      speedOf(em, from, new Date(now.getTime() + 1)),
      tradeOf(em, monthsFrom, todayFrom, timeZone),
      overdueOf(em, days.slice(0, -1), from, timeZone),
      leasesBefore(em, todayFrom),
    ]);
    return { flow, speed, trade, overdue, leasesBefore: before };
  }
}

function daysOf(asked: unknown): number {
  if (asked === undefined || asked === '') return USUAL_WINDOW;
  const found = windows.find((days) => String(days) === asked);
  if (!found) throw new ValidationFailed([{ path: 'query.days', message: `must be one of ${windows.join(', ')}` }]);
  return found;
}

/** Backwards from what is open now, by what came and went since. */
function depthOf(window: Window, history: History, now: Pick<OpenNow, 'open' | 'overdue'>, today: Flow): DepthOfDay[] {
  const depth = [{ day: window.today, open: now.open, overdue: now.overdue.count }];
  const past = window.days.slice(0, -1).reverse();
  let { open } = now;
  let after: { day: string; flow: Flow } = { day: window.today, flow: today };
  for (const day of past) {
    open += (after.flow.closed.get(after.day) ?? 0) - (after.flow.submitted.get(after.day) ?? 0);
    depth.push({ day, open, overdue: history.overdue.get(day) ?? 0 });
    after = { day, flow: history.flow };
  }
  return depth.reverse();
}

/** Backwards from the leases that are live now. */
function monthsOf(window: Window, history: History, today: Trade): Month[] {
  const of = (part: 'revenue' | 'started' | 'ended', month: string) =>
    (history.trade[part].get(month) ?? 0) + (today[part].get(month) ?? 0);
  const sum = (counts: Map<string, number>) => [...counts.values()].reduce((total, n) => total + n, 0);
  let activeLeases = history.leasesBefore.live + sum(today.started) - sum(today.ended);
  const months: Month[] = [];
  for (const month of [...window.months].reverse()) {
    months.push({ month, activeLeases, revenueCents: of('revenue', month) });
    activeLeases += of('ended', month) - of('started', month);
  }
  return months.reverse();
}
