import { Logger } from '@nestjs/common';
import connectPgSimple from 'connect-pg-simple';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import session, { type SessionData } from 'express-session';
import type { DataSource } from 'typeorm';
import type { Clock } from '../../core/clock.js';
import { getPool } from '../../core/connection-pool.js';
import { correctClockSkew } from '../../core/clock-skew.js';
import type { ReadySettings } from '../../config/settings.js';
import type { SignedIn } from '../../staff/sign-in.service.js';
import { panelPath } from './paths.js';
import { withSparingTouch } from './session-store.js';

declare module 'express-session' {
  interface SessionData {
    staffId: SignedIn['staffId'];
    signedInAt: SignedIn['signedInAt'];
    credential: SignedIn['credential'];
    factor: SignedIn['factor'];
    confirmedAt: SignedIn['confirmedAt'];
    /** The password was right and the code is still missing: this signs in to nothing yet. */
    firstStep: SignedIn;
    /** The page that was asked for before the sign-in. */
    returnPath: string;
    /** The sealed secret of a second factor that is being set up. */
    begunFactor: string;
  }
}

const COOKIE = 'lease_console_session';
/** Pages send this when they poll without a person's action. */
const POLLING_HEADER = 'X-Unasked';
const IDLE_MS = 12 * 60 * 60 * 1000;
const log = new Logger('Sessions');

/**
 * Sessions in PostgreSQL, over TypeORM's pool. They end 12 h after the last call that was not a poll; `SignInService` ends them
 * after 7 days.
 */
export function panelSessions(dataSource: DataSource, clock: Clock, settings: ReadySettings): RequestHandler {
  const Store = withSparingTouch(connectPgSimple(session), dataSource);
  const pool = correctClockSkew(getPool(dataSource), clock, 1_000);
  const createMiddleware = (extendsSession: boolean) =>
    session({
      name: COOKIE,
      secret: settings.sessionSecrets,
      store: new Store({
        pool,
        tableName: 'staff_session',
        disableTouch: !extendsSession,
        // The library deletes all of them in one statement, however many there are.
        pruneSessionInterval: false,
        errorLog: (...messages: unknown[]) => log.warn(messages.map(String).join(' ')),
      }),
      resave: false,
      saveUninitialized: false,
      rolling: extendsSession,
      cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto', path: panelPath, maxAge: IDLE_MS },
    });
  const extending = createMiddleware(true);
  const polling = createMiddleware(false);
  return (request, response, next) => (request.get(POLLING_HEADER) ? polling : extending)(request, response, next);
}

/** Puts the session's cookie before any other of the response: simple clients keep the first one alone. */
export function sessionCookieFirst(_request: Request, response: Response, next: NextFunction): void {
  const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => Response;
  response.writeHead = ((...head: unknown[]) => {
    const cookies = response.getHeader('Set-Cookie');
    if (Array.isArray(cookies)) {
      const isSession = (cookie: string) => cookie.startsWith(`${COOKIE}=`);
      response.setHeader('Set-Cookie', [...cookies.filter(isSession), ...cookies.filter((one) => !isSession(one))]);
    }
    return writeHead(...head);
  }) as Response['writeHead'];
  next();
}

export function readSignedIn({ session }: Request): SignedIn | null {
  const { staffId, signedInAt, credential, factor = null, confirmedAt = null } = session;
  return staffId && signedInAt && credential ? { staffId, signedInAt, credential, factor, confirmedAt } : null;
}

/** A session under a new id, against session fixation. */
export function beginSession(request: Request, signedIn: SignedIn, returnPath: string | null): Promise<void> {
  return regenerateSession(request, { ...signedIn, returnPath: returnPath ?? undefined });
}

/** A session after a right password that still needs a code: it opens nothing but the page for the code. */
export function beginSecondStep(request: Request, firstStep: SignedIn, returnPath: string | null): Promise<void> {
  return regenerateSession(request, { firstStep, returnPath: returnPath ?? undefined });
}

async function regenerateSession(request: Request, data: Partial<SessionData>): Promise<void> {
  // The store's own: an ended request.session has no `regenerate`.
  await saveSession((done) => request.sessionStore.regenerate(request, done));
  await storeInSession(request, data);
}

/** `undefined` removes a value. */
export async function storeInSession(request: Request, data: Partial<SessionData>): Promise<void> {
  Object.assign(request.session, data);
  await saveSession((done) => request.session.save(done));
}

export function endSession(request: Request): Promise<void> {
  return saveSession((done) => request.session.destroy(done));
}

function saveSession(work: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    work((error) => (error ? reject(error as Error) : resolve()));
  });
}
