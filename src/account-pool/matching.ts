import type { EntityManager } from 'typeorm';
import { formatCountry, formatLanguage } from '../core/display-names.js';
import { identifier, joinSql, literal, noSql, queryRows, sql, toContainsPattern, type Sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { textKeySql } from '../core/text-key-sql.js';
import { isolated, sentence } from '../core/sentence.js';
import { isAvailableSql } from './account-sql.js';

/** What a request asks of its accounts; every account meets what is not stated. */
export interface Wish {
  vertical: string;
  /** What staff have mapped that vertical to, where it is a synonym. */
  synonymOf?: string | null;
  language: string | null;
  geo: string[] | null;
  sandbox: boolean;
}

/** An available account compared with a wish, with the reasons that staff read. */
export interface Candidate {
  socialAccountId: string;
  handle: string;
  followers: number;
  verticals: string[];
  language: string;
  countries: string[];
  /** Whether every stated wish is met. */
  fits: boolean;
  /** One for each stated wish, beginning with ✓ (met, of countries at least one), ~ (close: another kind of the language) or ✕ (not met). */
  reasons: string[];
}

interface CandidateRow extends Omit<Candidate, 'fits' | 'reasons'> {
  verticalMet: boolean;
  languageMet: boolean;
  countriesMet: string[];
}

const MAX_FITTING = 100;
const MAX_NEAR = 10;
const MAX_REPLACEMENTS = 20;
const MAX_FOUND = 30;

const candidateColumns = sql`account.id AS "socialAccountId", account.handle, account.followers, account.verticals, account.language,
  account.countries, met.vertical AS "verticalMet", met.language AS "languageMet", met.countries AS "countriesMet"`;

/** A wish as it is compared with accounts; `language` is the primary subtag, `language` and `geo` are `null` where they are not stated. */
export interface ComparedWish {
  verticals: string[];
  language: string | null;
  geo: string[] | null;
  sandbox: boolean;
}

export function toComparedWish(wish: Wish): ComparedWish {
  return {
    verticals: getWishedVerticals(wish),
    language: wish.language?.split('-')[0]!.toLowerCase() ?? null,
    geo: wish.geo && wish.geo.length > 0 ? wish.geo : null,
    sandbox: wish.sandbox,
  };
}

/** The wish's own vertical first, then what it is a synonym of. */
function getWishedVerticals(wish: Wish): string[] {
  const wished = toTextKey(wish.vertical);
  return wish.synonymOf && wish.synonymOf !== wished ? [wished, wish.synonymOf] : [wished];
}

/** The available accounts of these ids with what they meet of the wish, best first. @param socialAccountIds a query of ids */
function rankedCandidatesSql(wish: ComparedWish, socialAccountIds: Sql, limit: number): Sql {
  const { verticals, language, sandbox } = wish;
  const geo = wish.geo ?? [];
  return sql`SELECT ${candidateColumns}
  FROM social_account account
  CROSS JOIN LATERAL (
    SELECT account.verticals && ${verticals}::text[] AS vertical,
           ${language}::text IS NULL OR account.primary_language = ${language}::text AS language,
           ARRAY(SELECT unnest(${geo}::text[]) INTERSECT SELECT unnest(account.countries) ORDER BY 1) AS countries
  ) met
 WHERE ${isAvailableSql('account')} AND account.sandbox = ${sandbox} AND account.id = ANY (ARRAY(${socialAccountIds}))
 ORDER BY met.vertical::int + met.language::int + (cardinality(${geo}::text[]) = 0 OR cardinality(met.countries) > 0)::int DESC,
          cardinality(met.countries) DESC, account.followers DESC, account.id
 LIMIT ${literal(limit)}`;
}

/** The available accounts that fit, best first, then a few of the same vertical that fall short elsewhere. */
export function findCandidates(em: EntityManager, wish: Wish): Promise<Candidate[]> {
  return findFitting(em, wish, MAX_FITTING, Infinity);
}

/** The few best available accounts for the place of another one; none that falls short where enough fit. */
export function findReplacements(em: EntityManager, wish: Wish): Promise<Candidate[]> {
  return findFitting(em, wish, MAX_REPLACEMENTS, MAX_REPLACEMENTS);
}

/** @param enough so many that fit leave out those that fall short */
async function findFitting(em: EntityManager, wish: Wish, limit: number, enough: number): Promise<Candidate[]> {
  const { language, geo } = toComparedWish(wish);
  const conditions: Sql[] = [];
  if (language) conditions.push(sql`entry.primary_language = ${language}::text`);
  if (geo) conditions.push(sql`entry.countries && ${geo}::text[]`);
  const byCountries = geo
    ? [sql`(SELECT count(*) FROM unnest(${geo}::text[]) AS country WHERE country = ANY (entry.countries)) DESC`]
    : [];
  const fitting = await readCandidates(em, wish, conditions, byCountries, limit);
  if (conditions.length === 0 || fitting.length >= enough) return fitting;
  const isShort = sql`NOT (${joinSql(conditions, ' AND ')})`;
  const metCount = joinSql(
    conditions.map((condition) => sql`(${condition})::int`),
    ' + ',
  );
  const near = await readCandidates(em, wish, [isShort], [sql`${metCount} DESC`, ...byCountries], MAX_NEAR);
  return [...fitting, ...near];
}

/** Chooses by the narrow entries of the pool, and reads only the accounts that are shown. */
async function readCandidates(
  em: EntityManager,
  wish: Wish,
  entryConditions: Sql[],
  entryOrder: Sql[],
  limit: number,
): Promise<Candidate[]> {
  const compared = toComparedWish(wish);
  const { sandbox, verticals } = compared;
  const conditions = [
    sql`entry.sandbox = ${sandbox}`,
    sql`entry.vertical = ANY (${verticals}::text[])`,
    ...entryConditions,
  ];
  const order = [...entryOrder, sql`entry.followers DESC`, sql`entry.social_account_id`];
  // An account may have an entry for each of two verticals.
  const entries = sql`SELECT entry.social_account_id FROM pool_entry entry WHERE ${joinSql(conditions, ' AND ')}
                       ORDER BY ${joinSql(order, ', ')} LIMIT ${literal(2 * limit)}`;
  const found = await queryRows<CandidateRow>(em, rankedCandidatesSql(compared, entries, limit));
  return found.map((row) => toCandidate(row, wish));
}

/** Counted no further than this; the panel says *100+*. */
export const MAX_COUNTED = 101;

/**
 * How many available accounts fit a wish, as a subquery. @param wish the alias of a row with the fields of `ComparedWish`
 * @param max counted no further @param condition `AND …` on the pool's `entry`
 */
export function fittingCountSql(wish: string, max: Sql, condition: Sql = noSql): Sql {
  const verticals = identifier(`${wish}.verticals`);
  const language = identifier(`${wish}.language`);
  const geo = identifier(`${wish}.geo`);
  // An account under both verticals counts once.
  const isFirstEntry = sql`(entry.vertical = ${verticals}[1] OR NOT EXISTS (
    SELECT FROM pool_entry other WHERE other.social_account_id = entry.social_account_id AND other.vertical = ${verticals}[1]))`;
  // One branch for each case of the language: an index serves one that is asked for, and not one that may be.
  const branches = [
    sql`${language} IS NOT NULL AND entry.primary_language = ${language}`,
    sql`${language} IS NULL`,
  ].map(
    (isLanguageMet) => sql`
      (SELECT FROM pool_entry entry
        WHERE entry.sandbox = ${identifier(`${wish}.sandbox`)} AND entry.vertical = ANY (${verticals}) AND ${isLanguageMet}
          AND (${geo} IS NULL OR entry.countries && ${geo}) AND ${isFirstEntry} ${condition}
        LIMIT ${max})`,
  );
  return sql`(SELECT count(*) FROM (${joinSql(branches, ' UNION ALL ')}) one)`;
}

const MAX_WORDS = 8;
const MAX_RANKED = 1_000;
/** Letters of a language; a country has two. */
const MAX_TAG_LENGTH = 3;

/**
 * Searches the whole pool: every word must be in the handle or a vertical, or be the language or a country. Of more than
 * a thousand accounts, those with the most followers are ranked.
 */
export async function searchPool(em: EntityManager, wish: Wish, text: string): Promise<Candidate[]> {
  const words = toTextKey(text)
    .split(' ')
    .slice(0, MAX_WORDS)
    .map((word) => word.replace(/^@/, ''));
  const verticals = await readAvailableVerticals(em, wish.sandbox);
  const conditions = words.map((word) => hasWordSql(word, verticals));
  const matching = sql`SELECT account.id FROM social_account account
                     WHERE ${isAvailableSql('account')} AND account.sandbox = ${wish.sandbox} AND ${joinSql(conditions, ' AND ')}
                     ORDER BY account.followers DESC, account.id LIMIT ${literal(MAX_RANKED)}`;
  const found = await queryRows<CandidateRow>(em, rankedCandidatesSql(toComparedWish(wish), matching, MAX_FOUND));
  return found.map((row) => toCandidate(row, wish));
}

/** Whether an `account` has the key of a word. @param verticals all that available accounts have */
function hasWordSql(word: string, verticals: string[]): Sql {
  const places = [sql`${textKeySql(sql`account.handle`)} LIKE ${toContainsPattern(word)}`];
  const matching = verticals.filter((vertical) => vertical.includes(word));
  if (matching.length > 0) places.push(sql`account.verticals && ${matching}::text[]`);
  // No index helps with what is this short, and no language or country is longer.
  if (word.length <= MAX_TAG_LENGTH) {
    places.push(sql`account.primary_language = ${word}`, sql`account.countries @> ARRAY[${word.toUpperCase()}::text]`);
  }
  return sql`(${joinSql(places, ' OR ')})`;
}

/** The verticals of the available accounts; a skip scan of the index. */
async function readAvailableVerticals(em: EntityManager, sandbox: boolean): Promise<string[]> {
  const found = await queryRows<{ vertical: string }>(
    em,
    sql`WITH RECURSIVE known AS (
       (SELECT vertical FROM pool_entry WHERE sandbox = ${sandbox} ORDER BY vertical LIMIT 1)
       UNION ALL
       SELECT (SELECT entry.vertical FROM pool_entry entry WHERE entry.sandbox = ${sandbox} AND entry.vertical > known.vertical
                ORDER BY entry.vertical LIMIT 1)
         FROM known WHERE known.vertical IS NOT NULL
     )
     SELECT vertical FROM known WHERE vertical IS NOT NULL`,
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
  const [wished, mapped] = getWishedVerticals(wish);
  const hasWished = row.verticals.includes(wished!);
  const reasons = [
    row.verticalMet
      ? hasWished
        ? sentence`✓ ${wished}`
        : sentence`✓ ${mapped}, as ${wished}`
      : `✕ ${row.verticals.map(isolated).join(', ')}, not ${isolated(wished!)}`,
  ];
  if (wish.language) reasons.push(toLanguageReason(row, wish.language));
  if (wishedCountries.length > 0) {
    const wishedText = formatCountries(wishedCountries);
    const met = wishedCountries.filter((country) => row.countriesMet.includes(country));
    if (met.length === 0) reasons.push(`✕ ${formatCountries(row.countries) || 'no country'}, not ${wishedText}`);
    else
      reasons.push(
        met.length === wishedCountries.length
          ? `✓ ${wishedText}`
          : `✓ ${formatCountries(met)} (${met.length} of ${wishedCountries.length} countries)`,
      );
  }
  return reasons;
}

/** `en` is met by `en-GB`; `en-US` is met by itself alone, and `en-GB` and `en` are close to it. */
function toLanguageReason(row: CandidateRow, wished: string): string {
  const [has, wants] = [formatLanguage(row.language), formatLanguage(wished)];
  if (!row.languageMet) return `✕ ${has}, not ${wants}`;
  const [tag, wishedTag] = [row.language.toLowerCase(), wished.toLowerCase()];
  const isMet = tag === wishedTag || tag.startsWith(`${wishedTag}-`);
  return isMet ? `✓ ${has}` : `~ ${has}, close to ${wants}`;
}

const MAX_NAMED = 3;

/** `United States, Canada, France and 4 more`. */
function formatCountries(codes: string[]): string {
  const named = codes.slice(0, codes.length > MAX_NAMED + 1 ? MAX_NAMED : MAX_NAMED + 1).map(formatCountry);
  const more = codes.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
