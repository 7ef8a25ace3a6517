import { Router, type NextFunction, type Request, type Response } from 'express';
import { NotFound } from '../../core/errors.js';
import type { LinkCall, OneTimeLinksService } from '../../staff/one-time-links.service.js';
import type { PartnerRequest } from '../../partner-api/partner-request.js';
import { profilePages } from '../profile/profile-pages.js';
import { toStaffCaller, getStaff } from '../http/guards.js';
import { isAnswered } from '../http/timeout.middleware.js';
import { setDeviceCookie } from './start-session.js';
import type { PanelServices } from '../panel-services.js';
import { getFields, readForm, toFormError, showPlainPage } from '../http/plain-page.js';
import { endSession } from '../http/sessions.js';

/** The page of a one-time link, where a person chooses a password. */
export function invitationRoutes({ links, signIn }: Pick<PanelServices, 'links' | 'signIn'>): Router {
  const router = Router();

  router.get('/welcome', hideReferrer, async (request, response) => {
    await showWelcome(links, request, response, request.query.token, null);
  });

  router.post('/welcome', hideReferrer, readForm, async (request, response) => {
    const { token, password } = getFields(request);
    try {
      const { device } = await links.choosePassword(toLinkCall(request, token), password);
      const signedInStaff = getStaff(response);
      if (signedInStaff) {
        await signIn.signOut(toStaffCaller(request, signedInStaff));
        await endSession(request);
      }
      if (isAnswered(response)) return;
      setDeviceCookie(request, response, device);
      showPlainPage(response, profilePages.passwordSet());
    } catch (thrown) {
      const error = toFormError(response, thrown);
      if (thrown instanceof NotFound) showPlainPage(response, profilePages.invalidLink(null));
      else await showWelcome(links, request, response, token, error);
    }
  });
  return router;
}

async function showWelcome(
  links: OneTimeLinksService,
  request: Request,
  response: Response,
  token: unknown,
  error: string | null,
): Promise<void> {
  try {
    const person = await links.findOwner(toLinkCall(request, token));
    if (isAnswered(response)) return;
    const signedInStaff = getStaff(response);
    const signedIn = signedInStaff && signedInStaff.email !== person?.email ? signedInStaff.name : null;
    if (person) {
      return showPlainPage(response, profilePages.welcome({ ...person, token: String(token), error, signedIn }));
    }
    response.status(404);
    showPlainPage(response, profilePages.invalidLink(null));
  } catch (thrown) {
    showPlainPage(response, profilePages.invalidLink(toFormError(response, thrown)));
  }
}

function toLinkCall(request: Request, token: unknown): LinkCall {
  return { token, address: request.ip ?? 'unknown', callId: (request as PartnerRequest).callId };
}

/** The address holds the token. Under `no-referrer` browsers would send the form with `Origin: null`. */
function hideReferrer(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Referrer-Policy', 'strict-origin');
  next();
}
