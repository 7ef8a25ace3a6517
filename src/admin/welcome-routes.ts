import { Router, type NextFunction, type Request, type Response } from 'express';
import { NotFound } from '../common/errors.js';
import type { LinkCall, OneTimeLinksService } from '../staff/one-time-links.service.js';
import type { HouseRequest } from '../traffic/house-request.js';
import { accountPages } from './account-pages.js';
import { callerOf, staffOf } from './guard.js';
import { isAnswered } from './in-time.js';
import { makeKnown } from './let-in.js';
import type { PanelServices } from './panel-services.js';
import { fieldsOf, readForm, refusalOn, showPlainPage } from './plain-page.js';
import { endSession } from './session.js';

/** Where a one-time link leads: the person chooses a password. */
export function welcomeRoutes({ links, signIn }: Pick<PanelServices, 'links' | 'signIn'>): Router {
  const router = Router();

  router.get('/welcome', tellNobody, async (request, response) => {
    await show(links, request, response, request.query.token, null);
  });

  router.post('/welcome', tellNobody, readForm, async (request, response) => {
    const { token, password } = fieldsOf(request);
    try {
      const { device } = await links.choosePassword(callOf(request, token), password);
      const present = staffOf(response);
      if (present) {
        await signIn.signOut(callerOf(request, present));
        await endSession(request);
      }
      if (isAnswered(response)) return;
      makeKnown(request, response, device);
      showPlainPage(response, accountPages.passwordSet());
    } catch (thrown) {
      const refusal = refusalOn(response, thrown);
      if (thrown instanceof NotFound) showPlainPage(response, accountPages.worthlessLink(null));
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
    const person = await links.whose(callOf(request, token));
    if (isAnswered(response)) return;
    const present = staffOf(response);
    const signedIn = present && present.email !== person?.email ? present.name : null;
    if (person) {
      return showPlainPage(response, accountPages.welcome({ ...person, token: String(token), refusal, signedIn }));
    }
    response.status(404);
    showPlainPage(response, accountPages.worthlessLink(null));
  } catch (thrown) {
    showPlainPage(response, accountPages.worthlessLink(refusalOn(response, thrown)));
  }
}

function callOf(request: Request, token: unknown): LinkCall {
  return { token, address: request.ip ?? 'unknown', requestId: (request as HouseRequest).requestId };
}

/** The address has the token in it. Under `no-referrer` browsers would send the form with `Origin: null`. */
function tellNobody(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Referrer-Policy', 'strict-origin');
  next();
}
