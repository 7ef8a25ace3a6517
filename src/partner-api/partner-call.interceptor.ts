import { Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { Clock } from '../core/clock.js';
import { timeouts } from '../core/timeouts.js';
import { withTimeout } from '../core/with-timeout.js';
import { compressLarge } from './compress-large.js';
import type { PartnerRequest } from './partner-request.js';
import { Reply } from './reply.js';

const GOES_BY_REAL_TIME = 'goes by real time';

/** Of a controller, or one route: it goes by everybody's clock, in a sandbox too. */
export const GoesByRealTime = () => SetMetadata(GOES_BY_REAL_TIME, true);

/** Milliseconds until this call must be answered. */
export function getTimeLeft(request: PartnerRequest): number {
  return timeouts.partnerCallMs - (performance.now() - request.startedAt);
}

/**
 * Answers UNAVAILABLE at the timeout: the work finishes or fails on its own, and a retry with the same Idempotency-Key shows which.
 * Answers a sandbox's call by its own clock. Sends a `Reply` byte for byte, and anything else as JSON.
 */
@Injectable()
export class PartnerCallInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<string>> {
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<PartnerRequest>(), http.getResponse<Response>()];
    const outcome = await withTimeout(getTimeLeft(request), this.handle(context, request, next));
    if (outcome instanceof Reply) outcome.setHeaders(response);
    const body = outcome instanceof Reply ? outcome.body : JSON.stringify(outcome);
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    compressLarge(request, response, body);
    return of(body);
  }

  private handle(
    context: ExecutionContext,
    { clockAheadMs = 0 }: PartnerRequest,
    next: CallHandler<unknown>,
  ): Promise<unknown> {
    const handle = () => lastValueFrom(next.handle());
    if (clockAheadMs === 0) return handle();
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(GOES_BY_REAL_TIME, targets)) return handle();
    return this.clock.runAhead(clockAheadMs, handle);
  }
}
