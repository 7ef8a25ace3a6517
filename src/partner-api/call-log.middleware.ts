import type { Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { toLoggedError } from '../core/logger.js';
import { getCallFailure } from './call-failure.js';
import type { PartnerRequest } from './partner-request.js';

/** One line per call. The serializers are small because the default ones cost as much as a query. */
export function callLogMiddleware(logger: Logger) {
  return pinoHttp({
    logger,
    quietReqLogger: true,
    genReqId: (request) => (request as PartnerRequest).callId,
    serializers: {
      req: (request: { method: string; url: string }) => ({
        method: request.method,
        url: redactSecrets(request.url),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
      err: (error: unknown) => toLoggedError(error),
    },
    // The error filter has already logged the error itself.
    customErrorObject: (_request, response, _error, fields) => ({
      ...fields,
      ...getCallFailure(response as Response),
      err: response.err,
    }),
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'warn' : 'info'),
  });
}

/** Invitation links contain a token, and staff may search for a whole key. */
function redactSecrets(url: string): string {
  return url.startsWith('/admin/welcome')
    ? '/admin/welcome'
    : url.replace(/(lp_(?:live|test)_\w{16})_[\w-]+/gi, '$1_…');
}
