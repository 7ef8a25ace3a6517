import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AccountingModule } from '../accounting/accounting.module.js';
import { DemoClockModule } from '../demo-clock/demo-clock.module.js';
import { RequestStateModule } from '../lease-requests/request-state.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { BlockerRelease } from './blocker-release.service.js';
import { QueueService } from './queue.service.js';
import { ServeNextService } from './serve-next.service.js';
import { Unblocker } from './unblocker.service.js';

@Module({
  imports: [AuditModule, AccountingModule, DemoClockModule, RequestStateModule, WalletsModule],
  providers: [BlockerRelease, QueueService, ServeNextService, Unblocker],
  exports: [BlockerRelease, QueueService, ServeNextService],
})
export class QueueModule {}
