import type { EntityManager } from 'typeorm';
import { toContainsPattern, queryRows } from '../core/sql.js';

/** What a request wishes of its accounts; a wish not stated is met by every account. */
export interface Wish {
  vertical: string;
  /** What staff have mapped that vertical to, where it is a synonym. */
  synonymOf?: string | null;
  language: string | null;
  geo: string[] | null;
  sandbox: boolean;
}

/** An available account beside a wish, with the reasons that staff read. */
export interface Candidate {
  socialAccountId: string;
  handle: string;
  followers: number;
  verticals: string[];
  language: string;
  countries: string[];
  /** Whether every stated wish is met (design: Fits). */
  fits: boolean;
  /** One for each stated wish, beginning with ✓ (met), ~ (met in part) or ✕ (not met). */
  reasons: string[];
}

interface CandidateRow extends Omit<Candidate, 'fits' | 'reasons'> {
  verticalMet: boolean;
  languageMet: boolean;
  countriesMet: string[];
}

/** A vertical as it is compared and stored: trimmed, lower case, single spaces. */
export function normalizeVertical(vertical: string): string {
  return vertical.trim().toLowerCase().replace(/\s+/g, ' ');
}

const MAX_FITTING = 100;
const MAX_NEAR = 10;
const MAX_FOUND = 30;

const candidateColumns = `account.id AS "socialAccountId", account.handle, account.followers, account.verticals, account.language,
  account.countries, met.vertical AS "verticalMet", met.language AS "languageMet", met.countries AS "countriesMet"`;

/** $1 verticals that meet the wish, $2 language or null, $3 countries (empty when not stated), $4 sandbox */
const compared = `
  FROM social_account account
  CROSS JOIN LATERAL (
    SELECT account.verticals && $1::text[] AS vertical,
           $2::text IS NULL OR account.primary_language = lower(split_part($2, '-', 1)) AS language,
           ARRAY(SELECT unnest($3::text[]) INTERSECT SELECT unnest(account.countries) ORDER BY 1) AS countries
  ) met
 WHERE account.status = 'available' AND account.sandbox = $4`;

const bestFirst = `
 ORDER BY met.vertical::int + met.language::int + (cardinality($3::text[]) = 0 OR cardinality(met.countries) > 0)::int DESC,
          cardinality(met.countries) DESC, account.followers DESC, account.id`;

/** The wish's own vertical first, then what it is a synonym of. */
function wishedVerticals(wish: Wish): string[] {
  const wished = normalizeVertical(wish.vertical);
  return wish.synonymOf && wish.synonymOf !== wished ? [wished, wish.synonymOf] : [wished];
}

function toWishParams(wish: Wish): unknown[] {
  return [wishedVerticals(wish), wish.language, wish.geo ?? [], wish.sandbox];
}

/** The available accounts that fit, best first, then a few of the same vertical that fall short elsewhere. */
export async function findCandidates(em: EntityManager, wish: Wish): Promise<Candidate[]> {
  const { language, geo } = toWished(wish);
  const conditions = [
    language ? `entry.primary_language = ${primaryLanguage}` : null,
    geo ? 'entry.countries && $3::text[]' : null,
  ].filter((condition) => condition !== null);
  const met = geo ? '(SELECT count(*) FROM unnest($3::text[]) AS country WHERE country = ANY (entry.countries))' : null;
  const byCountries = met ? `${met} DESC, ` : '';
  const fitting = await fromEntries(em, wish, [...conditions], byCountries, MAX_FITTING);
  if (conditions.length === 0) return fitting;
  const howNear = conditions.map((condition) => `(${condition})::int`).join(' + ');
  const near = await fromEntries(
    em,
    wish,
    [`NOT (${conditions.join(' AND ')})`],
    `${howNear} DESC, ${byCountries}`,
    MAX_NEAR,
  );
  return [...fitting, ...near];
}

const primaryLanguage = `lower(split_part($2::text, '-', 1))`;

function toWished({ language, geo }: Wish) {
  return { language, geo: geo && geo.length > 0 ? geo : null };
}

/** Chooses by the narrow entries of the pool, and reads the accounts of those alone that are shown. */
async function fromEntries(
  em: EntityManager,
  wish: Wish,
  conditions: string[],
  order: string,
  most: number,
): Promise<Candidate[]> {
  const asked = ['entry.sandbox = $4', 'entry.vertical = ANY ($1::text[])', ...conditions].join(' AND ');
  // An account may stand under each of two verticals.
  const entries = `SELECT entry.social_account_id FROM pool_entry entry WHERE ${asked}
                    ORDER BY ${order} entry.followers DESC, entry.social_account_id LIMIT ${2 * most}`;
  const found = await queryRows<CandidateRow>(
    em,
    `SELECT ${candidateColumns} ${compared} AND account.id = ANY (ARRAY(${entries})) ${bestFirst} LIMIT ${most}`,
    toWishParams(wish),
  );
  return found.map((row) => toCandidate(row, wish));
}

/** Counted no further than this; the panel says *100+*. */
export const MAX_COUNTED = 101;

