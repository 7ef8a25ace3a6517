import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { within } from '../common/deadline.js';
import { networkOf } from '../common/network.js';
import { patience } from '../common/patience.js';
import { rows } from '../database/sql.js';

const MOST = 100;
const SECONDS = 60;
const PURGED_EVERY_MS = 300_000;
const PURGED_AT_ONCE = 1_000;

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
      points: MOST,
      duration: SECONDS,
      // A network that went on for long is refused without a write for each try.
      inMemoryBlockOnConsumed: MOST + 1,
      // Its own way to clear them is one statement, however many there are.
      clearExpiredByTimeout: false,
    });
  }

  /** @returns whole seconds to wait where the address's network has failed too often, else `null`, also when the count is out of reach */
  async count(address: string): Promise<number | null> {
    try {
      await within(patience.failedAuthentications, this.limiter.consume(networkOf(address)));
      return null;
    } catch (refusal) {
      return refusal instanceof RateLimiterRes ? Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) : null;
    }
  }

  /** Forgets counts whose time is over, a few at a time so that nobody waits for it. */
  @Interval(PURGED_EVERY_MS)
  async purge(): Promise<void> {
    let purged: unknown[];
    do {
      purged = await rows(
        this.dataSource.manager,
        `DELETE FROM failed_authentication WHERE key IN (
           SELECT key FROM failed_authentication WHERE expire < $1 LIMIT ${PURGED_AT_ONCE} FOR UPDATE SKIP LOCKED)
         RETURNING key`,
        [Date.now()],
      );
    } while (purged.length === PURGED_AT_ONCE);
  }
}
