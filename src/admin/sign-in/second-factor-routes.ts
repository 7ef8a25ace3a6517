import QRCode from 'qrcode';
import { Router, type Request, type Response } from 'express';
import { Unauthenticated } from '../../core/errors.js';
import type { SecondFactorsService } from '../../staff/second-factors.service.js';
import type { SignedInStaff } from '../../staff/sign-in.service.js';
import type { PartnerRequest } from '../../partner-api/partner-request.js';
import { profilePages } from '../profile/profile-pages.js';
import { toStaffCaller, getStaff } from '../http/guards.js';
import { isAnswered } from '../http/timeout.middleware.js';
import { startSession } from './start-session.js';
import { panelPath } from '../http/paths.js';
import type { PanelServices } from '../panel-services.js';
import { getFields, Html, readForm, toFormError, showPlainPage } from '../http/plain-page.js';
import { endSession, storeInSession } from '../http/sessions.js';

type Services = Pick<PanelServices, 'signIn' | 'secondFactors'>;

/** The code at the sign-in, and the set-up of a second factor. */
export function secondFactorRoutes({ signIn, secondFactors }: Services): Router {
  const router = Router();

  router.get('/second-factor', async (request, response) => {
    if (getStaff(response)) return response.redirect(302, panelPath);
    const { firstStep } = request.session;
    if (!firstStep || !(await signIn.findAtSecondStep(firstStep))) return redirectToSignIn(response);
    showPlainPage(response, profilePages.code(null));
  });

  router.post('/second-factor', readForm, async (request, response) => {
    const { firstStep, returnPath = null } = request.session;
    if (!firstStep) return redirectToSignIn(response);
    const { code } = getFields(request);
    const { callId } = request as PartnerRequest;
    try {
      const signedIn = await signIn.submitCode(firstStep, { code, address: request.ip ?? 'unknown', callId });
      if (!isAnswered(response)) await startSession(request, response, signedIn, returnPath);
    } catch (thrown) {
      if (thrown instanceof Unauthenticated) {
        await endSession(request);
        return redirectToSignIn(response);
      }
      showPlainPage(response, profilePages.code(toFormError(response, thrown)));
    }
  });

  router.get('/second-factor/set-up', async (request, response) => {
    const staff = getStaff(response);
    if (!staff) return redirectToSignIn(response);
    await showSetUp(secondFactors, request, response, staff, null);
  });

  router.post('/second-factor/set-up', readForm, async (request, response) => {
    const staff = getStaff(response);
    if (!staff) return redirectToSignIn(response);
    const begun = request.session.begunFactor;
    if (!begun) return response.redirect(302, `${panelPath}/second-factor/set-up`);
    const { code, current } = getFields(request);
    try {
      const caller = toStaffCaller(request, staff);
      const { factor, confirmedAt, recoveryCodes } = await secondFactors.setUp(
        caller,
        { begun, code, current },
        request.sessionID,
      );
      if (isAnswered(response)) return;
      const returnPath = staff.mustSetUp ? request.session.returnPath : undefined;
      await storeInSession(request, { factor, confirmedAt, begunFactor: undefined, returnPath: undefined });
      showPlainPage(response, profilePages.recoveryCodes(recoveryCodes, returnPath));
    } catch (thrown) {
      await showSetUp(secondFactors, request, response, staff, toFormError(response, thrown));
    }
  });
  return router;
}

/** Shows the same secret until it is confirmed: after a reload the app's code is still right. */
async function showSetUp(
  secondFactors: SecondFactorsService,
  request: Request,
  response: Response,
  { staffId, email, hasSecondFactor, mustSetUp }: SignedInStaff,
  error: string | null,
): Promise<void> {
  const before = request.session.begunFactor;
  const begun = secondFactors.begin(staffId, before);
  if (begun !== before) await storeInSession(request, { begunFactor: begun });
  const { secret, uri } = secondFactors.getAuthenticatorSetup(staffId, email, begun);
  const svg = await QRCode.toString(uri, { type: 'svg', margin: 0, errorCorrectionLevel: 'M' });
  const qrCode = new Html(svg.replace('<svg', '<svg role="img" aria-label="QR code for your authenticator app"'));
  if (isAnswered(response)) return;
  const page = profilePages.setUp({
    qrCode,
    secret,
    isReplacement: hasSecondFactor,
    isRequired: mustSetUp,
    error,
  });
  showPlainPage(response, page);
}

function redirectToSignIn(response: Response): void {
  response.redirect(302, `${panelPath}/login`);
}
