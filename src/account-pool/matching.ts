import type { EntityManager } from 'typeorm';
import { oneRow, rows } from '../database/sql.js';

/** What a request wishes of its accounts; a wish not stated is met by every account. */
export interface Wish {
  vertical: string;
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

interface CandidateRow {
  socialAccountId: string;
  handle: string;
  followers: number;
  verticals: string[];
  language: string;
  countries: string[];
  verticalMet: boolean;
  languageMet: boolean;
  countriesMet: string[];
}

/** A vertical as it is compared and stored: trimmed, lower case, single spaces. */
export function normalVertical(vertical: string): string {
  return vertical.trim().toLowerCase().replace(/\s+/g, ' ');
}

const MOST_FITTING = 100;
const MOST_NEAR = 10;
const MOST_FOUND = 30;

const candidateColumns = `account.id AS "socialAccountId", account.handle, account.followers, account.verticals, account.language,
  account.countries, met.vertical AS "verticalMet", met.language AS "languageMet", met.countries AS "countriesMet"`;

/** $1 vertical, $2 language or null, $3 countries (empty when not stated), $4 sandbox */
const compared = `
  FROM social_account account
  CROSS JOIN LATERAL (
    SELECT $1 = ANY (account.verticals) AS vertical,
           $2::text IS NULL OR account.primary_language = lower(split_part($2, '-', 1)) AS language,
           ARRAY(SELECT unnest($3::text[]) INTERSECT SELECT unnest(account.countries) ORDER BY 1) AS countries
  ) met
 WHERE account.status = 'available' AND account.sandbox = $4`;

const allMet = `(met.vertical AND met.language AND (cardinality($3::text[]) = 0 OR cardinality(met.countries) > 0))`;

const bestFirst = `
 ORDER BY met.vertical::int + met.language::int + (cardinality($3::text[]) = 0 OR cardinality(met.countries) > 0)::int DESC,
          cardinality(met.countries) DESC, account.followers DESC, account.id`;

function wishValues(wish: Wish): unknown[] {
  return [normalVertical(wish.vertical), wish.language, wish.geo ?? [], wish.sandbox];
}

/** The available accounts that fit, best first, then a few of the same vertical that fall short elsewhere. */
export async function candidatesFor(em: EntityManager, wish: Wish): Promise<Candidate[]> {
  // The vertical is asked for twice so that the index on it is used.
  const inVertical = `${compared} AND account.verticals @> ARRAY[$1::text]`;
  const fitting = await rows<CandidateRow>(
    em,
    `SELECT ${candidateColumns} ${inVertical} AND ${allMet} ${bestFirst} LIMIT ${MOST_FITTING}`,
    wishValues(wish),
  );
  const near = await rows<CandidateRow>(
    em,
    `SELECT ${candidateColumns} ${inVertical} AND NOT ${allMet} ${bestFirst} LIMIT ${MOST_NEAR}`,
    wishValues(wish),
  );
  return [...fitting, ...near].map((row) => candidate(row, wish));
}

/** The whole pool behind a search: every word must be in the handle or a vertical, or be the language or a country. */
export async function searchPool(em: EntityManager, wish: Wish, text: string): Promise<Candidate[]> {
  const words = text
    .trim()
    .split(/\s+/)
    .slice(0, 8)
    .map((word) => word.replace(/^@/, '').toLowerCase());
  const found = await rows<CandidateRow>(
    em,
    `SELECT ${candidateColumns} ${compared}
        AND NOT EXISTS (
          SELECT 1 FROM unnest($5::text[]) AS word
           WHERE NOT (strpos(account.handle_key, word) > 0 OR strpos(array_to_string(account.verticals, ' '), word) > 0
                      OR account.primary_language = word OR upper(word) = ANY (account.countries)))
      ${bestFirst} LIMIT ${MOST_FOUND}`,
    [...wishValues(wish), words],
  );
  return found.map((row) => candidate(row, wish));
}

/** One account beside a wish, for the preview of an assignment; `null` when it is not available. */
export async function compareAccount(
  em: EntityManager,
  wish: Wish,
  socialAccountId: string,
): Promise<Candidate | null> {
  const row = await oneRow<CandidateRow>(em, `SELECT ${candidateColumns} ${compared} AND account.id = $5`, [
    ...wishValues(wish),
    socialAccountId,
  ]);
  return row && candidate(row, wish);
}

function candidate(row: CandidateRow, wish: Wish): Candidate {
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
    reasons: reasons(row, wish, wishedCountries),
  };
}

function reasons(row: CandidateRow, wish: Wish, wishedCountries: string[]): string[] {
  const wished = normalVertical(wish.vertical);
  const found = [row.verticalMet ? `✓ ${wished}` : `✕ ${row.verticals.join(', ')}, not ${wished}`];
  if (wish.language) found.push(row.languageMet ? `✓ ${row.language}` : `✕ ${row.language}, not ${wish.language}`);
  if (wishedCountries.length > 0) {
    const all = wishedCountries.join(' ');
    const met = wishedCountries.filter((country) => row.countriesMet.includes(country));
    if (met.length === 0) found.push(`✕ ${row.countries.join(' ') || 'no country'}, not ${all}`);
    else found.push(met.length === wishedCountries.length ? `✓ ${all}` : `✓ ${met.join(' ')} of ${all}`);
  }
  return found;
}
