import type AdminJS from 'adminjs';
import { Router, type Request, type Response } from 'express';
import { DomainError, Unauthenticated } from '../common/errors.js';
import { TooManySignIns } from '../staff/sign-in-limits.js';
import type { SignInService } from '../staff/sign-in.service.js';
import type { HouseRequest } from '../traffic/house-request.js';
import { callerOf, staffOf } from './guard.js';
import { harmlessSentence, ownPage } from './html.js';
import { isAnswered } from './in-time.js';
import { panelPath } from './options.js';
import { nonceOf } from './security-headers.js';
import { knownDeviceOf, letIn } from './let-in.js';
import { readForm } from './plain-page.js';
import { beginSecondStep, endSession } from './session.js';

/** The sign-in page, signing in by its form, and signing out. */
export function signInRoutes(admin: AdminJS, signIn: SignInService): Router {
  const router = Router();
  router.get('/login', async (_request, response) => {
    if (staffOf(response)) return response.redirect(302, panelPath);
    await showPage(admin, response, null);
  });

  router.post('/login', readForm, async (request, response) => {
    try {
      const after = await signIn.signIn(formOf(request));
      if (isAnswered(response)) return;
      if ('firstStep' in after) {
        await beginSecondStep(request, after.firstStep);
        return response.redirect(302, `${panelPath}/second-factor`);
      }
      await letIn(request, response, after);
    } catch (refusal) {
      if (!(refusal instanceof Unauthenticated || refusal instanceof TooManySignIns)) throw refusal;
      await showPage(admin, response, refusal);
    }
  });

  router.post('/logout', async (request, response) => {
    const staff = staffOf(response);
    if (staff) {
      await signIn.signOut(callerOf(request, staff));
      await endSession(request);
    }
    response.redirect(302, `${panelPath}/login`);
  });
  // The address alone ends nothing: it leads whoever is signed in back to the panel, where the button is.
  router.get('/logout', (_request, response) => {
    response.redirect(302, staffOf(response) ? panelPath : `${panelPath}/login`);
  });
  return router;
}

function formOf(request: Request) {
  // Anything but the form that the page sends leaves no body, and so no email.
  const { email, password } = (request.body ?? {}) as Record<string, unknown>;
  return {
    email,
    password,
    address: request.ip ?? 'unknown',
    device: knownDeviceOf(request),
    requestId: (request as HouseRequest).requestId,
  };
}

async function showPage(admin: AdminJS, response: Response, refusal: DomainError | null): Promise<void> {
  const errorMessage = refusal && harmlessSentence(refusal.message);
  const page = await admin.renderLogin({ action: admin.options.loginPath, errorMessage });
  if (refusal?.retryAfterSeconds) response.setHeader('Retry-After', String(refusal.retryAfterSeconds));
  response
    .status(refusal?.status ?? 200)
    .type('html')
    .send(ownPage(page, nonceOf(response)));
}
