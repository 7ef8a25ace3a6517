import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { PayloadTooLarge, ValidationFailed, type FieldError } from '../core/errors.js';
import { mayHaveBody, readBody, readContentEncoding } from './request-body.js';

const MAX_BODY_BYTES = 64 * 1024;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Parses the body as JSON. */
export const jsonBody: RequestHandler = (request, _response, next) => {
  assertReadable(request);
  readJson(request).then((body) => {
    request.body = body;
    next();
  }, next);
};

/**
 * Refuses what can be refused before a byte of the body is read (contract: Order).
 * @throws ValidationFailed, PayloadTooLarge
 */
export function assertReadable(request: Request): void {
  const errors = findUrlErrors(request.originalUrl);
  if (mayHaveBody(request)) errors.push(...findHeaderErrors(request));
  if (errors.length > 0) throw new ValidationFailed(errors);
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw new PayloadTooLarge(MAX_BODY_BYTES);
}

/** @returns `undefined` for no body @throws ValidationFailed, PayloadTooLarge */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!mayHaveBody(request)) return undefined;
  const raw = await readBody(request, MAX_BODY_BYTES);
  if (raw.length === 0) return undefined;
  if (raw.subarray(0, 3).equals(BYTE_ORDER_MARK)) throw toBodyError('must not begin with a byte order mark');
  if (!isUtf8(raw)) throw toBodyError('is not UTF-8');
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw toBodyError('is not well-formed JSON');
  }
}

/** Express would accept malformed percent-encoding in the query. */
function findUrlErrors(url: string): FieldError[] {
  if (!url.includes('%')) return [];
  const [path = '', query = ''] = url.split('?', 2);
  const message = 'is not well-formed percent-encoding';
  return [
    ...(isDecodable(path) ? [] : [{ path: 'path', message }]),
    ...(isDecodable(query) ? [] : [{ path: 'query', message }]),
  ];
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function findHeaderErrors(request: Request): FieldError[] {
  const errors: FieldError[] = [];
  if (!isJson(request.headers['content-type'])) {
    errors.push({ path: 'header.Content-Type', message: 'must be application/json in UTF-8' });
  }
  try {
    readContentEncoding(request);
  } catch (error) {
    errors.push(...(error as ValidationFailed).details.fields);
  }
  return errors;
}

function isJson(contentType = ''): boolean {
  const [mediaType = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  return mediaType.trim() === 'application/json' && /^(charset="?utf-?8"?)?$/.test(charset ?? '');
}

function toBodyError(message: string): ValidationFailed {
  return new ValidationFailed([{ path: 'body', message }]);
}
