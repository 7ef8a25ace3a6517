import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { DemoClock } from './demo-clock.service.js';

@Module({
  imports: [AuditModule],
  providers: [DemoClock],
  exports: [DemoClock],
})
export class DemoClockModule {}
