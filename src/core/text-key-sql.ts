import { escapeLike, sql, toContainsPattern, type Sql } from './sql.js';
import { toTextKey } from './text-key.js';

/** What `toTextKey` does in code, in the order of code points. @param text an expression of type text */
export function textKeySql(text: Sql): Sql {
  return sql`(text_key(${text}) COLLATE "C")`;
}

/** The LIKE pattern of keys of texts that contain `text`. */
export function toKeyPattern(text: string): string {
  return toContainsPattern(toTextKey(text));
}

/** The same for texts that begin with it. */
export function toKeyPrefixPattern(text: string): string {
  return `${escapeLike(toTextKey(text))}%`;
}
