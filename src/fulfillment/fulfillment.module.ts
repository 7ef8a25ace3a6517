import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { LeasesModule } from '../leases/leases.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { AccountPoolModule } from '../account-pool/account-pool.module.js';
import { DueClock } from '../lease-requests/due-clock.js';
import { BlockerWaker } from './blocker-waker.js';
import { ClaimsModule } from './claims.module.js';
import { FulfillmentService } from './fulfillment.service.js';
import { FulfilmentViewService } from './fulfilment-view.service.js';
import { QueueService } from './queue.service.js';
import { ReplacementService } from './replacement.service.js';
import { RequestMoves } from './request-moves.js';
import { RequestNotes } from './request-notes.js';
import { ReviewService } from './review.service.js';
import { ServeNextService } from './serve-next.service.js';

@Module({
  imports: [AccountPoolModule, AuditModule, ClaimsModule, LeasesModule, WalletsModule],
  providers: [
    BlockerWaker,
    DueClock,
    FulfillmentService,
    FulfilmentViewService,
    QueueService,
    ReplacementService,
    RequestMoves,
    RequestNotes,
    ReviewService,
    ServeNextService,
  ],
  exports: [
    BlockerWaker,
    ClaimsModule,
    DueClock,
    FulfillmentService,
    FulfilmentViewService,
    QueueService,
    ReplacementService,
    RequestMoves,
    ReviewService,
    ServeNextService,
  ],
})
export class FulfillmentModule {}
