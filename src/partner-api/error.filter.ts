import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { DomainError, MethodNotAllowed, NotFound, Unauthenticated, ValidationFailed } from '../core/errors.js';
import { toUnavailable } from '../core/database-errors.js';
import { findAllowedMethods } from './allowed-methods.js';
import { compressLarge } from './compress-large.js';
import { setCallFailure } from './call-failure.js';
import type { PartnerRequest } from './partner-request.js';

/** Sends every error as an error envelope (contract: Error envelope). */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<PartnerRequest>();
    const response = host.switchToHttp().getResponse<Response>();
    const error = toDomainError(thrown, request);
    if (!(error instanceof DomainError)) {
      this.logger.error({ err: thrown, requestId: request.callId }, 'A call failed with an internal error');
    }
    setCallFailure(response, error);
    if (response.headersSent) return;
    if (error instanceof DomainError) setErrorHeaders(error, response);
    const body = JSON.stringify({ error: toBody(error, request.callId) });
    compressLarge(request, response, body);
    response
      .status(error instanceof DomainError ? error.status : 500)
      .type('application/json')
      .send(body);
  }
}

function setErrorHeaders(error: DomainError, response: Response): void {
  if (error.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(error.retryAfterSeconds));
  if (error instanceof Unauthenticated) response.setHeader('WWW-Authenticate', 'Bearer');
  if (error instanceof MethodNotAllowed) response.setHeader('Allow', error.details.allow.join(', '));
}

function toBody(error: unknown, callId: string) {
  if (!(error instanceof DomainError))
    return { code: 'INTERNAL', message: 'Something went wrong on our side.', requestId: callId };
  const { code, message, details } = error;
  return { code, message, requestId: callId, ...(details && { details }) };
}

/** Our own errors as they are, those of the framework as ours; anything else stays unknown and is answered with INTERNAL. */
function toDomainError(thrown: unknown, request: Request): unknown {
  const error = toUnavailable(thrown);
  if (error instanceof DomainError) return error;
  switch (getStatus(error)) {
    case 404:
      return toRouteError(request);
    case 400:
      return new ValidationFailed([{ path: 'path', message: 'cannot be read' }]);
    default:
      return error;
  }
}

function toRouteError(request: Request): DomainError {
  const allow = findAllowedMethods(request);
  return allow.length > 0 ? new MethodNotAllowed(request.method, allow) : new NotFound('This route');
}

/** The exceptions of Nest and the errors of Express both have a status. */
function getStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = typeof error === 'object' && error !== null ? (error as { status?: unknown }).status : undefined;
  return typeof status === 'number' ? status : undefined;
}
