import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { withTimeout } from '../core/with-timeout.js';

const TIMEOUT_MS = 2_000;

/** For whoever watches this process: alive, and able to work. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  /** @throws whatever keeps the database from answering, which becomes a 503 */
  @Get('readyz')
  async ready() {
    await withTimeout(TIMEOUT_MS, this.dataSource.query('SELECT 1'));
    return { status: 'ready' };
  }
}
