import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { StaffCaller } from '../../authorization/actor.js';
import { ForbiddenRole, Unauthenticated } from '../../core/errors.js';
import type { SignedInStaff, SignInService } from '../../staff/sign-in.service.js';
import type { PartnerRequest } from '../../partner-api/partner-request.js';
import { isAnswered } from './timeout.middleware.js';
import { panelPath } from './paths.js';
import { endSession, readSignedIn } from './sessions.js';

/** Where one sets up a second factor. */
export const setUpPath = `${panelPath}/second-factor/set-up`;

/** Changes come from the panel's own pages alone. Programs that are no browser send neither header. */
export function sameOriginOnly(request: Request, _response: Response, next: NextFunction): void {
  if (isSafeMethod(request)) return next();
  const origin = request.get('origin');
  const own = [request.get('host'), request.host].map((host) => host?.toLowerCase());
  const isForeignCall =
    origin === undefined ? isCrossSite(request.get('sec-fetch-site')) : !own.includes(getHost(origin));
  next(isForeignCall ? new ForbiddenRole('This call came from a page of another site; nothing was done.') : undefined);
}

/** Who is signed in, read anew from the database: role, disabled, password and age of the session count from now on. */
export function loadStaff(signIn: SignInService): RequestHandler {
  return async (request, response, next) => {
    if (isAnswered(response)) return;
    const signedIn = readSignedIn(request);
    if (!signedIn) return next();
    const staff = await signIn.findStaff(signedIn);
    if (isAnswered(response)) return;
    if (staff) response.locals.staff = staff;
    else await endSession(request);
    next();
  };
}

/** From here on somebody is signed in: pages lead to the sign-in, everything else is refused before its body is read. */
export function requireSignIn(request: Request, response: Response, next: NextFunction): void {
  if (response.locals.staff) return next();
  if (isSafeMethod(request) && !request.path.startsWith('/api/')) return response.redirect(302, `${panelPath}/login`);
  next(new Unauthenticated('You are not signed in, or your session has ended.'));
}

/** Whoever must have a second factor sets it up before anything else. */
export function requireSecondFactor(request: Request, response: Response, next: NextFunction): void {
  if (!getStaff(response)?.mustSetUp) return next();
  if (isSafeMethod(request) && !request.path.startsWith('/api/')) return response.redirect(302, setUpPath);
  next(new ForbiddenRole(`Your role needs a second factor. Set it up first, at ${setUpPath}.`));
}

/** Whoever `recognise` found. */
export function getStaff(response: Response): SignedInStaff | undefined {
  return response.locals.staff as SignedInStaff | undefined;
}

/** The signed-in staff member as services know one. */
export function toStaffCaller(request: Request, { staffId, name, role }: SignedInStaff): StaffCaller {
  return { kind: 'staff', staffId, name, role, callId: (request as PartnerRequest).callId };
}

/** Whether a browser says that another site's page made it call. */
function isCrossSite(site: string | undefined): boolean {
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function isSafeMethod({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

function getHost(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : 'none';
}
