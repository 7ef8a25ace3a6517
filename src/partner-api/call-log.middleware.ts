import type { Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { redactSecrets, toLoggedError } from '../core/logger.js';
import { getCallFailure } from './call-failure.js';
import type { PartnerRequest } from './partner-request.js';

/** nginx's status for a client that left before its answer was sent. */
export const CLIENT_LEFT = 499;
const MAX_USER_AGENT_LENGTH = 200;

/** One line per call. The serializers are small because the default ones cost as much as a query. */
export function callLogMiddleware(logger: Logger) {
  return pinoHttp({
    logger,
    quietReqLogger: true,
    genReqId: (request) => (request as PartnerRequest).callId,
    customAttributeKeys: { reqId: 'requestId', responseTime: 'durationMs' },
    serializers: {
      req: (request: { method: string; url: string }) => ({
        method: request.method,
        url: redactSecrets(request.url),
      }),
      res: ({ raw }: { raw: Response }) => ({ status: getCallStatus(raw) }),
      err: (error: unknown) => toLoggedError(error),
    },
    customSuccessObject: (request, response, fields: object) => ({
      ...fields,
      ...toCallFields(request as PartnerRequest, response as Response),
    }),
    // The error filter has already logged the error itself.
    customErrorObject: (request, response, _error, fields: object) => ({
      ...fields,
      ...toCallFields(request as PartnerRequest, response as Response),
      err: response.err,
    }),
    customLogLevel: (request, response) => {
      if (isProbe(request as PartnerRequest)) return 'debug';
      return getCallStatus(response as Response) >= 500 ? 'warn' : 'info';
    },
  });
}

/** Who called, and why the call was refused or failed. */
function toCallFields(request: PartnerRequest, response: Response): object {
  const { clientRequestId, ip: address, organizationId, keyPrefix } = request;
  const userAgent = request.headers['user-agent'];
  return {
    clientRequestId,
    address,
    userAgent: userAgent && redactSecrets(userAgent.slice(0, MAX_USER_AGENT_LENGTH)),
    organizationId,
    keyPrefix,
    staffId: (response.locals?.staff as { staffId: string } | undefined)?.staffId,
    ...(wasAnswered(response) && getCallFailure(response)),
  };
}

/** 499 where the client left before its answer was sent. */
export function getCallStatus(response: Response): number {
  return wasAnswered(response) ? response.statusCode : CLIENT_LEFT;
}

export function wasAnswered(response: Response): boolean {
  return response.writableFinished;
}

/** Load balancers ask every few seconds; `ReadinessService` logs what changes. */
function isProbe({ originalUrl, url }: PartnerRequest): boolean {
  return /^\/(healthz|readyz)(\?|$)/.test(originalUrl ?? url);
}
