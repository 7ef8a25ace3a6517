import {
  applyDecorators,
  createParamDecorator,
  UseGuards,
  UseInterceptors,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { ApiErrors } from '../docs/error-answers.js';
import { AnswerInterceptor } from './answer.js';
import { DeadlineInterceptor } from './deadline.interceptor.js';
import type { HouseRequest } from './house-request.js';
import { PartnerGuard } from './partner.guard.js';

/** A controller that partners call: every route is behind the guard and answered in time. */
export function PartnerApi(): ClassDecorator {
  return applyDecorators(
    UseGuards(PartnerGuard),
    UseInterceptors(DeadlineInterceptor, AnswerInterceptor),
    ApiBearerAuth('partner-key'),
    ApiErrors(
      'UNAUTHENTICATED',
      'PAYLOAD_TOO_LARGE',
      'VALIDATION',
      'RATE_LIMITED',
      'INTERNAL',
      'KILL_SWITCH',
      'UNAVAILABLE',
    ),
  );
}

/** Who calls, as the guard found out. */
export const Caller = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<HouseRequest>().user,
);
