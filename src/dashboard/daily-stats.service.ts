import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { identifier, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { getDashboardPeriod, getDaysAfter, type Days } from './business-days.js';
import {
  addDay,
  readDailyFigures,
  readLeaseTotalsAt,
  timeToCloseMs,
  timeToFirstMs,
  toDaySql,
  type DayFigures,
  type LeaseTotals,
} from './daily-figures.js';

const MINUTE_MS = 60_000;
/** At most an hour between two attempts. */
const MAX_TICKS_TO_SKIP = 60;
/** After midnight; no transaction of the day before lives that long. */
const SETTLED_MS = 2 * MINUTE_MS;

/** A day's figures, with the leases that were live at its end. */
type DailyStat = DayFigures & LeaseTotals;

export interface StoredDays {
  figures: DayFigures[];
  /** At the end of the last stored day; `null` where none is stored. */
  leaseTotals: LeaseTotals | null;
  /** The days that are not stored, up to today. */
  missing: Days;
}

/**
 * Stores the figures of days that are over, so that the dashboard never reads a year of requests. They stay as they were at the day's end:
 * a pause that comes later does not change whether a request was overdue on that day.
 */
@Injectable()
export class DailyStats implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DailyStats.name);
  private firstTick = Promise.resolve();
  private failures = 0;
  private ticksToSkip = 0;

  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /** The first start after an update computes a year; until then the dashboard computes the missing days itself. */
  onApplicationBootstrap(): void {
    this.firstTick = this.tick();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.firstTick;
  }

  /** Waits twice as long after each failure. */
  @Interval(MINUTE_MS)
  async tick(): Promise<void> {
    if (this.clock.fault) return;
    if (this.ticksToSkip > 0) {
      this.ticksToSkip -= 1;
      return;
    }
    try {
      await this.store();
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      this.ticksToSkip = Math.min(2 ** this.failures, MAX_TICKS_TO_SKIP);
      this.logger.warn('Storing the figures of the days before today failed', error);
    }
  }

  /** Stores every day of the dashboard's months that is over and not stored. */
  async store(): Promise<void> {
    const settled = new Date(this.clock.now().getTime() - SETTLED_MS);
    const { all } = getDashboardPeriod(settled, this.settings.businessTimeZone, 1);
    await this.transactions.run(async (em) => {
      if ((await this.readStored(em, all)).missing.days.length <= 1) return;
      // Another process may be storing the same days.
      await queryRows(em, sql`LOCK TABLE kept_day IN SHARE ROW EXCLUSIVE MODE`);
      const { leaseTotals, missing } = await this.readStored(em, all);
      let totals = leaseTotals ?? (await readLeaseTotalsAt(em, missing.from));
      const finished = (await readDailyFigures(em, missing)).slice(0, -1);
      const stats = finished.map((day) => ({ ...day, ...(totals = addDay(totals, day)) }));
      await this.writeFigures(em, stats);
      await this.writeDurations(em, missing);
    });
  }

  /** @param all from the dashboard's first day to today */
  async readStored(em: EntityManager, all: Days): Promise<StoredDays> {
    const { days, timeZone } = all;
    const found = await queryRows<{ figures: DailyStat }>(
      em,
      sql`SELECT figures FROM kept_day
        WHERE time_zone = ${timeZone} AND day >= ${days[0]}::date AND day < ${days.at(-1)}::date ORDER BY day`,
    );
    // Days after a gap do not count: their lease totals would be wrong.
    const figures = found.map((row) => row.figures).filter(({ day }, index) => day === days[index]);
    const last = figures.at(-1);
    return {
      figures,
      leaseTotals: last ? { live: last.live, monthlyCents: last.monthlyCents } : null,
      missing: last ? getDaysAfter(last.day, all) : all,
    };
  }

  private async writeFigures(em: EntityManager, stats: DailyStat[]): Promise<void> {
    const timeZone = sql`${this.settings.businessTimeZone}::text`;
    await queryRows(
      em,
      sql`INSERT INTO kept_day (time_zone, day, ended_at, figures)
       SELECT ${timeZone}, day::date, (day::date + 1)::timestamp AT TIME ZONE ${timeZone}, to_jsonb(stat)
         FROM jsonb_array_elements(${JSON.stringify(stats)}::jsonb) stat CROSS JOIN LATERAL (SELECT stat ->> 'day' AS day) day_of
       ON CONFLICT (time_zone, day) DO UPDATE SET figures = excluded.figures`,
    );
  }

  private async writeDurations(em: EntityManager, { days, from, timeZone }: Days): Promise<void> {
    const measures = [
      { column: 'first_took', durationMs: timeToFirstMs, endedAt: 'first_assigned_at', condition: sql`TRUE` },
      { column: 'close_took', durationMs: timeToCloseMs, endedAt: 'closed_at', condition: sql`closed_by = 'staff'` },
    ];
    for (const { column, durationMs, endedAt, condition } of measures) {
      await queryRows(
        em,
        sql`UPDATE kept_day SET ${identifier(column)} = day_of.durations
           FROM (SELECT ${toDaySql(identifier(endedAt), timeZone)} AS day, array_agg(round(${durationMs})::bigint) AS durations
                   FROM lease_request WHERE ${identifier(endedAt)} >= ${from}::timestamptz AND ${condition} AND NOT sandbox GROUP BY 1) day_of
          WHERE kept_day.time_zone = ${timeZone} AND kept_day.day = day_of.day::date AND kept_day.day >= ${days[0]}::date`,
      );
    }
  }
}
