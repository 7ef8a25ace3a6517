import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from './clock.js';
import { queryRow, sql } from './sql.js';

/** Business time of one organization: a sandbox has a clock of its own. Everything done for one by staff or a job runs within this. */
@Injectable()
export class OrganizationClock {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @param em of a transaction that is open already */
  async run<T>(
    organizationId: string,
    work: () => Promise<T>,
    em: EntityManager = this.dataSource.manager,
  ): Promise<T> {
    const aheadMs = await this.readAheadMs(organizationId, em);
    return aheadMs === 0 ? work() : this.clock.runAhead(aheadMs, work);
  }

  /** How far the clock of a sandbox is ahead; `null` for an organization that is none. */
  async readSandboxAheadMs(organizationId: string): Promise<number | null> {
    const found = await queryRow<{ aheadMs: number }>(
      this.dataSource.manager,
      sql`SELECT clock_ahead_ms AS "aheadMs" FROM organization WHERE id = ${organizationId} AND sandbox`,
    );
    return found?.aheadMs ?? null;
  }

  /** 0 for everybody but a sandbox whose clock was moved. */
  async readAheadMs(organizationId: string, em: EntityManager = this.dataSource.manager): Promise<number> {
    const found = await queryRow<{ aheadMs: number }>(
      em,
      sql`SELECT clock_ahead_ms AS "aheadMs" FROM organization WHERE id = ${organizationId}`,
    );
    return found?.aheadMs ?? 0;
  }
}
