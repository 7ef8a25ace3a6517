import { isUtf8 } from 'node:buffer';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { ValidationFailed } from '../core/errors.js';
import type { PartnerRequest } from './partner-request.js';

const MAX_BODY_BYTES = '64kb';

/** Parses the body as JSON. An unreadable request is refused here, before authentication (contract: Order). */
export function jsonBodyParsers(): RequestHandler[] {
  return [rejectMalformedUrl, rejectOtherContentTypes, express.raw({ limit: MAX_BODY_BYTES, type: () => true }), parse];
}

/** Express would accept malformed percent-encoding in the query. */
function rejectMalformedUrl(request: Request, _response: Response, next: NextFunction): void {
  const [path = '', query = ''] = request.originalUrl.split('?', 2);
  if (!isDecodable(path)) return next(toUnreadableError('path', 'is not well-formed percent-encoding'));
  if (!isDecodable(query)) return next(toUnreadableError('query', 'is not well-formed percent-encoding'));
  next();
}

function isDecodable(text: string): boolean {
  if (!text.includes('%')) return true;
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function rejectOtherContentTypes(request: Request, _response: Response, next: NextFunction): void {
  if (!mayHaveBody(request) || isJson(request.headers['content-type'])) return next();
  next(toUnreadableError('header.Content-Type', 'must be application/json in UTF-8'));
}

function isJson(contentType = ''): boolean {
  const [mediaType = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  return mediaType.trim() === 'application/json' && /^(charset="?utf-?8"?)?$/.test(charset ?? '');
}

function mayHaveBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function parse(request: Request, _response: Response, next: NextFunction): void {
  const raw: unknown = request.body;
  (request as PartnerRequest).readAt = performance.now();
  if (!Buffer.isBuffer(raw) || raw.length === 0) {
    request.body = undefined;
    return next();
  }
  if (!isUtf8(raw)) return next(toUnreadableError('body', 'is not UTF-8'));
  try {
    request.body = JSON.parse(raw.toString('utf8'));
  } catch {
    return next(toUnreadableError('body', 'is not well-formed JSON'));
  }
  next();
}

function toUnreadableError(path: string, message: string): ValidationFailed {
  return new ValidationFailed([{ path, message }]);
}
