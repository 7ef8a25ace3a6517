import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ClockKeeper } from './clock-keeper.js';
import { MovableClock } from './movable-clock.service.js';

@Module({
  imports: [AuditModule],
  providers: [ClockKeeper, MovableClock],
  exports: [ClockKeeper, MovableClock],
})
export class MovableClockModule {}
