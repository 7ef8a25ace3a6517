import { sql } from '../core/sql.js';

/** The order of urgency of `lease_request request`; indexes have the same expressions. */
export const urgency = sql`(request.paused_at IS NOT NULL), coalesce(request.due_at, request.submitted_at), request.id`;
