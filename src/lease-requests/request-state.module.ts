import { Module } from '@nestjs/common';
import { ClaimsService } from './claims.service.js';
import { SlaCalculator } from './sla-calculator.js';
import { RequestTransitions } from './request-transitions.js';
import { RequestNotes } from './request-notes.js';

/** What changes a request's row: transitions, notes, claims and its SLA. */
@Module({
  providers: [ClaimsService, SlaCalculator, RequestTransitions, RequestNotes],
  exports: [ClaimsService, SlaCalculator, RequestTransitions, RequestNotes],
})
export class RequestStateModule {}
