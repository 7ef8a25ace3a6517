import type { EntityManager } from 'typeorm';
import { queryRows, sql } from '../../core/sql.js';
import type { SocialAccount } from '../account-pool.service.js';
import { readKnownVerticals } from '../known-verticals.js';

/** A vertical that no account of the pool has ever had: a misspelled one makes accounts that no request finds. */
export interface NewVertical {
  vertical: string;
  /** How many accounts of the file have it. */
  accounts: number;
  /** The vertical of the pool that is spelled most like it, if one is. */
  closeTo: string | null;
}

/** The first hundred, the most frequent first; `newVerticalCount` counts all. */
export interface NewVerticals {
  newVerticals: NewVertical[];
  newVerticalCount: number;
}

const MAX_LISTED = 100;

export async function findNewVerticals(em: EntityManager, accounts: SocialAccount[]): Promise<NewVerticals> {
  const counts = new Map<string, number>();
  for (const { verticals } of accounts) {
    for (const vertical of verticals) counts.set(vertical, (counts.get(vertical) ?? 0) + 1);
  }
  const unknown = await queryRows<{ vertical: string }>(
    em,
    sql`SELECT word AS vertical FROM unnest(${[...counts.keys()]}::text[]) AS word
      WHERE NOT EXISTS (SELECT FROM known_vertical WHERE known_vertical.vertical = word)`,
  );
  const listed = unknown
    .map(({ vertical }) => ({ vertical, accounts: counts.get(vertical) ?? 0 }))
    .sort((a, b) => b.accounts - a.accounts || (a.vertical < b.vertical ? -1 : 1))
    .slice(0, MAX_LISTED);
  const known = await readKnownVerticals(em);
  return {
    newVerticals: listed.map((entry) => ({ ...entry, closeTo: known.findClose(entry.vertical)[0]?.text ?? null })),
    newVerticalCount: unknown.length,
  };
}
