import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { DomainError, NotFound, PayloadTooLarge, ValidationFailed } from '../core/errors.js';
import { toUnavailable } from '../core/database-errors.js';
import type { PartnerRequest } from './partner-request.js';

/** Makes the envelope of every error that leaves this service over HTTP (contract: Error envelope). */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<PartnerRequest>();
    const response = host.switchToHttp().getResponse<Response>();
    const error = toDomainError(thrown);
    if (!(error instanceof DomainError)) {
      this.logger.error({ err: thrown, requestId: request.callId }, 'A call failed by our fault');
    }
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

/** What a caller may be told of an error: a refusal of ours as it is, one of the framework's in our words, anything else nothing. */
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

/** Nest's exceptions and the body reader's errors each carry a status. */
function getStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = typeof error === 'object' && error !== null ? (error as { status?: unknown }).status : undefined;
  return typeof status === 'number' ? status : undefined;
}
