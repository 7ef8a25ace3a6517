import { sql, type Sql } from './sql.js';

/** `isolated` of `sentence.ts` in SQL: a text of others as a part of a text of ours, whose order it leaves alone. */
export function isolatedSql(text: Sql): Sql {
  return sql`CASE WHEN ${text} ~ '[\\u0590-\\u08ff\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufb1d-\\ufdff\\ufe70-\\ufefe\\U00010800-\\U00010fff\\U0001e800-\\U0001efff]'
    THEN chr(8296) || regexp_replace(${text}, '[\\u202a-\\u202e\\u2066-\\u2069]', '', 'g') || chr(8297) ELSE ${text} END`;
}
