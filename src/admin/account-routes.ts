import { Router, type Response } from 'express';
import { Conflict } from '../common/errors.js';
import { jsonBody } from '../traffic/json-body.js';
import { accountPages, type Account } from './account-pages.js';
import { callerOf, staffOf } from './guard.js';
import { isAnswered } from './in-time.js';
import type { PanelServices } from './panel-services.js';
import { fieldsOf, readForm, refusalOn, showPlainPage } from './plain-page.js';
import { keepInSession, signedInBy } from './session.js';

type Services = Pick<PanelServices, 'signIn' | 'secondFactors'>;

/** The signed-in person's own account, and the code that is asked for again before keys, money and roles. */
export function accountRoutes(services: Services): Router {
  const { signIn, secondFactors } = services;
  const router = Router();

  router.get('/account', async (_request, response) => {
    await showAccount(services, response, {});
  });

  router.post('/account/password', readForm, async (request, response) => {
    const { current, password } = fieldsOf(request);
    try {
      const caller = callerOf(request, staffOf(response)!);
      await signIn.changeOwnPassword(caller, { current, password }, request.sessionID);
      const signedIn = signedInBy(request);
      const renewed = signedIn && (await signIn.renewed(signedIn));
      if (isAnswered(response)) return;
      if (renewed) await keepInSession(request, renewed);
      const done = 'Your password is changed, and all other sessions of yours have ended.';
      await showAccount(services, response, { done });
    } catch (thrown) {
      await showAccount(services, response, { passwordRefusal: refusalOn(response, thrown) });
    }
  });

  router.post('/account/recovery-codes', readForm, async (request, response) => {
    try {
      const caller = callerOf(request, staffOf(response)!);
      const { confirmedAt, recoveryCodes } = await secondFactors.renewRecoveryCodes(caller, fieldsOf(request).code);
      if (isAnswered(response)) return;
      await keepInSession(request, { confirmedAt });
      showPlainPage(response, accountPages.recoveryCodes(recoveryCodes));
    } catch (thrown) {
      await showAccount(services, response, { codeRefusal: refusalOn(response, thrown) });
    }
  });

  router.post('/confirm', ...jsonBody(), async (request, response) => {
    const staff = staffOf(response)!;
    if (!staff.hasSecondFactor) throw new Conflict('not_allowed_now', 'You have no second factor, and are not asked.');
    const confirmedAt = await secondFactors.check(callerOf(request, staff), fieldsOf(request).code);
    if (isAnswered(response)) return;
    await keepInSession(request, { confirmedAt });
    response.json({ notice: { type: 'success', message: 'Confirmed for the next 10 minutes.' } });
  });
  return router;
}

async function showAccount(
  { secondFactors }: Services,
  response: Response,
  said: Partial<Pick<Account, 'passwordRefusal' | 'codeRefusal' | 'done'>>,
): Promise<void> {
  const { staffId, name, email, role } = staffOf(response)!;
  const codesLeft = await secondFactors.recoveryCodesLeft(staffId);
  if (isAnswered(response)) return;
  showPlainPage(response, accountPages.account({ name, email, role, codesLeft, ...said }));
}
