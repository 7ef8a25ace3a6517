import { joinSql, literal, sql, withKeptText, type Sql } from '../core/sql.js';
import type { ApiKeyParts } from './api-key-format.js';
import type { CallRequirements } from './partner-request.js';
import { endpointClasses, rateLimits } from './rate-limits.js';

const tierLimits = Object.entries(rateLimits).flatMap(([tier, limits]) =>
  endpointClasses.map((endpointClass) => {
    const { perMinute, perDay } = limits[endpointClass];
    return sql`(${literal(tier)}::text, ${literal(endpointClass)}::text, ${literal(perMinute)}, ${perDay === null ? sql`NULL::integer` : literal(perDay)})`;
  }),
);

export interface AdmissionRow {
  apiKeyId: string;
  organizationId: string;
  secretDigest: Buffer;
  verdict:
    | 'rejected'
    | 'key_killed'
    | 'organization_suspended'
    | 'other_organization'
    | 'live_key'
    | 'scope_missing'
    | 'admitted';
  /** Milliseconds by which the clock of a sandbox is ahead. */
  clockAheadMs: number;
  /** Never without a limit. */
  tokenTaken: boolean;
  /** `null` for a tier without limits. */
  minuteLimit: number | null;
  minuteTaken: number;
  minuteEndsAt: number;
  minuteSecondsLeft: number;
  dayLimit: number | null;
  dayTaken: number;
  dayEndsAt: number;
  daySecondsLeft: number;
}

const kept = {};

/**
 * Authenticates the caller and takes a token of the minute and of the day, in one statement. The secret before a rotation is looked for
 * where no key has the prefix.
 *
 * Both buckets of a key are one row, so a token is taken from both or from neither, and the row's lock makes the counts exact over
 * any number of processes. Windows follow the database's clock: a call that waited past the end of its window counts in the next.
 */
export function toAdmissionSql(
  { prefix, secretDigest, env }: ApiKeyParts,
  { scope, isSandboxOnly, endpointClass, actsFor, exemptKeyId, address }: CallRequirements,
): Sql {
  const statement = sql`
WITH tier_limit (tier, endpoint_class, minute_limit, day_limit) AS (VALUES ${joinSql(tierLimits, ', ')}),
span AS (
  SELECT date_trunc('minute', now(), 'UTC') + interval '1 minute' AS minute_ends_at,
         date_trunc('day', now(), 'UTC') + interval '1 day' AS day_ends_at
),
presented AS (
  SELECT id, organization_id, secret_digest, env, scopes, tier, killed_at, revoked_at, false AS is_over FROM api_key WHERE prefix = ${prefix}
   UNION ALL
  SELECT id, organization_id, previous_secret_digest, env, scopes, tier, killed_at, revoked_at, previous_expires_at <= now()
    FROM api_key WHERE previous_prefix = ${prefix}
   LIMIT 1
),
found AS (
  SELECT key.id, key.organization_id, key.secret_digest, tier_limit.minute_limit, tier_limit.day_limit,
         CASE WHEN key.secret_digest <> ${secretDigest} OR key.env <> ${env} OR key.is_over OR key.revoked_at IS NOT NULL THEN 'rejected'
              WHEN key.killed_at IS NOT NULL THEN 'key_killed'
              WHEN organization.suspended_at IS NOT NULL THEN 'organization_suspended'
              WHEN ${actsFor}::text <> key.organization_id THEN 'other_organization'
              WHEN ${isSandboxOnly}::boolean AND NOT organization.sandbox THEN 'live_key'
              WHEN ${scope}::text IS NOT NULL AND ${exemptKeyId}::text IS DISTINCT FROM key.id
                   AND NOT key.scopes && ARRAY[${scope}::text, '*'] THEN 'scope_missing'
              ELSE 'admitted' END AS verdict, organization.clock_ahead_ms,
         CASE WHEN bucket.minute_ends_at > now() THEN bucket.minute_taken ELSE 0 END AS minute_taken,
         CASE WHEN bucket.day_ends_at > now() THEN bucket.day_taken ELSE 0 END AS day_taken
    FROM presented key
    JOIN organization ON organization.id = key.organization_id
    LEFT JOIN tier_limit ON tier_limit.tier = key.tier AND tier_limit.endpoint_class = ${endpointClass}
    LEFT JOIN rate_bucket bucket ON bucket.api_key_id = key.id AND bucket.endpoint_class = ${endpointClass}
),
taken AS (
  INSERT INTO rate_bucket AS bucket (api_key_id, endpoint_class, minute_taken, minute_ends_at, day_taken, day_ends_at)
  SELECT found.id, ${endpointClass}, 1, span.minute_ends_at, 1, span.day_ends_at
    FROM found, span
   WHERE found.verdict = 'admitted' AND found.minute_taken < found.minute_limit
     AND (found.day_limit IS NULL OR found.day_taken < found.day_limit)
  ON CONFLICT (api_key_id, endpoint_class) DO UPDATE
     SET minute_taken = CASE WHEN bucket.minute_ends_at > now() THEN bucket.minute_taken ELSE 0 END + 1,
         minute_ends_at = greatest(bucket.minute_ends_at, excluded.minute_ends_at),
         day_taken = CASE WHEN bucket.day_ends_at > now() THEN bucket.day_taken ELSE 0 END + 1,
         day_ends_at = greatest(bucket.day_ends_at, excluded.day_ends_at)
   WHERE (bucket.minute_ends_at <= now() OR bucket.minute_taken < (SELECT minute_limit FROM found))
     AND (bucket.day_ends_at <= now() OR bucket.day_taken < coalesce((SELECT day_limit FROM found), 2147483647))
  RETURNING minute_taken, minute_ends_at, day_taken, day_ends_at
),
used AS (
  UPDATE api_key SET last_used_at = now(), last_used_address = ${address}
   WHERE id = (SELECT api_key.id
                 FROM api_key JOIN found ON found.id = api_key.id
                WHERE found.verdict = 'admitted' AND (found.minute_limit IS NULL OR EXISTS (SELECT FROM taken))
                  AND (api_key.last_used_at IS NULL OR api_key.last_used_at <= now() - interval '1 minute')
                  FOR NO KEY UPDATE OF api_key SKIP LOCKED)
)
SELECT found.id AS "apiKeyId", found.organization_id AS "organizationId", found.secret_digest AS "secretDigest", found.verdict,
       found.clock_ahead_ms AS "clockAheadMs",
       taken.minute_taken IS NOT NULL AS "tokenTaken",
       found.minute_limit AS "minuteLimit", coalesce(taken.minute_taken, found.minute_taken) AS "minuteTaken",
       extract(epoch FROM ends.minute)::bigint AS "minuteEndsAt", ceil(extract(epoch FROM ends.minute - now()))::integer AS "minuteSecondsLeft",
       found.day_limit AS "dayLimit", coalesce(taken.day_taken, found.day_taken) AS "dayTaken",
       extract(epoch FROM ends.day)::bigint AS "dayEndsAt", ceil(extract(epoch FROM ends.day - now()))::integer AS "daySecondsLeft"
  FROM found CROSS JOIN span LEFT JOIN taken ON true
  CROSS JOIN LATERAL (SELECT coalesce(taken.minute_ends_at, span.minute_ends_at) AS minute,
                             coalesce(taken.day_ends_at, span.day_ends_at) AS day) ends`;
  return withKeptText(kept, statement);
}
