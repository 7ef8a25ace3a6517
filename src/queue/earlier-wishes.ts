import { fittingCountSql, MAX_COUNTED, toComparedWish, type Wish } from '../account-pool/matching.js';
import { joinSql, literal, sql, type Sql } from '../core/sql.js';
import { isOpenSql, requestVertical } from '../lease-requests/lease-request-sql.js';
import { toPosition, type QueuePlace } from './queue-cursor.js';
import { urgency } from './urgency.js';

/** An open request's wish and its place in the queue. */
export type PlacedWish = Wish & QueuePlace;

const max = literal(MAX_COUNTED);
/** Requests asked about at once; PostgreSQL expects twice as many without it, and would compile the statement. */
const MAX_ASKED = 51;

/** Whether one account may meet both wishes: their languages are equal and they share a country, where both state them. */
const mayShareAccounts = sql`(asked.language IS NULL OR wish.language IS NULL OR wish.language = asked.language)
  AND (asked.geo IS NULL OR wish.geo IS NULL OR wish.geo && asked.geo)`;

/** Whether an account that fits `asked` fits `wish` too. */
const fitsEveryAsked = sql`((wish.language IS NULL OR wish.language = asked.language)
  AND (wish.geo IS NULL OR wish.geo @> asked.geo) AND wish.common @> asked.verticals)`;

/** How many accounts fit both `asked` and `wish`. */
const sharedCount = sql`(
  SELECT ${fittingCountSql('shared', sql`wish.wanted`, sql`AND (shared.more_geo IS NULL OR entry.countries && shared.more_geo)`)}
    FROM (SELECT wish.common AS verticals, coalesce(asked.language, wish.language) AS language, coalesce(asked.geo, wish.geo) AS geo,
                 wish.geo AS more_geo, asked.sandbox) shared)`;

/** The same where the entries that fit `asked` were read: `few` of them. */
const sharedOfFewCount = sql`(
  SELECT count(DISTINCT entry.social_account_id COLLATE "C") FROM unnest(few.entries) entry
   WHERE entry.vertical = ANY (wish.common) AND (wish.language IS NULL OR entry.primary_language = wish.language)
     AND (wish.geo IS NULL OR entry.countries && wish.geo))`;

/**
 * What earlier requests want of the accounts that fit others (docs/decisions/020), as parts of a `WITH`:
 * - `asked`: the requests, numbered by `place`;
 * - `earlier_request`: for each of them every earlier request that may want the same accounts;
 * - `found`: for each of them the accounts that `fits`, and all that earlier ones `want`; counted up to 101 more than those;
 * - `few`: where they are few, the pool's entries themselves: looking into the pool for every wish would take seconds;
 * - `earlier_wish`: earlier requests by equal wishes; `takes` is what they want, but no more than fits both, where that matters.
 */
export function earlierWishesSql(requests: PlacedWish[]): Sql {
  const asked = requests.map((request, place) => ({ place, ...toComparedWish(request), ...toPosition(request) }));
  const parts = [
    sql`asked AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
        AS asked(place int, verticals text[], language text, geo text[], sandbox boolean, paused boolean, at timestamptz, id text)
       LIMIT ${literal(MAX_ASKED)})`,
    sql`asked_word AS MATERIALIZED (
      SELECT asked.place, word.vertical
        FROM asked
       CROSS JOIN LATERAL (SELECT unnest(asked.verticals)
                           UNION SELECT synonym FROM vertical_synonym WHERE vertical_synonym.vertical = ANY (asked.verticals)) word(vertical))`,
    // OFFSET 0 keeps PostgreSQL to the index of each vertical.
    sql`open_wish AS MATERIALIZED (
      SELECT request.*, word.vertical, mapped.vertical AS meaning
        FROM (SELECT paused, at, id FROM asked ORDER BY paused DESC, at DESC, id DESC LIMIT 1) last
       CROSS JOIN (SELECT DISTINCT vertical FROM asked_word) word
       CROSS JOIN LATERAL (
         SELECT request.id, request.paused_at IS NOT NULL AS paused, coalesce(request.due_at, request.submitted_at) AS at,
                request.count - request.assigned_count AS wanted, lower(split_part(request.language, '-', 1)) AS language,
                CASE WHEN cardinality(request.geo) > 0 THEN request.geo END AS geo,
                request.organization_id IN (SELECT organization.id FROM organization WHERE organization.sandbox) AS sandbox
           FROM lease_request request
          WHERE ${isOpenSql()} AND ${requestVertical} = word.vertical AND (${urgency}) < (last.paused, last.at, last.id) OFFSET 0) request
        LEFT JOIN vertical_synonym mapped ON mapped.synonym = word.vertical)`,
    sql`earlier_request AS MATERIALIZED (
      SELECT asked.place, wish.id, wish.paused, wish.at, wish.wanted, wish.language, wish.geo,
             array_remove(ARRAY[CASE WHEN wish.vertical = ANY (asked.verticals) THEN wish.vertical END,
                                CASE WHEN wish.meaning = ANY (asked.verticals) THEN wish.meaning END], NULL) AS common
        FROM asked
        JOIN asked_word ON asked_word.place = asked.place
        JOIN open_wish wish ON wish.vertical = asked_word.vertical
       WHERE wish.sandbox = asked.sandbox AND (wish.paused, wish.at, wish.id) < (asked.paused, asked.at, asked.id) AND ${mayShareAccounts})`,
    sql`found AS MATERIALIZED (
      SELECT asked.place, demand.wanted, ${fittingCountSql('asked', sql`(${max} + demand.wanted)`)} AS fits
        FROM asked
        JOIN (SELECT asked.place, coalesce(sum(earlier_request.wanted), 0)::bigint AS wanted
                FROM asked LEFT JOIN earlier_request ON earlier_request.place = asked.place GROUP BY asked.place) demand
          ON demand.place = asked.place)`,
    sql`few AS MATERIALIZED (
      SELECT asked.place,
             CASE WHEN found.fits <= ${max} AND found.fits - found.wanted < ${max} THEN ARRAY(
               SELECT entry FROM pool_entry entry
                WHERE entry.sandbox = asked.sandbox AND entry.vertical = ANY (asked.verticals)
                  AND (asked.language IS NULL OR entry.primary_language = asked.language)
                  AND (asked.geo IS NULL OR entry.countries && asked.geo)) END AS entries
        FROM asked JOIN found ON found.place = asked.place)`,
    sql`earlier_wish AS MATERIALIZED (
      SELECT wish.place, wish.common, wish.language, wish.geo,
             CASE WHEN found.fits - found.wanted >= ${max} OR ${fitsEveryAsked} THEN wish.wanted
                  WHEN few.entries IS NOT NULL THEN least(wish.wanted, ${sharedOfFewCount})
                  ELSE ${sharedCount} END AS takes
        FROM (SELECT place, common, language, geo, sum(wanted)::bigint AS wanted
                FROM earlier_request GROUP BY place, common, language, geo) wish
        JOIN asked ON asked.place = wish.place
        JOIN found ON found.place = wish.place
        JOIN few ON few.place = wish.place)`,
  ];
  return joinSql(parts, ', ');
}
