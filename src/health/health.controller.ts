import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '../partner-api/openapi/decorators.js';
import { ReadinessService } from './readiness.service.js';

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(private readonly readiness: ReadinessService) {}

  @Get('healthz')
  @Header('Cache-Control', 'no-store')
  alive() {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Header('Cache-Control', 'no-store')
  async ready() {
    await this.readiness.assertReady();
    return { status: 'ready' };
  }
}
