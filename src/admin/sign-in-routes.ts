import type AdminJS from 'adminjs';
import express, { Router, type Request, type Response } from 'express';
import { DomainError, Unauthenticated } from '../common/errors.js';
import { TooManySignIns } from '../staff/sign-in-limits.js';
import type { SignInService } from '../staff/sign-in.service.js';
import type { HouseRequest } from '../traffic/house-request.js';
import { callerOf, staffOf } from './guard.js';
import { harmlessSentence, ownPage } from './html.js';
import { isAnswered } from './in-time.js';
import { panelPath } from './options.js';
import { nonceOf } from './security-headers.js';
import { beginSession, endSession } from './session.js';

const DEVICE_COOKIE = 'lease_console_device';
const DEVICE_DAYS = 180;

/** The sign-in page, signing in by its form, and signing out. */
export function signInRoutes(admin: AdminJS, signIn: SignInService): Router {
  const router = Router();
  const form = express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 });

  router.get('/login', async (_request, response) => {
    if (staffOf(response)) return response.redirect(302, panelPath);
    await showPage(admin, response, null);
  });

  router.post('/login', form, async (request, response) => {
    try {
      const { device, ...signedIn } = await signIn.signIn(formOf(request));
      if (isAnswered(response)) return;
      await beginSession(request, signedIn);
      response.cookie(DEVICE_COOKIE, device, {
        httpOnly: true,
        sameSite: 'lax',
        secure: request.secure,
        path: panelPath,
        maxAge: DEVICE_DAYS * 86_400_000,
      });
      response.redirect(302, panelPath);
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
    device: cookieOf(request, DEVICE_COOKIE),
    requestId: (request as HouseRequest).requestId,
  };
}

function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
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