/** How many available accounts fit each wish, in one statement; in the order of the wishes, up to {@link MAX_COUNTED}. */
export async function countFitting(em: EntityManager, wishes: Wish[]): Promise<number[]> {
  if (wishes.length === 0) return [];
  const asked = wishes.map((wish) => ({
    verticals: wishedVerticals(wish),
    language: wish.language?.split('-')[0]!.toLowerCase() ?? null,
    geo: toWished(wish).geo,
    sandbox: wish.sandbox,
  }));
  // Partners ask for the same again and again.
  const keys = asked.map((wish) => JSON.stringify(wish));
  const different = new Map(asked.map((wish, place) => [keys[place]!, wish]));
  const places = new Map([...different.keys()].map((key, place) => [key, place]));
  // Two branches, for an index goes by a language that is asked for, and not by one that may be.
  const branch = (language: string) => `
    (SELECT entry.social_account_id FROM pool_entry entry
      WHERE entry.sandbox = wish.sandbox AND entry.vertical = ANY (wish.verticals) AND ${language}
        AND (wish.geo IS NULL OR entry.countries && wish.geo)
      LIMIT ${MAX_COUNTED} * cardinality(wish.verticals))`;
  const counted = await queryRows<{ place: number; fits: number }>(
    em,
    `SELECT wish.place, least(found.fits, ${MAX_COUNTED})::int AS fits
       FROM jsonb_to_recordset($1::jsonb) AS wish(place int, verticals text[], language text, geo text[], sandbox boolean)
       CROSS JOIN LATERAL (
         SELECT count(DISTINCT one.social_account_id COLLATE "C") AS fits
           FROM (${branch('wish.language IS NOT NULL AND entry.primary_language = wish.language')}
                 UNION ALL ${branch('wish.language IS NULL')}) one
       ) found
      ORDER BY wish.place`,
    [JSON.stringify([...different.values()].map((wish, place) => ({ place, ...wish })))],
  );
  return keys.map((key) => counted[places.get(key)!]!.fits);
}

/**
 * The whole pool behind a search: every word must be in the handle or a vertical, or be the language or a country. Of more than
 * a thousand, those with the most followers are looked at.
 */
export async function searchPool(em: EntityManager, wish: Wish, text: string): Promise<Candidate[]> {
  const words = text
    .trim()
    .split(/\s+/)
    .slice(0, 8)
    .map((word) => word.replace(/^@/, '').toLowerCase());
  const known = await toVerticals(em, wish.sandbox);
  const values: unknown[] = toWishParams(wish);
  const give = (value: unknown) => `$${values.push(value)}`;
  const conditions = words.map((word) => {
    const places = [`account.handle ILIKE ${give(toContainsPattern(word))}`];
    const verticals = known.filter((vertical) => vertical.includes(word));
    if (verticals.length > 0) places.push(`account.verticals && ${give(verticals)}::text[]`);
    // An index helps with what is longer, and a language or a country is no longer.
    if (word.length <= MAX_TAG_LENGTH) {
      places.push(
        `account.primary_language = ${give(word)}`,
        `account.countries @> ARRAY[${give(word.toUpperCase())}::text]`,
      );
    }
    return `(${places.join(' OR ')})`;
  });
  const matching = `SELECT account.id FROM social_account account
                     WHERE account.status = 'available' AND account.sandbox = $4 AND ${conditions.join(' AND ')}
                     ORDER BY account.followers DESC, account.id LIMIT ${MAX_RANKED}`;
  const found = await queryRows<CandidateRow>(
    em,
    `SELECT ${candidateColumns} ${compared} AND account.id = ANY (ARRAY(${matching})) ${bestFirst} LIMIT ${MAX_FOUND}`,
    values,
  );
  return found.map((row) => toCandidate(row, wish));
}

const MAX_RANKED = 1_000;
/** Letters of a language; a country has two. */
const MAX_TAG_LENGTH = 3;

/** The verticals of the available accounts, by leaps through the index. */
async function toVerticals(em: EntityManager, sandbox: boolean): Promise<string[]> {
  const found = await queryRows<{ vertical: string }>(
    em,
    `WITH RECURSIVE known AS (
       (SELECT vertical FROM pool_entry WHERE sandbox = $1 ORDER BY vertical LIMIT 1)
       UNION ALL
       SELECT (SELECT entry.vertical FROM pool_entry entry WHERE entry.sandbox = $1 AND entry.vertical > known.vertical
                ORDER BY entry.vertical LIMIT 1)
         FROM known WHERE known.vertical IS NOT NULL
     )
     SELECT vertical FROM known WHERE vertical IS NOT NULL`,
    [sandbox],
  );
  return found.map(({ vertical }) => vertical);
}

function toCandidate(row: CandidateRow, wish: Wish): Candidate {
  const wishedCountries = wish.geo ?? [];
  const countryMet = wishedCountries.length === 0 || row.countriesMet.length > 0;
  const { socialAccountId, handle, followers, verticals, language, countries } = row;
  return {
    socialAccountId,
    handle,
    followers,
    verticals,
    language,
    countries,
    fits: row.verticalMet && row.languageMet && countryMet,
    reasons: toReasons(row, wish, wishedCountries),
  };
}

function toReasons(row: CandidateRow, wish: Wish, wishedCountries: string[]): string[] {
  const [wished, mapped] = wishedVerticals(wish);
  const direct = row.verticals.includes(wished!);
  const found = [
    row.verticalMet
      ? `✓ ${direct ? wished : `${mapped}, as ${wished}`}`
      : `✕ ${row.verticals.join(', ')}, not ${wished}`,
  ];
  if (wish.language) found.push(row.languageMet ? `✓ ${row.language}` : `✕ ${row.language}, not ${wish.language}`);
  if (wishedCountries.length > 0) {
    const all = wishedCountries.join(' ');
    const met = wishedCountries.filter((country) => row.countriesMet.includes(country));
    if (met.length === 0) found.push(`✕ ${row.countries.join(' ') || 'no country'}, not ${all}`);
    else found.push(met.length === wishedCountries.length ? `✓ ${all}` : `✓ ${met.join(' ')} of ${all}`);
  }
  return found;
}
