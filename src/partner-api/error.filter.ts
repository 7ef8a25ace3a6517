import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { DomainError, NotFound, PayloadTooLarge, ValidationFailed } from '../core/errors.js';
import { toUnavailable } from '../core/database-errors.js';
import { setCallFailure } from './call-failure.js';
import type { PartnerRequest } from './partner-request.js';

/** Sends every error as an error envelope (contract: Error envelope). */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<PartnerRequest>();
    const response = host.switchToHttp().getResponse<Response>();
    const error = toDomainError(thrown);
    if (!(error instanceof DomainError)) {
      this.logger.error({ err: thrown, requestId: request.callId }, 'A call failed with an internal error');
    }
    setCallFailure(response, error);
    if (response.headersSent) return;
    if (error instanceof DomainError && error.retryAfterSeconds !== undefined) {
      response.setHeader('Retry-After', String(error.retryAfterSeconds));
    }
    response.status(error instanceof DomainError ? error.status : 500).json({ error: toBody(error, request.callId) });
  }
}

function toBody(error: unknown, callId: string) {
  if (!(error instanceof DomainError))
    return { code: 'INTERNAL', message: 'Something went wrong on our side.', requestId: callId };
  const { code, message, details } = error;
  return { code, message, requestId: callId, ...(details && { details }) };
}

/** Our own errors as they are, those of the framework as ours; anything else stays unknown and is answered with INTERNAL. */
function toDomainError(thrown: unknown): unknown {
  const error = toUnavailable(thrown);
  if (error instanceof DomainError) return error;
  switch (getStatus(error)) {
    case 404:
      return new NotFound('This route');
    case 413:
      return new PayloadTooLarge();
    case 400:
    case 415:
      return new ValidationFailed([{ path: 'body', message: 'cannot be read' }]);
    default:
      return error;
  }
}

/** The exceptions of Nest and the errors of the body parser both have a status. */
function getStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = typeof error === 'object' && error !== null ? (error as { status?: unknown }).status : undefined;
  return typeof status === 'number' ? status : undefined;
}
