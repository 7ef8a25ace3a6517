import type connectPgSimple from 'connect-pg-simple';
import type { Request } from 'express';
import type { Session, SessionData } from 'express-session';
import type { DataSource } from 'typeorm';
import { queryShortRow, sql } from '../../core/sql.js';
import { accountOfSessionSql, type AccountOfSession } from '../../staff/sign-in.service.js';

type Store = InstanceType<ReturnType<typeof connectPgSimple>>;
type Done = (error?: unknown) => void;

/** A session is prolonged once in this time, however many calls there are: a write for each would cost as much as the rest of its reading. */
const TOUCH_EVERY_MS = 60_000;

interface Read {
  leftMs: number;
  account: AccountOfSession | null;
}

const reads = new WeakMap<Partial<SessionData>, Read>();

/** Who is signed in, as the session's own statement read it; `null` for a session that nobody is signed in to. */
export function getAccountOfSession(session: Partial<SessionData>): AccountOfSession | null {
  return reads.get(session)?.account ?? null;
}

const account = accountOfSessionSql(
  sql`sess ->> 'staffId'`,
  sql`(sess ->> 'signedInAt')`,
  sql`(sess ->> 'confirmedAt')`,
);

/**
 * The library's store with two differences. It reads the session and who is signed in to it in one statement. And it knows until when a
 * session lasts, and prolongs it only where that is a minute less than it could be: so a session ends up to a minute earlier than its
 * idle time after the last call.
 */
export function withSparingTouch(
  Base: new (...args: ConstructorParameters<ReturnType<typeof connectPgSimple>>) => Store,
  dataSource: DataSource,
) {
  return class extends Base {
    override get(sid: string, callback: (error: unknown, session?: SessionData | null) => void): void {
      this.read(sid).then(
        (session) => callback(null, session),
        (error: unknown) => callback(error),
      );
    }

    override createSession(request: Request, data: SessionData): Session & SessionData {
      const session = super.createSession(request, data);
      const read = reads.get(data);
      if (read) reads.set(session, read);
      return session;
    }

    override touch(sid: string, session: SessionData, callback?: Done): void {
      const couldLastMs = session.cookie.originalMaxAge ?? Infinity;
      if (couldLastMs - (reads.get(session)?.leftMs ?? 0) < TOUCH_EVERY_MS) callback?.();
      else super.touch(sid, session, callback as () => void);
    }

    /** By the database's clock, whatever the clock of this process says. */
    private async read(sid: string): Promise<SessionData | null> {
      const found = await queryShortRow<
        { session: SessionData; leftMs: number } & (AccountOfSession | { staffId: null })
      >(
        dataSource,
        sql`SELECT sess AS session, extract(epoch FROM expire - now())::float8 * 1000 AS "leftMs", account.*
              FROM staff_session LEFT JOIN LATERAL (${account}) account ON true
             WHERE sid = ${sid} AND expire >= now()`,
      );
      if (!found) return null;
      const { session, leftMs, ...person } = found;
      reads.set(session, { leftMs, account: person.staffId === null ? null : person });
      return session;
    }
  };
}
