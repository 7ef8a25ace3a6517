import { PRUNE_BATCH_SIZE, type Retention } from '../../core/pruner.js';
import { literal, queryRows, sql } from '../../core/sql.js';

/** Sessions that have ended by themselves. */
export const sessionRetention: Retention = {
  table: 'staff_session',
  deleteExpired: (em) =>
    queryRows(
      em,
      sql`DELETE FROM staff_session WHERE sid IN (
            SELECT sid FROM staff_session WHERE expire < now() LIMIT ${literal(PRUNE_BATCH_SIZE)} FOR UPDATE SKIP LOCKED)
          RETURNING sid`,
    ),
};
