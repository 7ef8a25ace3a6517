import type { NextFunction, Request, Response } from 'express';
import { getCallFailure } from '../partner-api/call-failure.js';
import { getCallStatus, wasAnswered } from '../partner-api/call-log.middleware.js';
import type { PartnerRequest } from '../partner-api/partner-request.js';
import type { CallRecorder } from './call-recorder.js';

/** A proxy may send any text for an address. */
const MAX_ADDRESS_LENGTH = 64;

/** Records each call with an authenticated key, refused or not, when it is over. */
export function recordCalls(recorder: CallRecorder) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAtMs = performance.now();
    const calledAt = recorder.now();
    response.once('close', () => {
      const { callId, organizationId, apiKeyId, method, ip } = request as PartnerRequest;
      if (organizationId === undefined || apiKeyId === undefined) return;
      recorder.add({
        ...{ id: callId, calledAt, organizationId, apiKeyId, method },
        // The pattern: what stands in its place in the path may be anything.
        route: (request.route as { path: string } | undefined)?.path ?? 'unknown',
        status: getCallStatus(response),
        code: (wasAnswered(response) && getCallFailure(response)?.code) || null,
        durationMs: Math.round(performance.now() - startedAtMs),
        address: (ip ?? 'unknown').slice(0, MAX_ADDRESS_LENGTH),
      });
    });
    next();
  };
}
