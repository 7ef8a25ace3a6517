import type { NextFunction, Request, Response } from 'express';
import { Unauthenticated } from '../core/errors.js';
import { findRoutePattern } from '../partner-api/allowed-methods.js';
import { getCallFailure } from '../partner-api/call-failure.js';
import { getCallStatus, wasAnswered } from '../partner-api/call-log.middleware.js';
import type { PartnerRequest } from '../partner-api/partner-request.js';
import { readApiKey } from '../partner-api/presented-key.js';
import type { CallRecorder, CallResult } from './call-recorder.js';

/** A proxy may send any text for an address. */
const MAX_ADDRESS_LENGTH = 64;

/** Records each call with the key of a partner, refused or not, when it is over. */
export function recordCalls(recorder: CallRecorder) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAtMs = performance.now();
    const calledAt = recorder.now();
    response.once('close', () => {
      const { callId, organizationId, apiKeyId, method, ip, requirements, rawHeaders } = request as PartnerRequest;
      const code = (wasAnswered(response) && getCallFailure(response)?.code) || null;
      const getResult = (): CallResult => ({
        ...{ id: callId, calledAt, method, code },
        // The pattern: what stands in its place in the path may be anything.
        route: (request.route as { path: string } | undefined)?.path ?? findRoutePattern(request) ?? 'unknown',
        status: getCallStatus(response),
        durationMs: Math.round(performance.now() - startedAtMs),
        address: (ip ?? 'unknown').slice(0, MAX_ADDRESS_LENGTH),
      });
      if (organizationId !== undefined && apiKeyId !== undefined) {
        recorder.add({ ...getResult(), organizationId, apiKeyId });
      } else if (code !== null && requirements === undefined) {
        // Refused before its key was looked at (contract: Order).
        const key = readApiKey(rawHeaders);
        if (!(key instanceof Unauthenticated)) recorder.add({ ...getResult(), key });
      }
    });
    next();
  };
}
