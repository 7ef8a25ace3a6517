import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { ClaimsService } from './claims.service.js';
import { LeaseRequestEvents } from './lease-request-events.js';
import { SlaCalculator } from './sla-calculator.js';
import { RequestTransitions } from './request-transitions.js';
import { RequestNotes } from './request-notes.js';

/** What changes a request's row: transitions, notes, claims and its SLA; and what its partner is told of that. */
@Module({
  imports: [EventsModule],
  providers: [ClaimsService, LeaseRequestEvents, SlaCalculator, RequestTransitions, RequestNotes],
  exports: [ClaimsService, LeaseRequestEvents, SlaCalculator, RequestTransitions, RequestNotes],
})
export class RequestStateModule {}
