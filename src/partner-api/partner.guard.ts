import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Response } from 'express';
import type { PartnerCaller } from '../authorization/actor.js';
import { Unauthenticated } from '../core/errors.js';
import { isPrefixedUuid } from '../core/ids.js';
import { toAddress } from '../core/network.js';
import { withTimeout } from '../core/with-timeout.js';
import type { Admission } from './admission.service.js';
import { readJson } from './json-body.js';
import { mayHaveBody } from './request-body.js';
import { getTimeLeft } from './partner-call.interceptor.js';
import type { PartnerRequest } from './partner-request.js';
import { getEndpointClass, setRateHeaders } from './rate-limits.js';
import { EXEMPT_KEY_PARAMETER, REQUIRED_SCOPE, SANDBOX_ONLY } from './required-scope.decorator.js';

/** What the decorators of a route say. */
interface RouteRequirements {
  scope: string | null;
  isSandboxOnly: boolean;
  /** The path parameter of the key that needs no scope. */
  exemptParameter: string | null;
}

/** Authentication, kill switch, scope and rate limit, in the contract's order; only then the body is read. */
@Injectable()
export class PartnerGuard extends AuthGuard('partner-key') {
  private readonly requirements = new WeakMap<object, RouteRequirements>();

  constructor(private readonly reflector: Reflector) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PartnerRequest>();
    const { exemptParameter, scope, isSandboxOnly } = this.getRouteRequirements(context);
    request.requirements = {
      scope,
      isSandboxOnly,
      endpointClass: getEndpointClass(request.method),
      // Node joins those of several headers, so that they name no organization.
      actsFor: (request.headers['x-layers-organization'] as string | undefined) ?? null,
      exemptKeyId: exemptParameter ? readKeyId(request.params[exemptParameter]) : null,
      address: toAddress(request.ip ?? ''),
    };
    await withTimeout(getTimeLeft(request), super.canActivate(context) as Promise<boolean>);
    if (mayHaveBody(request)) await readRequestBody(request);
    return true;
  }

  /** Read once for each route: they are written in the code. */
  private getRouteRequirements(context: ExecutionContext): RouteRequirements {
    const handler = context.getHandler();
    const known = this.requirements.get(handler);
    if (known) return known;
    const targets = [handler, context.getClass()];
    const requirements = {
      scope: this.reflector.getAllAndOverride<string | undefined>(REQUIRED_SCOPE, targets) ?? null,
      isSandboxOnly: this.reflector.getAllAndOverride<boolean | undefined>(SANDBOX_ONLY, targets) ?? false,
      exemptParameter: this.reflector.getAllAndOverride<string | undefined>(EXEMPT_KEY_PARAMETER, targets) ?? null,
    };
    this.requirements.set(handler, requirements);
    return requirements;
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
    request.apiKeyId = apiKeyId;
    request.clockAheadMs = clockAheadMs;
    if (bucket) setRateHeaders(response, request.requirements!.endpointClass, bucket);
    if (refusal) throw refusal;
    const { callId, keyPrefix } = request;
    const caller: PartnerCaller = { kind: 'partner_api', organizationId, apiKeyId, callId, keyPrefix };
    return caller as User;
  }
}

/** Not validated yet: what is no id reaches no statement. */
function readKeyId(parameter: unknown): string | null {
  return typeof parameter === 'string' && isPrefixedUuid('key', parameter) ? parameter : null;
}

async function readRequestBody(request: PartnerRequest): Promise<void> {
  const begunAt = performance.now();
  request.body = await readJson(request);
  request.startedAt += performance.now() - begunAt;
}
