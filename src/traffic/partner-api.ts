import {
  applyDecorators,
  createParamDecorator,
  UseGuards,
  UseInterceptors,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
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
  );
}

/** Who calls, as the guard found out. */
export const Caller = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<HouseRequest>().user,
);
