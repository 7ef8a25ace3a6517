import { Router, type Response } from 'express';
import { Conflict } from '../../core/errors.js';
import { jsonBody } from '../../partner-api/json-body.js';
import { profilePages, type Account } from './profile-pages.js';
import { toStaffCaller, getStaff } from '../http/guards.js';
import { isAnswered } from '../http/timeout.middleware.js';
import type { PanelServices } from '../panel-services.js';
import { getFields, readForm, toFormError, showPlainPage } from '../http/plain-page.js';
import { storeInSession, readSignedIn } from '../http/sessions.js';

type Services = Pick<PanelServices, 'signIn' | 'secondFactors'>;

/** The own account, and step-up authentication by a code. */
export function profileRoutes(services: Services): Router {
  const { signIn, secondFactors } = services;
  const router = Router();

  router.get('/account', async (_request, response) => {
    await showAccount(services, response, {});
  });

  router.post('/account/password', readForm, async (request, response) => {
    const { current, password } = getFields(request);
    try {
      const caller = toStaffCaller(request, getStaff(response)!);
      await signIn.changeOwnPassword(caller, { current, password }, request.sessionID);
      const signedIn = readSignedIn(request);
      const renewed = signedIn && (await signIn.renewSession(signedIn));
      if (isAnswered(response)) return;
      if (renewed) await storeInSession(request, renewed);
      const done = 'Your password is changed, and your other sessions have ended.';
      await showAccount(services, response, { done });
    } catch (thrown) {
      await showAccount(services, response, { passwordError: toFormError(response, thrown) });
    }
  });

  router.post('/account/recovery-codes', readForm, async (request, response) => {
    try {
      const caller = toStaffCaller(request, getStaff(response)!);
      const { confirmedAt, recoveryCodes } = await secondFactors.renewRecoveryCodes(caller, getFields(request).code);
      if (isAnswered(response)) return;
      await storeInSession(request, { confirmedAt });
      showPlainPage(response, profilePages.recoveryCodes(recoveryCodes));
    } catch (thrown) {
      await showAccount(services, response, { codeError: toFormError(response, thrown) });
    }
  });

  router.post('/confirm', jsonBody, async (request, response) => {
    const staff = getStaff(response)!;
    if (!staff.hasSecondFactor)
      throw new Conflict('not_allowed_now', 'You have no second factor, so no code is needed.');
    const confirmedAt = await secondFactors.check(toStaffCaller(request, staff), getFields(request).code);
    if (isAnswered(response)) return;
    await storeInSession(request, { confirmedAt });
    response.json({ notice: { type: 'success', message: 'Confirmed for the next 10 minutes.' } });
  });
  return router;
}

async function showAccount(
  { secondFactors }: Services,
  response: Response,
  shown: Partial<Pick<Account, 'passwordError' | 'codeError' | 'done'>>,
): Promise<void> {
  const { staffId, name, email, role } = getStaff(response)!;
  const codesLeft = await secondFactors.countRecoveryCodes(staffId);
  if (isAnswered(response)) return;
  showPlainPage(response, profilePages.account({ name, email, role, codesLeft, ...shown }));
}
