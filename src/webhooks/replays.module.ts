import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { EventsModule } from '../events/events.module.js';
import { Replays } from './replays.js';
import { SealedSigningSecrets } from './sealed-signing-secrets.js';
import { StaffReplaysService } from './staff-replays.service.js';

/** Separate from WebhooksModule: the command line schedules replays and leaves sending them to the service; it encrypts their secrets again. */
@Module({
  imports: [AuditModule, EventsModule],
  providers: [Replays, SealedSigningSecrets, StaffReplaysService],
  exports: [Replays, StaffReplaysService],
})
export class ReplaysModule {}
