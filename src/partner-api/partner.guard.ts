import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Response } from 'express';
import type { PartnerCaller } from '../authorization/actor.js';
import { Unauthenticated } from '../core/errors.js';
import { withTimeout } from '../core/with-timeout.js';
import type { Admission } from './admission.service.js';
import { getTimeLeft } from './timeout.interceptor.js';
import type { PartnerRequest } from './partner-request.js';
import { getEndpointClass, setRateHeaders } from './rate-limits.js';
import { REQUIRED_SCOPE } from './required-scope.decorator.js';

/** Authentication, kill switch, scope and rate limit, in the contract's order. */
@Injectable()
export class PartnerGuard extends AuthGuard('partner-key') {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PartnerRequest>();
    request.requirements = {
      scope:
        this.reflector.getAllAndOverride<string>(REQUIRED_SCOPE, [context.getHandler(), context.getClass()]) ?? null,
      endpointClass: getEndpointClass(request.method),
    };
    return withTimeout(getTimeLeft(request), super.canActivate(context) as Promise<boolean>);
  }

  /** @param found the strategy's `Admission` */
  override handleRequest<User = PartnerCaller>(
    error: unknown,
    found: unknown,
    _info: unknown,
    context: ExecutionContext,
  ): User {
    if (error) throw error;
    if (!found) throw new Unauthenticated();
    const { bucket, refusal, apiKeyId, organizationId } = found as Admission;
    const request = context.switchToHttp().getRequest<PartnerRequest>();
    const response = context.switchToHttp().getResponse<Response>();
    if (bucket) setRateHeaders(response, request.requirements!.endpointClass, bucket);
    if (refusal) throw refusal;
    const caller: PartnerCaller = { kind: 'partner_api', organizationId, apiKeyId, callId: request.callId };
    return caller as User;
  }
}
