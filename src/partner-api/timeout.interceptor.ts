import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { withTimeout } from '../core/with-timeout.js';
import { timeouts } from '../core/timeouts.js';
import type { PartnerRequest } from './partner-request.js';

/** Milliseconds until this call has to be answered. */
export function getTimeLeft(request: PartnerRequest): number {
  return timeouts.partnerCallMs - (performance.now() - request.readAt);
}

/** Answers UNAVAILABLE in time; the work is left to finish or fail on its own, and the same Idempotency-Key again tells which it was. */
@Injectable()
export class TimeoutInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<PartnerRequest>();
    const outcome = await withTimeout(getTimeLeft(request), lastValueFrom(next.handle()));
    return of(outcome);
  }
}
