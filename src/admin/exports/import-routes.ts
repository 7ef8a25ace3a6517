import express, { Router, type NextFunction, type Request, type Response } from 'express';
import type { ImportRuns } from '../../account-pool/import/import-runs.service.js';
import { isStorableText } from '../../core/text.js';
import { NotFound, ValidationFailed } from '../../core/errors.js';
import { assertAllowed } from '../../authorization/permissions.js';
import { sendContinue } from '../../partner-api/request-body.js';
import { toStaffCaller, getStaff } from '../http/guards.js';
import { isAnswered } from '../http/timeout.middleware.js';

/** Enough for a file of 200,000 accounts. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

/**
 * `POST /admin/api/imports/accounts/preview` with a CSV as its body answers what an import would change;
 * `POST /admin/api/imports/accounts/rejected` answers the lines that it would leave out, as a CSV;
 * `POST /admin/api/imports/accounts?digest=` with the same file imports it; `GET /admin/api/imports/:id` is its progress.
 */
export function importRoutes(runs: ImportRuns): Router {
  const router = Router();
  router.param('id', (_request, _response, next, value) => {
    next(isStorableText(value) ? undefined : new NotFound('This import'));
  });
  router.post('/api/imports/accounts/preview', requireEditAccounts, readFile, async (request, response) => {
    const preview = await runs.preview(toCaller(request, response), readContent(request));
    if (!isAnswered(response)) response.json({ preview });
  });
  router.post('/api/imports/accounts/rejected', requireEditAccounts, readFile, async (request, response) => {
    const csv = await runs.rejectedLines(toCaller(request, response), readContent(request));
    if (!isAnswered(response)) response.type('text/csv; charset=utf-8').send(csv);
  });
  router.post('/api/imports/accounts', requireEditAccounts, readFile, async (request, response) => {
    const { digest, name } = readQuery(request);
    const started = await runs.start(toCaller(request, response), name, readContent(request), digest);
    if (!isAnswered(response)) response.status(202).json(started);
  });
  router.get('/api/imports/:id', async (request, response) => {
    const run = await runs.show(toCaller(request, response), request.params.id.slice(0, 100));
    if (!isAnswered(response)) response.json(run);
  });
  return router;
}

/** Before a byte of the file is read. */
function requireEditAccounts(request: Request, response: Response, next: NextFunction): void {
  assertAllowed(toCaller(request, response), 'editAccounts');
  next();
}

function toCaller(request: Request, response: Response) {
  return toStaffCaller(request, getStaff(response)!);
}

const readRaw = express.raw({ limit: MAX_FILE_BYTES, inflate: false, type: () => true });

function readFile(request: Request, response: Response, next: NextFunction): void {
  sendContinue(request);
  readRaw(request, response, (error?: unknown) => (error ? next(toFileError(error)) : next()));
}

function toFileError(error: unknown): unknown {
  const { type } = error as { type?: unknown };
  if (type === 'entity.too.large') return fileError(`is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB; split it`);
  return type === 'encoding.unsupported' ? fileError('must be sent as it is, not compressed') : error;
}

function readContent(request: Request): Buffer {
  const content: unknown = request.body;
  if (!Buffer.isBuffer(content) || content.length === 0)
    throw fileError('is empty: it needs the header and a line for each account');
  return content;
}

function readQuery(request: Request): { digest: string; name: string } {
  const { digest, name } = request.query;
  if (!isStorableText(digest) || !/^[\w-]{43}$/.test(digest)) {
    throw new ValidationFailed([{ path: 'digest', message: 'must be the one that the preview of this file gave' }]);
  }
  const trimmed = isStorableText(name) ? [...name.trim()].slice(0, 200).join('') : '';
  return { digest, name: trimmed || 'accounts.csv' };
}

function fileError(message: string): ValidationFailed {
  return new ValidationFailed([{ path: 'file', message }]);
}
