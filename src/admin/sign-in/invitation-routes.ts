import { Router, type NextFunction, type Request, type Response } from 'express';
import { NotFound } from '../../core/errors.js';
import type { LinkCall, OneTimeLinksService } from '../../staff/one-time-links.service.js';
import type { PartnerRequest } from '../../partner-api/partner-request.js';
import { profilePages } from '../profile/profile-pages.js';
import { toStaffCaller, getStaff } from '../http/guards.js';
import { isAnswered } from '../http/timeout.middleware.js';
import { setDeviceCookie } from './start-session.js';
import type { PanelServices } from '../panel-services.js';
import { fieldsOf, readForm, toFormError, showPlainPage } from '../http/plain-page.js';
import { endSession } from '../http/sessions.js';

/** Where a one-time link leads: the person chooses a password. */
export function invitationRoutes({ links, signIn }: Pick<PanelServices, 'links' | 'signIn'>): Router {
  const router = Router();

  router.get('/welcome', hideReferrer, async (request, response) => {
    await show(links, request, response, request.query.token, null);
  });

  router.post('/welcome', hideReferrer, readForm, async (request, response) => {
    const { token, password } = fieldsOf(request);
    try {
      const { device } = await links.choosePassword(callOf(request, token), password);
      const present = getStaff(response);
      if (present) {
        await signIn.signOut(toStaffCaller(request, present));
        await endSession(request);
      }
      if (isAnswered(response)) return;
      setDeviceCookie(request, response, device);
      showPlainPage(response, profilePages.passwordSet());
    } catch (thrown) {
      const refusal = toFormError(response, thrown);
      if (thrown instanceof NotFound) showPlainPage(response, profilePages.worthlessLink(null));
      else await show(links, request, response, token, refusal);
    }
  });
  return router;
}

async function show(
  links: OneTimeLinksService,
  request: Request,
  response: Response,
  token: unknown,
  refusal: string | null,
): Promise<void> {
  try {
    const person = await links.findOwner(callOf(request, token));
    if (isAnswered(response)) return;
    const present = getStaff(response);
    const signedIn = present && present.email !== person?.email ? present.name : null;
    if (person) {
      return showPlainPage(response, profilePages.welcome({ ...person, token: String(token), refusal, signedIn }));
    }
    response.status(404);
    showPlainPage(response, profilePages.worthlessLink(null));
  } catch (thrown) {
    showPlainPage(response, profilePages.worthlessLink(toFormError(response, thrown)));
  }
}

function callOf(request: Request, token: unknown): LinkCall {
  return { token, address: request.ip ?? 'unknown', callId: (request as PartnerRequest).callId };
}

/** The address has the token in it. Under `no-referrer` browsers would send the form with `Origin: null`. */
function hideReferrer(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Referrer-Policy', 'strict-origin');
  next();
}
