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
import { queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import {
  addDay,
  closeTook,
  toDaySql,
  readDailyFigures,
  firstTook,
  readStandingAt,
  type DayFigures,
  type Standing,
} from './daily-figures.js';
import { getDaysAfter, toWindow, type Days } from './business-days.js';

const MINUTE_MS = 60_000;
/** An hour between two tries at the most. */
const MAX_ATTEMPTS = 60;
/** By then every transaction that began on the day before has ended; none lives longer than half a minute. */
const SETTLED_MS = 2 * MINUTE_MS;

/** A day's figures, with the leases that were live when it ended. */
type DailyStat = DayFigures & Standing;

/** What is known of a stretch of days without looking at its requests, leases and transfers. */
export interface KnownDays {
  figures: DayFigures[];
  /** What was live when the last of them ended, or before the first where none is known. */
  standing: Standing | null;
  /** The days that nobody has reckoned yet, up to today. */
  left: Days;
}

/**
 * Keeps the figures of days that are over, so that no reading of the dashboard walks over a year of requests. They are as the
 * evening saw them: a clock that stands still later does not make an overdue day one in time.
 */
@Injectable()
export class DailyStats implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DailyStats.name);
  private beginning = Promise.resolve();
  private failures = 0;
  private turnsToWait = 0;

  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /** The first start after an update reckons a year, and nobody waits for that: the dashboard does so itself until then. */
  onApplicationBootstrap(): void {
    this.beginning = this.tick();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.beginning;
  }

  /** After a failure it waits twice as long each time, so that a year too large to be reckoned is not tried all day. */
  @Interval(MINUTE_MS)
  async tick(): Promise<void> {
    if (this.turnsToWait > 0) {
      this.turnsToWait -= 1;
      return;
    }
    try {
      await this.store();
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      this.turnsToWait = Math.min(2 ** this.failures, MAX_ATTEMPTS);
      this.logger.warn('The days before today are not reckoned yet', error);
    }
  }

  /** Reckons every day of the dashboard's months that is over and not kept. */
  async store(): Promise<void> {
    const settled = new Date(this.clock.now().getTime() - SETTLED_MS);
    const { all } = toWindow(settled, this.settings.businessTimeZone, 1);
    await this.transactions.run(async (em) => {
      if ((await this.readKnown(em, all)).left.days.length <= 1) return;
      // Against another process that does the same, and against what is written into these days meanwhile.
      await queryRows(em, 'LOCK TABLE kept_day IN SHARE ROW EXCLUSIVE MODE');
      const { standing, left } = await this.readKnown(em, all);
      let live = standing ?? (await readStandingAt(em, left.from));
      const over = (await readDailyFigures(em, left)).slice(0, -1);
      const kept = over.map((day) => ({ ...day, ...(live = addDay(live, day)) }));
      await this.write(em, kept);
      await this.writeTimes(em, left);
    });
  }

  /** What is kept of these days, which begin with the dashboard's first and end with today. */
  async readKnown(em: EntityManager, all: Days): Promise<KnownDays> {
    const { days, timeZone } = all;
    const found = await queryRows<{ figures: DailyStat }>(
      em,
      `SELECT figures FROM kept_day WHERE time_zone = $1 AND day >= $2::date AND day < $3::date ORDER BY day`,
      [timeZone, days[0], days.at(-1)],
    );
    // A gap would make all after it wrong.
    const figures = found.map((one) => one.figures).filter(({ day }, place) => day === days[place]);
    const last = figures.at(-1);
    return {
      figures,
      standing: last ? { live: last.live, monthlyCents: last.monthlyCents } : null,
      left: last ? getDaysAfter(last.day, all) : all,
    };
  }

  private async write(em: EntityManager, kept: DailyStat[]): Promise<void> {
    await queryRows(
      em,
      `INSERT INTO kept_day (time_zone, day, ended_at, figures)
       SELECT $1, day::date, (day::date + 1)::timestamp AT TIME ZONE $1, to_jsonb(one)
         FROM jsonb_array_elements($2::jsonb) one CROSS JOIN LATERAL (SELECT one ->> 'day' AS day) of
       ON CONFLICT (time_zone, day) DO UPDATE SET figures = excluded.figures`,
      [this.settings.businessTimeZone, JSON.stringify(kept)],
    );
  }

  private async writeTimes(em: EntityManager, { days, from, timeZone }: Days): Promise<void> {
    const times = [
      { column: 'first_took', took: firstTook, at: 'first_assigned_at', which: 'TRUE' },
      { column: 'close_took', took: closeTook, at: 'closed_at', which: "closed_by = 'staff'" },
    ];
    for (const { column, took, at, which } of times) {
      await queryRows(
        em,
        `UPDATE kept_day SET ${column} = day_of.took
           FROM (SELECT ${toDaySql(at)} AS day, array_agg(round(${took})::bigint) AS took FROM lease_request
                  WHERE ${at} >= $1 AND ${which} GROUP BY 1) day_of
          WHERE kept_day.time_zone = $2 AND kept_day.day = day_of.day::date AND kept_day.day >= $3::date`,
        [from, timeZone, days[0]],
      );
    }
  }
}
