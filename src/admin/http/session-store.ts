import type connectPgSimple from 'connect-pg-simple';
import type { Request } from 'express';
import type { Session, SessionData } from 'express-session';
import type { EntityManager } from 'typeorm';
import { queryRow, sql } from '../../core/sql.js';

type Store = InstanceType<ReturnType<typeof connectPgSimple>>;
type Done = (error?: unknown) => void;

/** A session is prolonged once in this time, however many calls there are: a write for each would cost as much as the rest of its reading. */
const TOUCH_EVERY_MS = 60_000;

/**
 * The library's store with one difference: it knows until when a session lasts, and prolongs it only where that is a minute less than
 * it could be. So a session ends up to a minute earlier than its idle time after the last call.
 */
export function withSparingTouch(
  Base: new (...args: ConstructorParameters<ReturnType<typeof connectPgSimple>>) => Store,
  em: EntityManager,
) {
  return class extends Base {
    private readonly leftMs = new WeakMap<SessionData, number>();

    override get(sid: string, callback: (error: unknown, session?: SessionData | null) => void): void {
      this.read(sid).then(
        (session) => callback(null, session),
        (error: unknown) => callback(error),
      );
    }

    override createSession(request: Request, data: SessionData): Session & SessionData {
      const session = super.createSession(request, data);
      this.leftMs.set(session, this.leftMs.get(data) ?? 0);
      return session;
    }

    override touch(sid: string, session: SessionData, callback?: Done): void {
      const couldLastMs = session.cookie.originalMaxAge ?? Infinity;
      if (couldLastMs - (this.leftMs.get(session) ?? 0) < TOUCH_EVERY_MS) callback?.();
      else super.touch(sid, session, callback as () => void);
    }

    /** By the database's clock, whatever the clock of this process says. */
    private async read(sid: string): Promise<SessionData | null> {
      const found = await queryRow<{ session: SessionData; leftMs: number }>(
        em,
        sql`SELECT sess AS session, extract(epoch FROM expire - now())::float8 * 1000 AS "leftMs"
              FROM staff_session WHERE sid = ${sid} AND expire >= now()`,
      );
      if (!found) return null;
      this.leftMs.set(found.session, found.leftMs);
      return found.session;
    }
  };
}
