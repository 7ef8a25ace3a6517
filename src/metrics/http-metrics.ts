import type { NextFunction, Request, Response } from 'express';
import { Histogram, type Registry } from 'prom-client';
import { getCallFailure } from '../partner-api/call-failure.js';
import { CLIENT_LEFT, getCallStatus } from '../partner-api/call-log.middleware.js';

/** Of OpenTelemetry's `http.server.request.duration`, in seconds. */
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Measures each call from the first middleware to the last byte of its answer, named after OpenTelemetry's conventions. */
export function httpMetricsMiddleware(registry: Registry) {
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP calls by route; error_type is the code of the error envelope.',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code', 'error_type'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAtMs = performance.now();
    response.once('close', () => {
      const status = getCallStatus(response);
      const labels = {
        http_request_method: knownMethods.has(request.method) ? request.method : '_OTHER',
        http_route: getRoute(request),
        http_response_status_code: String(status),
        error_type: getErrorType(response, status),
      };
      duration.observe(labels, (performance.now() - startedAtMs) / 1_000);
    });
    next();
  };
}

/** The pattern that matched, never what a caller sent; empty where none did. */
function getRoute({ route, baseUrl }: Request): string {
  const path = (route as { path?: unknown } | undefined)?.path;
  // Express matches mount points in any case, and keeps what was sent.
  return typeof path === 'string' ? `${baseUrl.toLowerCase()}${path}` : '';
}

function getErrorType(response: Response, status: number): string {
  if (status === CLIENT_LEFT) return 'client_left';
  return getCallFailure(response)?.code ?? (status >= 500 ? String(status) : '');
}
