import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { within } from '../common/deadline.js';
import { patience } from '../common/patience.js';
import type { HouseRequest } from './house-request.js';

/** Milliseconds until this call has to be answered. */
export function timeLeft(request: HouseRequest): number {
  return patience.partnerCall - (performance.now() - request.readAt);
}

/** Answers UNAVAILABLE in time; the work is left to finish or fail on its own, and the same Idempotency-Key again tells which it was. */
@Injectable()
export class DeadlineInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<HouseRequest>();
    const outcome = await within(timeLeft(request), lastValueFrom(next.handle()));
    return of(outcome);
  }
}
