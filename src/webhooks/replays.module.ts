import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { EventsModule } from '../events/events.module.js';
import { Replays } from './replays.js';
import { StaffReplaysService } from './staff-replays.service.js';

/** Separate from WebhooksModule: the command line schedules replays and leaves sending them to the service. */
@Module({
  imports: [AuditModule, EventsModule],
  providers: [Replays, StaffReplaysService],
  exports: [Replays, StaffReplaysService],
})
export class ReplaysModule {}
