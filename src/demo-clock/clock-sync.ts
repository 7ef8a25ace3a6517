import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { queryRow, sql } from '../core/sql.js';

/** Every process has to see within a second that the clock was moved. */
const SYNC_EVERY_MS = 450;

/** Keeps this process's business clock at what the demo's database says. Does nothing outside the demo. */
@Injectable()
export class ClockSync implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.settings.demo) return;
    await this.sync();
    this.scheduleSync();
  }

  beforeApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Reads once how far the demo's clock is ahead. Does nothing in a database that is not migrated yet. */
  async sync(): Promise<void> {
    if (!this.settings.demo) return;
    const em = this.dataSource.manager;
    const table = await queryRow<{ exists: boolean }>(
      em,
      sql`SELECT to_regclass('house_state') IS NOT NULL AS "exists"`,
    );
    if (!table!.exists) return;
    const state = await queryRow<{ aheadMs: number }>(em, sql`SELECT clock_ahead_ms AS "aheadMs" FROM house_state`);
    this.clock.advanceTo(state!.aheadMs);
  }

  /** While the database cannot be reached, the clock keeps its distance. */
  private scheduleSync(): void {
    this.timer = setTimeout(() => {
      void this.sync()
        .catch(() => undefined)
        .finally(() => this.timer && this.scheduleSync());
    }, SYNC_EVERY_MS);
  }
}
