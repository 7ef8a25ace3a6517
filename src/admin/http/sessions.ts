import { Logger } from '@nestjs/common';
import connectPgSimple from 'connect-pg-simple';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import session, { type SessionData } from 'express-session';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { ReadySettings } from '../../config/settings.js';
import type { SignedIn } from '../../staff/sign-in.service.js';
import { panelPath } from './paths.js';

declare module 'express-session' {
  interface SessionData {
    staffId: SignedIn['staffId'];
    signedInAt: SignedIn['signedInAt'];
    credential: SignedIn['credential'];
    factor: SignedIn['factor'];
    confirmedAt: SignedIn['confirmedAt'];
    /** The password was right, a code is still to come: nobody is signed in by it. */
    firstStep: SignedIn;
    /** The sealed secret of a second factor that is being set up. */
    begunFactor: string;
  }
}

const COOKIE = 'lease_console_session';
/** A page sends this along with what it reads again by itself, while nobody may be looking. */
const UNASKED_HEADER = 'X-Unasked';
const IDLE_MS = 12 * 60 * 60 * 1000;
const log = new Logger('Sessions');

/**
 * Sessions in PostgreSQL, over the pool that everything else uses. They end 12 h after the last call that a person made, and
 * not that a page made by itself; `SignInService` ends them after 7 days.
 */
export function panelSessions(dataSource: DataSource, settings: ReadySettings): RequestHandler {
  const Store = connectPgSimple(session);
  const { master } = dataSource.driver as unknown as { master: Pool };
  const sessions = (goOn: boolean) =>
    session({
      name: COOKIE,
      secret: settings.sessionSecret,
      store: new Store({
        pool: master,
        tableName: 'staff_session',
        disableTouch: !goOn,
        pruneSessionInterval: !goOn || settings.nodeEnv === 'test' ? false : 15 * 60,
        errorLog: (...messages: unknown[]) => log.warn(messages.map(String).join(' ')),
      }),
      resave: false,
      saveUninitialized: false,
      rolling: goOn,
      cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto', path: panelPath, maxAge: IDLE_MS },
    });
  const asked = sessions(true);
  const unasked = sessions(false);
  return (request, response, next) => (request.get(UNASKED_HEADER) ? unasked : asked)(request, response, next);
}

/** Puts the session's cookie before any other of the same answer: simple clients keep the first one alone. */
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

/** What the session keeps of its sign-in, or `null` where nobody is signed in. */
export function readSignedIn({ session }: Request): SignedIn | null {
  const { staffId, signedInAt, credential, factor = null, confirmedAt = null } = session;
  return staffId && signedInAt && credential ? { staffId, signedInAt, credential, factor, confirmedAt } : null;
}

/** A new session under a new id: one that was laid under somebody before the sign-in is worth nothing. */
export function beginSession(request: Request, signedIn: SignedIn): Promise<void> {
  return beginWith(request, signedIn);
}

/** A new session of somebody whose password was right and who is to give a code: it opens nothing but the page for that. */
export function beginSecondStep(request: Request, firstStep: SignedIn): Promise<void> {
  return beginWith(request, { firstStep });
}

async function beginWith(request: Request, kept: Partial<SessionData>): Promise<void> {
  // By the store, for an ended session has no way of its own any more.
  await saveSession((done) => request.sessionStore.regenerate(request, done));
  await storeInSession(request, kept);
}

/** Keeps this in the session that is there; `undefined` forgets. */
export async function storeInSession(request: Request, kept: Partial<SessionData>): Promise<void> {
  Object.assign(request.session, kept);
  await saveSession((done) => request.session.save(done));
}

/** Ends the session here and in the database. */
export function endSession(request: Request): Promise<void> {
  return saveSession((done) => request.session.destroy(done));
}

function saveSession(work: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    work((error) => (error ? reject(error as Error) : resolve()));
  });
}
