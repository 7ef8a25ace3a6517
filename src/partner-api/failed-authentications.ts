import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { withTimeout } from '../core/with-timeout.js';
import { toNetwork } from '../core/network.js';
import { timeouts } from '../core/timeouts.js';
import { queryRows } from '../core/sql.js';

const MAX_FAILURES = 100;
const WINDOW_SECONDS = 60;
const PURGE_EVERY_MS = 300_000;
const PURGE_BATCH_SIZE = 1_000;

/** Counts failed authentications by network. Only failures come here: a valid key is never refused by this count. */
@Injectable()
export class FailedAuthentications {
  private readonly limiter: RateLimiterPostgres;

  constructor(private readonly dataSource: DataSource) {
    this.limiter = new RateLimiterPostgres({
      storeClient: (dataSource.driver as unknown as { master: pg.Pool }).master,
      storeType: 'pool',
      tableName: 'failed_authentication',
      tableCreated: true,
      keyPrefix: 'key',
      points: MAX_FAILURES,
      duration: WINDOW_SECONDS,
      // A network that went on for long is refused without a write for each try.
      inMemoryBlockOnConsumed: MAX_FAILURES + 1,
      // Its own way to clear them is one statement, however many there are.
      clearExpiredByTimeout: false,
    });
  }

  /** @returns whole seconds to wait where the address's network has failed too often, else `null`, also when the count is out of reach */
  async count(address: string): Promise<number | null> {
    try {
      await withTimeout(timeouts.failedAuthenticationsMs, this.limiter.consume(toNetwork(address)));
      return null;
    } catch (refusal) {
      return refusal instanceof RateLimiterRes ? Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) : null;
    }
  }

  /** Forgets counts whose time is over, a few at a time so that nobody waits for it. */
  @Interval(PURGE_EVERY_MS)
  async purge(): Promise<void> {
    let purged: unknown[];
    do {
      purged = await queryRows(
        this.dataSource.manager,
        `DELETE FROM failed_authentication WHERE key IN (
           SELECT key FROM failed_authentication WHERE expire < $1 LIMIT ${PURGE_BATCH_SIZE} FOR UPDATE SKIP LOCKED)
         RETURNING key`,
        [Date.now()],
      );
    } while (purged.length === PURGE_BATCH_SIZE);
  }
}
