import type { Request, Response } from 'express';
import type { SignedIn } from '../../staff/sign-in.service.js';
import { panelPath } from '../http/paths.js';
import { beginSession } from '../http/sessions.js';

const DEVICE_COOKIE = 'lease_console_device';
const DEVICE_DAYS = 180;

/** Begins the session of somebody who has signed in, makes the browser a known one, and shows the panel. */
export async function startSession(
  request: Request,
  response: Response,
  { signedIn, device }: { signedIn: SignedIn; device: string },
): Promise<void> {
  await beginSession(request, signedIn);
  setDeviceCookie(request, response, device);
  response.redirect(302, panelPath);
}

/** Gives the browser the device cookie: guesses of strangers do not lock it out. */
export function setDeviceCookie(request: Request, response: Response, device: string): void {
  response.cookie(DEVICE_COOKIE, device, {
    httpOnly: true,
    sameSite: 'lax',
    secure: request.secure,
    path: panelPath,
    maxAge: DEVICE_DAYS * 86_400_000,
  });
}

/** The device cookie, if the browser has one. */
export function readDeviceCookie(request: Request): string | undefined {
  const pairs = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${DEVICE_COOKIE}=`))?.slice(DEVICE_COOKIE.length + 1);
}
