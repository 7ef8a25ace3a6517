import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { within } from '../common/deadline.js';

const MOST = 500;
const SECONDS = 300;
const PATIENCE_MS = 1_000;

/** Counts failed authentications by address. Only failures come here: a valid key is never refused by this count. */
@Injectable()
export class FailedAuthentications {
  private readonly limiter: RateLimiterPostgres;

  constructor(dataSource: DataSource) {
    this.limiter = new RateLimiterPostgres({
      storeClient: (dataSource.driver as unknown as { master: pg.Pool }).master,
      storeType: 'pool',
      tableName: 'failed_authentication',
      tableCreated: true,
      keyPrefix: 'key',
      points: MOST,
      duration: SECONDS,
      // An address that went on for long is refused without a write for each try.
      inMemoryBlockOnConsumed: MOST + 1,
      clearExpiredByTimeout: false,
    });
  }

  /** @returns whole seconds to wait where the address has failed too often, else `null`, also when the count is out of reach */
  async count(address: string): Promise<number | null> {
    try {
      await within(PATIENCE_MS, this.limiter.consume(address));
      return null;
    } catch (refusal) {
      return refusal instanceof RateLimiterRes ? Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) : null;
    }
  }
}
