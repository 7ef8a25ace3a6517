import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Clock } from '../core/clock.js';
import { Unavailable } from '../core/errors.js';
import { queryRow, sql } from '../core/sql.js';
import { withTimeout } from '../core/with-timeout.js';

const TIMEOUT_MS = 2_000;

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  /** @throws Unavailable while the clocks differ too much; any error of the database, which becomes a 503 */
  @Get('readyz')
  async ready() {
    await withTimeout(TIMEOUT_MS, queryRow(this.dataSource.manager, sql`SELECT 1`));
    if (this.clock.fault) throw new Unavailable(this.clock.fault);
    return { status: 'ready' };
  }
}
