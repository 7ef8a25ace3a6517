import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { queryRow, sql } from '../core/sql.js';
import { withTimeout } from '../core/with-timeout.js';

const TIMEOUT_MS = 2_000;

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  /** @throws any error of the database, which becomes a 503 */
  @Get('readyz')
  async ready() {
    await withTimeout(TIMEOUT_MS, queryRow(this.dataSource.manager, sql`SELECT 1`));
    return { status: 'ready' };
  }
}
