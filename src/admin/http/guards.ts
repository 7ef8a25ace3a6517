import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { StaffCaller } from '../../authorization/actor.js';
import { ForbiddenRole, Unauthenticated } from '../../core/errors.js';
import type { SignedInStaff, SignInService } from '../../staff/sign-in.service.js';
import type { PartnerRequest } from '../../partner-api/partner-request.js';
import { toReturnPath, toSignInPath } from './return-path.js';
import { isAnswered } from './timeout.middleware.js';
import { panelPath } from './paths.js';
import { getAccountOfSession } from './session-store.js';
import { endSession, readSignedIn } from './sessions.js';

export const setUpPath = `${panelPath}/second-factor/set-up`;

/** Against cross-site request forgery. Programs that are no browser send neither header. */
export function sameOriginOnly(request: Request, _response: Response, next: NextFunction): void {
  if (isSafeMethod(request)) return next();
  const origin = request.get('origin');
  const ownHosts = [request.get('host'), request.host].map((host) => host?.toLowerCase());
  const isCrossOrigin =
    origin === undefined ? isCrossSite(request.get('sec-fetch-site')) : !ownHosts.includes(getHost(origin));
  next(isCrossOrigin ? new ForbiddenRole('This call came from another site; nothing was done.') : undefined);
}

/** Reads who is signed in from the database on each call: role, disabling, password and session age take effect at once. */
export function loadStaff(signIn: SignInService): RequestHandler {
  return async (request, response, next) => {
    if (isAnswered(response)) return;
    const signedIn = readSignedIn(request);
    if (!signedIn) return next();
    const staff = signIn.toStaff(signedIn, getAccountOfSession(request.session));
    if (staff) response.locals.staff = staff;
    else await endSession(request);
    next();
  };
}

/** Redirects pages to the sign-in and refuses everything else, before its body is read. */
export function requireSignIn(request: Request, response: Response, next: NextFunction): void {
  if (response.locals.staff) return next();
  if (isSafeMethod(request) && !request.path.startsWith('/api/')) {
    return response.redirect(302, toSignInPath(toReturnPath(request.originalUrl)));
  }
  next(new Unauthenticated('You are not signed in, or your session has ended.'));
}

/** Redirects pages to the set-up of a second factor that is required, and refuses everything else. */
export function requireSecondFactor(request: Request, response: Response, next: NextFunction): void {
  if (!getStaff(response)?.mustSetUp) return next();
  if (isSafeMethod(request) && !request.path.startsWith('/api/')) return response.redirect(302, setUpPath);
  next(new ForbiddenRole(`Your role needs a second factor. Set it up first, at ${setUpPath}.`));
}

/** Who is signed in, as `loadStaff` read it. */
export function getStaff(response: Response): SignedInStaff | undefined {
  return response.locals.staff as SignedInStaff | undefined;
}

export function toStaffCaller(request: Request, { staffId, name, role }: SignedInStaff): StaffCaller {
  return { kind: 'staff', staffId, name, role, callId: (request as PartnerRequest).callId };
}

function isCrossSite(site: string | undefined): boolean {
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function isSafeMethod({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

function getHost(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : 'none';
}
