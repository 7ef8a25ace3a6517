import express, { Router, type NextFunction, type Request, type Response } from 'express';
import type { ImportRuns } from '../../account-pool/import/import-runs.service.js';
import { isStorableText } from '../../core/text.js';
import { NotFound, ValidationFailed } from '../../core/errors.js';
import { assertAllowed } from '../../authorization/permissions.js';
import { toStaffCaller, getStaff } from '../http/guards.js';
import { isAnswered } from '../http/timeout.middleware.js';

/** What a file of 200,000 accounts takes; the panel takes no larger one. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

/**
 * `POST /admin/api/imports/accounts/preview` with a CSV as its body says what it would do; `POST /admin/api/imports/accounts?digest=`
 * with the same file does it; `GET /admin/api/imports/:id` tells how far it is.
 */
export function importRoutes(runs: ImportRuns): Router {
  const router = Router();
  router.param('id', (_request, _response, next, value) => {
    next(isStorableText(value) ? undefined : new NotFound('This import'));
  });
  router.post('/api/imports/accounts/preview', operatorsOnly, wholeFile, async (request, response) => {
    const preview = await runs.preview(callOf(request, response), contentOf(request));
    if (!isAnswered(response)) response.json({ preview });
  });
  router.post('/api/imports/accounts', operatorsOnly, wholeFile, async (request, response) => {
    const { digest, name } = toMessage(request);
    const started = await runs.start(callOf(request, response), name, contentOf(request), digest);
    if (!isAnswered(response)) response.status(202).json(started);
  });
  router.get('/api/imports/:id', async (request, response) => {
    const run = await runs.show(callOf(request, response), request.params.id.slice(0, 100));
    if (!isAnswered(response)) response.json(run);
  });
  return router;
}

/** Asked before a byte of the file is read. */
function operatorsOnly(request: Request, response: Response, next: NextFunction): void {
  assertAllowed(callOf(request, response), 'editAccounts');
  next();
}

function callOf(request: Request, response: Response) {
  return toStaffCaller(request, getStaff(response)!);
}

const reader = express.raw({ limit: MAX_FILE_BYTES, inflate: false, type: () => true });

function wholeFile(request: Request, response: Response, next: NextFunction): void {
  reader(request, response, (error?: unknown) => (error ? next(toJsonError(error)) : next()));
}

function toJsonError(error: unknown): unknown {
  const { type } = error as { type?: unknown };
  if (type === 'entity.too.large') return findFileError(`is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB; split it`);
  return type === 'encoding.unsupported' ? findFileError('must be sent as it is, not compressed') : error;
}

function contentOf(request: Request): Buffer {
  const content: unknown = request.body;
  if (!Buffer.isBuffer(content) || content.length === 0)
    throw findFileError('is empty: it needs the header and a line for each account');
  return content;
}

function toMessage(request: Request): { digest: string; name: string } {
  const { digest, name } = request.query;
  if (!isStorableText(digest) || !/^[\w-]{43}$/.test(digest)) {
    throw new ValidationFailed([{ path: 'digest', message: 'must be the one that the preview of this file gave' }]);
  }
  const called = isStorableText(name) ? [...name.trim()].slice(0, 200).join('') : '';
  return { digest, name: called || 'accounts.csv' };
}

function findFileError(message: string): ValidationFailed {
  return new ValidationFailed([{ path: 'file', message }]);
}
