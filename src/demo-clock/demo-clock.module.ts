import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ClockSync } from './clock-sync.js';
import { DemoClock } from './demo-clock.service.js';

@Module({
  imports: [AuditModule],
  providers: [ClockSync, DemoClock],
  exports: [ClockSync, DemoClock],
})
export class DemoClockModule {}
