import {
  applyDecorators,
  createParamDecorator,
  UseGuards,
  UseInterceptors,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { BusinessTimeInterceptor } from './business-time.interceptor.js';
import { ApiErrors } from './openapi/error-responses.js';
import { ReplyInterceptor } from './reply.interceptor.js';
import { TimeoutInterceptor } from './timeout.interceptor.js';
import type { PartnerRequest } from './partner-request.js';
import { PartnerGuard } from './partner.guard.js';

/** A controller of the partner API: guard, timeout and idempotent replay for every route. */
export function PartnerApi(): ClassDecorator {
  return applyDecorators(
    UseGuards(PartnerGuard),
    UseInterceptors(TimeoutInterceptor, BusinessTimeInterceptor, ReplyInterceptor),
    ApiBearerAuth('partner-key'),
    ApiErrors(
      'UNAUTHENTICATED',
      'FORBIDDEN_SCOPE',
      'PAYLOAD_TOO_LARGE',
      'VALIDATION',
      'RATE_LIMITED',
      'INTERNAL',
      'KILL_SWITCH',
      'UNAVAILABLE',
    ),
  );
}

/** The authenticated `PartnerCaller`. */
export const Caller = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<PartnerRequest>().user,
);
