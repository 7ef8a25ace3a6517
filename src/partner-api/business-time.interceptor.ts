import { Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { Clock } from '../core/clock.js';
import type { PartnerRequest } from './partner-request.js';

const GOES_BY_REAL_TIME = 'goes by real time';

/** Of a controller, or one route: it goes by everybody's clock, in a sandbox too. */
export const GoesByRealTime = () => SetMetadata(GOES_BY_REAL_TIME, true);

/** Answers a sandbox's call by its own clock. */
@Injectable()
export class BusinessTimeInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { clockAheadMs = 0 } = context.switchToHttp().getRequest<PartnerRequest>();
    const targets = [context.getHandler(), context.getClass()];
    if (clockAheadMs === 0 || this.reflector.getAllAndOverride<boolean>(GOES_BY_REAL_TIME, targets))
      return next.handle();
    return of(await this.clock.runAhead(clockAheadMs, () => lastValueFrom(next.handle())));
  }
}
