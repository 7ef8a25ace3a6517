import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { toLoggedError } from '../core/logger.js';
import type { PartnerRequest } from './partner-request.js';

/** One line a call: which, how it ended, how long it took. The serializers are tiny because the stock ones cost as much as a query. */
export function callLogMiddleware(logger: Logger) {
  return pinoHttp({
    logger,
    quietReqLogger: true,
    genReqId: (request) => (request as PartnerRequest).callId,
    serializers: {
      req: (request: { method: string; url: string }) => ({
        method: request.method,
        url: redactToken(request.url),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
      err: (error: unknown) => toLoggedError(error),
    },
    // The error filter has told the error itself, where there was one.
    customErrorObject: (_request, response, _error, line) => ({ ...line, err: response.err }),
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'warn' : 'info'),
  });
}

/** The links of invited staff carry what lets them in, and staff may look for a whole key. */
function redactToken(url: string): string {
  return url.startsWith('/admin/welcome')
    ? '/admin/welcome'
    : url.replace(/(lp_(?:live|test)_\w{16})_[\w-]+/gi, '$1_…');
}
