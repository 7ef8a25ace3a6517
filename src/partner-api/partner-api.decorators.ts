import {
  applyDecorators,
  createParamDecorator,
  UseGuards,
  UseInterceptors,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiBearerAuth, ApiHeader } from '@nestjs/swagger';
import { UUID_PATTERN } from '../core/ids.js';
import { ApiErrors } from './openapi/error-responses.js';
import { PartnerCallInterceptor } from './partner-call.interceptor.js';
import type { PartnerRequest } from './partner-request.js';
import { PartnerGuard } from './partner.guard.js';

/** A controller of the partner API: guard, timeout and idempotent replay for every route. */
export function PartnerApi(): ClassDecorator {
  return applyDecorators(
    UseGuards(PartnerGuard),
    UseInterceptors(PartnerCallInterceptor),
    ApiBearerAuth('partner-key'),
    ApiHeader({
      name: 'X-Layers-Organization',
      required: false,
      description:
        'The organization that the call acts for: your own alone. Any other value is a 403 with the required scope `org:admin`, which no key has.',
      schema: { type: 'string', pattern: `^org_${UUID_PATTERN}$` },
    }),
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
