import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { getPool } from '../core/connection-pool.js';
import { correctClockSkew } from '../core/clock-skew.js';
import { toNetwork } from '../core/network.js';
import { Pruner, PRUNE_BATCH_SIZE } from '../core/pruner.js';
import { literal, queryRows, sql } from '../core/sql.js';
import { timeouts } from '../core/timeouts.js';
import { withTimeout } from '../core/with-timeout.js';

const MAX_FAILURES = 100;
const WINDOW_SECONDS = 60;

/** Counts failed authentications by network. A call with a valid key is neither counted nor refused. */
@Injectable()
export class FailedAuthentications implements OnModuleInit {
  private readonly limiter: RateLimiterPostgres;

  constructor(
    private readonly pruner: Pruner,
    dataSource: DataSource,
    clock: Clock,
  ) {
    this.limiter = new RateLimiterPostgres({
      storeClient: correctClockSkew(getPool(dataSource), clock, 1),
      storeType: 'pool',
      tableName: 'failed_authentication',
      tableCreated: true,
      keyPrefix: 'key',
      points: MAX_FAILURES,
      duration: WINDOW_SECONDS,
      // A network over the limit is refused without a write for each attempt.
      inMemoryBlockOnConsumed: MAX_FAILURES + 1,
      // The library deletes all of them in one statement, however many there are.
      clearExpiredByTimeout: false,
    });
  }

  onModuleInit(): void {
    this.pruner.register({ table: 'failed_authentication', deleteExpired });
  }

  /** @returns whole seconds to wait when the network has failed too often, else `null`, also when the database does not answer */
  async count(address: string): Promise<number | null> {
    try {
      await withTimeout(timeouts.failedAuthenticationsMs, this.limiter.consume(toNetwork(address)));
      return null;
    } catch (refusal) {
      return refusal instanceof RateLimiterRes ? Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) : null;
    }
  }
}

function deleteExpired(em: EntityManager): Promise<unknown[]> {
  return queryRows(
    em,
    sql`DELETE FROM failed_authentication WHERE key IN (
          SELECT key FROM failed_authentication WHERE expire < extract(epoch FROM now()) * 1000
           LIMIT ${literal(PRUNE_BATCH_SIZE)} FOR UPDATE SKIP LOCKED)
        RETURNING key`,
  );
}
