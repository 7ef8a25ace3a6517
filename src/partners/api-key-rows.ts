import type { EntityManager } from 'typeorm';
import { Conflict } from '../core/errors.js';
import { queryRows, sql, type Sql } from '../core/sql.js';
import type { ApiKeyEnv } from '../partner-api/api-key-format.js';
import { scopes } from '../partner-api/required-scope.decorator.js';

export { scopes };
/** What a key may be allowed to do (contract: Keys); `*` is everything. */
export type Scope = (typeof scopes)[number];
export const defaultScopes: Scope[] = ['leased:write'];

export const rateLimitTiers = ['standard', 'pilot', 'partner', 'internal'] as const;
export type RateLimitTier = (typeof rateLimitTiers)[number];

/** A key without its secret, which is not stored. */
export interface ApiKey {
  apiKeyId: string;
  organizationId: string;
  name: string;
  prefix: string;
  env: ApiKeyEnv;
  scopes: Scope[];
  tier: RateLimitTier;
  killedAt: Date | null;
  revokedAt: Date | null;
  rotatedAt: Date | null;
  /** Of the secret before the last rotation. */
  previousPrefix: string | null;
  /** Until when that one authenticates too, by the database's clock. */
  previousExpiresAt: Date | null;
}

/** Of {@link ApiKey}. */
export const apiKeyColumns = sql`id AS "apiKeyId", organization_id AS "organizationId", name, prefix, env, scopes, tier,
  killed_at AS "killedAt", revoked_at AS "revokedAt", rotated_at AS "rotatedAt", previous_prefix AS "previousPrefix",
  previous_expires_at AS "previousExpiresAt"`;

/** Keys that nobody else changes until the end of the transaction, in the order of their ids. */
export function lockApiKeys(em: EntityManager, condition: Sql): Promise<ApiKey[]> {
  return queryRows<ApiKey>(
    em,
    sql`SELECT ${apiKeyColumns} FROM api_key WHERE ${condition} ORDER BY id FOR NO KEY UPDATE`,
  );
}

/** @throws Conflict */
export function assertNotRevoked(key: Pick<ApiKey, 'revokedAt'>): void {
  if (key.revokedAt) throw new Conflict('key_revoked', 'This API key was revoked, which is final.');
}
