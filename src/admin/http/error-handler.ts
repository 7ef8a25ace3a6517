import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express';
import { NotFound, Unauthenticated } from '../../core/errors.js';
import { setCallFailure } from '../../partner-api/call-failure.js';
import type { PartnerRequest } from '../../partner-api/partner-request.js';
import { panelPath } from './paths.js';
import { toReturnPath, toSignInPath } from './return-path.js';
import { html, showPlainPage, type PlainPage } from './plain-page.js';
import { toPanelError, type PanelError } from './error-messages.js';

export function notFoundHandler(_request: Request, _response: Response, next: NextFunction): void {
  next(new NotFound('This page of the panel'));
}

/**
 * Answers a failed call with a sentence and the call's id, never a stack. Calls of the panel's API also get it as a notice, which
 * AdminJS's pages show; pages get a page with a link.
 */
export const errorHandler: ErrorRequestHandler = (thrown, request, response, next) => {
  const { callId: requestId } = request as PartnerRequest;
  const error = toPanelError(thrown, requestId);
  setCallFailure(response, thrown);
  const { sentence: message, status, code, retryAfterSeconds, confirm } = error;
  if (response.headersSent) return next(thrown);
  if (retryAfterSeconds) response.setHeader('Retry-After', String(retryAfterSeconds));
  response.status(status);
  if (expectsPage(request))
    return showPlainPage(response, toErrorPage(error, request, thrown instanceof Unauthenticated));
  response.json({
    error: { code, message, requestId },
    notice: { type: 'error', message },
    ...(confirm && { confirm }),
  });
};

/** Whether a person sees the answer itself: an opened address, or a form sent without a script. */
function expectsPage(request: Request): boolean {
  if (request.path.startsWith('/api/')) return false;
  return request.method === 'GET' || request.accepts(['json', 'html']) === 'html';
}

function toErrorPage({ sentence, status }: PanelError, request: Request, isSignedOut: boolean): PlainPage {
  const returnPath = request.method === 'GET' ? toReturnPath(request.originalUrl) : null;
  const [href, label] = isSignedOut ? [toSignInPath(returnPath), 'Sign in'] : [panelPath, 'Back to the console'];
  const isTemporary = status === 503 && request.method === 'GET';
  return {
    title: status === 404 ? 'There is nothing here' : 'This was not done',
    body: html`<p>${sentence}</p>
      ${isTemporary ? html`<a class="lc-btn primary" href="">Try again</a>` : html``}
      <a class="${isTemporary ? 'lc-btn' : 'lc-btn primary'}" href="${href}">${label}</a>
      <p class="lc-faint">If you ask somebody about it, name ${(request as PartnerRequest).callId}.</p>`,
  };
}
