import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { timeouts } from '../core/timeouts.js';
import { withTimeout } from '../core/with-timeout.js';
import type { PartnerRequest } from './partner-request.js';

/** Milliseconds until this call must be answered. */
export function getTimeLeft(request: PartnerRequest): number {
  return timeouts.partnerCallMs - (performance.now() - request.startedAt);
}

/** Answers UNAVAILABLE at the timeout. The work finishes or fails on its own; a retry with the same Idempotency-Key shows which. */
@Injectable()
export class TimeoutInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<PartnerRequest>();
    const outcome = await withTimeout(getTimeLeft(request), lastValueFrom(next.handle()));
    return of(outcome);
  }
}
