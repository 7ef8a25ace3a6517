import { sql, type Sql } from '../core/sql.js';

/** What `normalizeVertical` does in code. @param vertical an expression of type text */
export function normalizedVerticalSql(vertical: Sql): Sql {
  return sql`lower(regexp_replace(btrim(${vertical}), '\\s+', ' ', 'g'))`;
}

/** The share of trigrams in common from which two verticals may be the same: one letter that is missing or wrong leaves more. */
export const MIN_SIMILARITY = 0.4;

/** How similar two verticals are, 0 to 1, also where one is a phrase that holds the other: `coffee brewing`, `coffee`. */
export function similaritySql(one: Sql, other: Sql): Sql {
  return sql`greatest(similarity(${one}, ${other}), strict_word_similarity(${one}, ${other}), strict_word_similarity(${other}, ${one}))`;
}
