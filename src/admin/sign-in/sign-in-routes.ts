import type AdminJS from 'adminjs';
import { Router, type Request, type Response } from 'express';
import { DomainError, Unauthenticated } from '../../core/errors.js';
import { TooManySignIns } from '../../staff/sign-in-limits.js';
import type { SignInService } from '../../staff/sign-in.service.js';
import type { PartnerRequest } from '../../partner-api/partner-request.js';
import { toStaffCaller, getStaff } from '../http/guards.js';
import { escapeForSignInScript, prepareAdminJsPage } from '../http/html.js';
import { isAnswered } from '../http/timeout.middleware.js';
import { panelPath } from '../http/paths.js';
import { getNonce } from '../http/security-headers.js';
import { readDeviceCookie, startSession } from './start-session.js';
import { readForm } from '../http/plain-page.js';
import { beginSecondStep, endSession } from '../http/sessions.js';
import { readReturnPath, toSignInPath } from '../http/return-path.js';

export function signInRoutes(admin: AdminJS, signIn: SignInService): Router {
  const router = Router();
  router.get('/login', async (request, response) => {
    const returnPath = readReturnPath(request.query);
    if (getStaff(response)) return response.redirect(302, returnPath ?? panelPath);
    await showPage(admin, response, returnPath, null);
  });

  router.post('/login', readForm, async (request, response) => {
    const returnPath = readReturnPath(request.query);
    try {
      const outcome = await signIn.signIn(readSignInForm(request));
      if (isAnswered(response)) return;
      if ('firstStep' in outcome) {
        await beginSecondStep(request, outcome.firstStep, returnPath);
        return response.redirect(302, `${panelPath}/second-factor`);
      }
      await startSession(request, response, outcome, returnPath);
    } catch (error) {
      if (!(error instanceof Unauthenticated || error instanceof TooManySignIns)) throw error;
      await showPage(admin, response, returnPath, error);
    }
  });

  router.post('/logout', async (request, response) => {
    const staff = getStaff(response);
    if (staff) {
      await signIn.signOut(toStaffCaller(request, staff));
      await endSession(request);
    }
    response.redirect(302, `${panelPath}/login`);
  });
  // A GET does not sign out: a link of another site could send it.
  router.get('/logout', (_request, response) => {
    response.redirect(302, getStaff(response) ? panelPath : `${panelPath}/login`);
  });
  return router;
}

function readSignInForm(request: Request) {
  // Without the page's form there is no body.
  const { email, password } = (request.body ?? {}) as Record<string, unknown>;
  return {
    email,
    password,
    address: request.ip ?? 'unknown',
    device: readDeviceCookie(request),
    callId: (request as PartnerRequest).callId,
  };
}

async function showPage(
  admin: AdminJS,
  response: Response,
  returnPath: string | null,
  error: DomainError | null,
): Promise<void> {
  const errorMessage = error && escapeForSignInScript(error.message);
  const page = await admin.renderLogin({ action: toSignInPath(returnPath), errorMessage });
  if (error?.retryAfterSeconds) response.setHeader('Retry-After', String(error.retryAfterSeconds));
  response
    .status(error?.status ?? 200)
    .type('html')
    .send(prepareAdminJsPage(page, getNonce(response)));
}
