import type { Request, Response } from 'express';
import type { SignedIn } from '../../staff/sign-in.service.js';
import { panelPath } from '../http/paths.js';
import { beginSession } from '../http/sessions.js';

const DEVICE_COOKIE = 'lease_console_device';
const DEVICE_DAYS = 180;

/** Starts the session, marks the browser as known and redirects to the page that was asked for. */
export async function startSession(
  request: Request,
  response: Response,
  { signedIn, device }: { signedIn: SignedIn; device: string },
  returnPath: string | null,
): Promise<void> {
  await beginSession(request, signedIn, returnPath);
  setDeviceCookie(request, response, device);
  response.redirect(302, returnPath ?? panelPath);
}

/** Wrong passwords from other browsers do not lock out one with this cookie. */
export function setDeviceCookie(request: Request, response: Response, device: string): void {
  response.cookie(DEVICE_COOKIE, device, {
    httpOnly: true,
    sameSite: 'lax',
    secure: request.secure,
    path: panelPath,
    maxAge: DEVICE_DAYS * 86_400_000,
  });
}

export function readDeviceCookie(request: Request): string | undefined {
  const pairs = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${DEVICE_COOKIE}=`))?.slice(DEVICE_COOKIE.length + 1);
}
