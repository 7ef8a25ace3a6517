import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../core/clock.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { queryRow } from '../core/sql.js';

/** Twice within the second in which every process is to see that the clock was moved. */
const SYNC_EVERY_MS = 450;

/** Lets this process's business clock stand where the demo's database says. Outside the demo it does nothing. */
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

  /** Reads now how far the demo's clock stands ahead. A database that is not migrated yet has no such clock. */
  async sync(): Promise<void> {
    if (!this.settings.demo) return;
    const em = this.dataSource.manager;
    const made = await queryRow<{ made: boolean }>(em, "SELECT to_regclass('house_state') IS NOT NULL AS made");
    if (!made!.made) return;
    const state = await queryRow<{ aheadMs: number }>(em, 'SELECT clock_ahead_ms AS "aheadMs" FROM house_state');
    this.clock.advanceTo(state!.aheadMs);
  }

  /** While the database is away the clock goes on as it stood. */
  private scheduleSync(): void {
    this.timer = setTimeout(() => {
      void this.sync()
        .catch(() => undefined)
        .finally(() => this.timer && this.scheduleSync());
    }, SYNC_EVERY_MS);
  }
}
