import type { EntityManager } from 'typeorm';
import { queryRows } from '../../core/sql.js';
import type { SocialAccount } from '../account-pool.service.js';
import { MIN_SIMILARITY } from '../similarity.js';

/** A word that no account of the pool has ever had; one that is only misspelt makes accounts that nobody finds. */
export interface NewVertical {
  vertical: string;
  /** How many accounts of the file have it. */
  accounts: number;
  /** The pool's word that is written most like it, where one is. */
  closeTo: string | null;
}

/** The first hundred, those of most accounts first; `newVerticalCount` counts all. */
export interface NewVerticals {
  newVerticals: NewVertical[];
  newVerticalCount: number;
}

const MAX_NAMED = 100;

/** The verticals of these accounts that the pool does not know yet. */
export async function findNewVerticals(em: EntityManager, accounts: SocialAccount[]): Promise<NewVerticals> {
  const counts = new Map<string, number>();
  for (const { verticals } of accounts) {
    for (const vertical of verticals) counts.set(vertical, (counts.get(vertical) ?? 0) + 1);
  }
  const unknown = await queryRows<{ vertical: string }>(
    em,
    `SELECT word AS vertical FROM unnest($1::text[]) AS word
      WHERE NOT EXISTS (SELECT FROM known_vertical WHERE known_vertical.vertical = word)`,
    [[...counts.keys()]],
  );
  const most = unknown
    .map(({ vertical }) => ({ vertical, accounts: counts.get(vertical) ?? 0 }))
    .sort((a, b) => b.accounts - a.accounts || (a.vertical < b.vertical ? -1 : 1))
    .slice(0, MAX_NAMED);
  const closeTo = await closest(
    em,
    most.map(({ vertical }) => vertical),
  );
  return {
    newVerticals: most.map((one) => ({ ...one, closeTo: closeTo.get(one.vertical) ?? null })),
    newVerticalCount: unknown.length,
  };
}

async function closest(em: EntityManager, words: string[]): Promise<Map<string, string>> {
  const found = await queryRows<{ word: string; vertical: string }>(
    em,
    `SELECT DISTINCT ON (word) word, known.vertical
       FROM unnest($1::text[]) AS word JOIN known_vertical known ON similarity(known.vertical, word) >= ${MIN_SIMILARITY}
      ORDER BY word, similarity(known.vertical, word) DESC, known.vertical`,
    [words],
  );
  return new Map(found.map(({ word, vertical }) => [word, vertical]));
}
