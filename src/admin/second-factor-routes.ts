import QRCode from 'qrcode';
import { Router, type Request, type Response } from 'express';
import { Unauthenticated } from '../common/errors.js';
import type { SecondFactorsService } from '../staff/second-factors.service.js';
import type { SignedInStaff } from '../staff/sign-in.service.js';
import type { HouseRequest } from '../traffic/house-request.js';
import { accountPages } from './account-pages.js';
import { callerOf, staffOf } from './guard.js';
import { isAnswered } from './in-time.js';
import { letIn } from './let-in.js';
import { panelPath } from './options.js';
import type { PanelServices } from './panel-services.js';
import { fieldsOf, Html, readForm, refusalOn, showPlainPage } from './plain-page.js';
import { endSession, keepInSession } from './session.js';

type Services = Pick<PanelServices, 'signIn' | 'secondFactors'>;

/** The second step of a sign-in, and setting up what it asks for. */
export function secondFactorRoutes({ signIn, secondFactors }: Services): Router {
  const router = Router();

  router.get('/second-factor', async (request, response) => {
    if (staffOf(response)) return response.redirect(302, panelPath);
    const { firstStep } = request.session;
    if (!firstStep || !(await signIn.whoIsAtSecondStep(firstStep))) return toSignIn(response);
    showPlainPage(response, accountPages.code(null));
  });

  router.post('/second-factor', readForm, async (request, response) => {
    const { firstStep } = request.session;
    if (!firstStep) return toSignIn(response);
    const { code } = fieldsOf(request);
    const { requestId } = request as HouseRequest;
    try {
      const after = await signIn.giveCode(firstStep, { code, address: request.ip ?? 'unknown', requestId });
      if (!isAnswered(response)) await letIn(request, response, after);
    } catch (thrown) {
      if (thrown instanceof Unauthenticated) {
        await endSession(request);
        return toSignIn(response);
      }
      showPlainPage(response, accountPages.code(refusalOn(response, thrown)));
    }
  });

  router.get('/second-factor/set-up', async (request, response) => {
    const staff = staffOf(response);
    if (!staff) return toSignIn(response);
    await showSetUp(secondFactors, request, response, staff, null);
  });

  router.post('/second-factor/set-up', readForm, async (request, response) => {
    const staff = staffOf(response);
    if (!staff) return toSignIn(response);
    const begun = request.session.begunFactor;
    if (!begun) return response.redirect(302, `${panelPath}/second-factor/set-up`);
    const { code, current } = fieldsOf(request);
    try {
      const caller = callerOf(request, staff);
      const made = await secondFactors.setUp(caller, { begun, code, current }, request.sessionID);
      const { factor, confirmedAt, recoveryCodes } = made;
      if (isAnswered(response)) return;
      await keepInSession(request, { factor, confirmedAt, begunFactor: undefined });
      showPlainPage(response, accountPages.recoveryCodes(recoveryCodes));
    } catch (thrown) {
      await showSetUp(secondFactors, request, response, staff, refusalOn(response, thrown));
    }
  });
  return router;
}

/** Shows the same secret until it is confirmed, so that a reload does not make an app's code wrong. */
async function showSetUp(
  secondFactors: SecondFactorsService,
  request: Request,
  response: Response,
  { staffId, email, hasSecondFactor, mustSetUp }: SignedInStaff,
  refusal: string | null,
): Promise<void> {
  const begun = request.session.begunFactor ?? secondFactors.begin(staffId);
  if (!request.session.begunFactor) await keepInSession(request, { begunFactor: begun });
  const { secret, uri } = secondFactors.forTheApp(staffId, email, begun);
  const svg = await QRCode.toString(uri, { type: 'svg', margin: 0, errorCorrectionLevel: 'M' });
  const picture = new Html(svg.replace('<svg', '<svg role="img" aria-label="QR code for your authenticator app"'));
  if (isAnswered(response)) return;
  const page = accountPages.setUp({ picture, secret, replaces: hasSecondFactor, must: mustSetUp, refusal });
  showPlainPage(response, page);
}

function toSignIn(response: Response): void {
  response.redirect(302, `${panelPath}/login`);
}
