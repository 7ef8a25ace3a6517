import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from './clock.js';

/** Rows of one table that are deleted when their time is over, by the database's clock. */
export interface Retention {
  table: string;
  /** Deletes at most {@link PRUNE_BATCH_SIZE} rows in one statement. @returns one row for each */
  deleteExpired(em: EntityManager): Promise<unknown[]>;
}

export const PRUNE_BATCH_SIZE = 500;
const PRUNE_EVERY_MS = 300_000;

/** Deletes what tables need not keep any longer, in small batches, so that no statement takes long and no lock is held for long. */
@Injectable()
export class Pruner implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Pruner.name);
  private readonly retentions: Retention[] = [];
  private currentRun: Promise<void> | null = null;
  private isStopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  register(retention: Retention): void {
    this.retentions.push(retention);
  }

  @Interval(PRUNE_EVERY_MS)
  async prune(): Promise<void> {
    if (this.clock.fault !== null) return;
    this.currentRun ??= this.pruneAll().finally(() => (this.currentRun = null));
    await this.currentRun;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.currentRun;
  }

  /** What fails in one table keeps no other from being pruned; the next run tries again. */
  private async pruneAll(): Promise<void> {
    for (const { table, deleteExpired } of this.retentions) {
      try {
        for (let deleted = PRUNE_BATCH_SIZE; deleted === PRUNE_BATCH_SIZE && !this.isStopping;) {
          deleted = (await deleteExpired(this.dataSource.manager)).length;
        }
      } catch (error) {
        this.logger.error(new Error(`Pruning ${table} failed.`, { cause: error }));
      }
    }
  }
}
