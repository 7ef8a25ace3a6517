import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Response } from 'express';
import type { PartnerCaller } from '../authorization/actor.js';
import { Unauthenticated } from '../core/errors.js';
import { withTimeout } from '../core/with-timeout.js';
import type { Admission } from './admission.service.js';
import { readJson } from './json-body.js';
import { mayHaveBody } from './request-body.js';
import { getTimeLeft } from './timeout.interceptor.js';
import type { PartnerRequest } from './partner-request.js';
import { getEndpointClass, setRateHeaders } from './rate-limits.js';
import { REQUIRED_SCOPE, SANDBOX_ONLY } from './required-scope.decorator.js';

/** Authentication, kill switch, scope and rate limit, in the contract's order; only then the body is read. */
@Injectable()
export class PartnerGuard extends AuthGuard('partner-key') {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PartnerRequest>();
    const targets = [context.getHandler(), context.getClass()];
    request.requirements = {
      scope: this.reflector.getAllAndOverride<string>(REQUIRED_SCOPE, targets) ?? null,
      isSandboxOnly: this.reflector.getAllAndOverride<boolean>(SANDBOX_ONLY, targets) ?? false,
      endpointClass: getEndpointClass(request.method),
      actsFor: (request.headers['x-layers-organization'] as string | undefined) ?? null,
    };
    await withTimeout(getTimeLeft(request), super.canActivate(context) as Promise<boolean>);
    if (mayHaveBody(request)) await readRequestBody(request);
    return true;
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
    const { bucket, refusal, apiKeyId, organizationId, clockAheadMs } = found as Admission;
    const request = context.switchToHttp().getRequest<PartnerRequest>();
    const response = context.switchToHttp().getResponse<Response>();
    request.organizationId = organizationId;
    request.clockAheadMs = clockAheadMs;
    if (bucket) setRateHeaders(response, request.requirements!.endpointClass, bucket);
    if (refusal) throw refusal;
    const caller: PartnerCaller = { kind: 'partner_api', organizationId, apiKeyId, callId: request.callId };
    return caller as User;
  }
}

async function readRequestBody(request: PartnerRequest): Promise<void> {
  const begunAt = performance.now();
  request.body = await readJson(request);
  request.startedAt += performance.now() - begunAt;
}
