import { directionControls, FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE, turningCharacters } from './sentence.js';
import { sql, type Sql } from './sql.js';

/** `isolated` of `sentence.ts` in SQL: a text of others as a part of a text of ours, whose order it leaves alone. */
export function isolatedSql(text: Sql): Sql {
  return sql`CASE WHEN ${text} ~ ${toClass(turningCharacters)}
    THEN ${FIRST_STRONG_ISOLATE}::text || regexp_replace(${text}, ${toClass(directionControls)}, '', 'g') || ${POP_DIRECTIONAL_ISOLATE}::text ELSE ${text} END`;
}

/** A bracket expression of PostgreSQL, `[\U00000590-\U000008ff]`. */
function toClass(ranges: typeof turningCharacters): string {
  const escaped = (point: number) => `\\U${point.toString(16).padStart(8, '0')}`;
  return `[${ranges.map((range) => range.map(escaped).join('-')).join('')}]`;
}
