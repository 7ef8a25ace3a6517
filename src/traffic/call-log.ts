import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { loggedError } from '../common/logger.js';
import type { HouseRequest } from './house-request.js';

/** One line a call: which, how it ended, how long it took. The serializers are tiny because the stock ones cost as much as a query. */
export function callLog(logger: Logger) {
  return pinoHttp({
    logger,
    quietReqLogger: true,
    genReqId: (request) => (request as HouseRequest).requestId,
    serializers: {
      req: (request: { method: string; url: string }) => ({
        method: request.method,
        url: withoutToken(request.url),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
      err: (error: unknown) => loggedError(error),
    },
    // The error filter has told the error itself, where there was one.
    customErrorObject: (_request, response, _error, line) => ({ ...line, err: response.err }),
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'warn' : 'info'),
  });
}

/** The links of invited staff carry what lets them in, and staff may look for a whole key. */
function withoutToken(url: string): string {
  return url.startsWith('/admin/welcome')
    ? '/admin/welcome'
    : url.replace(/(lp_(?:live|test)_\w{16})_[\w-]+/gi, '$1_…');
}
