import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict } from '../core/errors.js';
import { queryRow, sql, type Sql } from '../core/sql.js';
import { newApiKey } from '../partner-api/api-key-format.js';
import { apiKeyColumns, assertNotRevoked, type ApiKey } from './api-key-rows.js';

/** What becomes of a key whose row is locked, with its audit event, whoever does it: the callers say who may. */
@Injectable()
export class ApiKeyChanges {
  constructor(
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws Conflict when it is revoked */
  async kill(em: EntityManager, actor: Actor, key: ApiKey): Promise<ApiKey> {
    assertNotRevoked(key);
    if (key.killedAt) return key;
    const change = sql`killed_at = ${this.clock.now()}, killed_by = ${getActorId(actor)}`;
    return this.write(em, actor, key, 'api_key.killed', change);
  }

  /** @throws Conflict when it is revoked */
  async resume(em: EntityManager, actor: Actor, key: ApiKey): Promise<ApiKey> {
    assertNotRevoked(key);
    if (!key.killedAt) return key;
    return this.write(em, actor, key, 'api_key.resumed', sql`killed_at = NULL, killed_by = NULL`);
  }

  async revoke(em: EntityManager, actor: Actor, key: ApiKey): Promise<ApiKey> {
    if (key.revokedAt) return key;
    return this.write(em, actor, key, 'api_key.revoked', sql`revoked_at = ${this.clock.now()}`);
  }

  /**
   * Gives the key another prefix and secret. The secret before lives on for the grace; the one before that ends now.
   * @returns the key with its whole new text in `apiKey`, this once
   * @throws Conflict when it is killed or revoked
   */
  async rotate(
    em: EntityManager,
    actor: Actor,
    key: ApiKey,
    graceSeconds: number,
  ): Promise<ApiKey & { apiKey: string }> {
    assertNotRevoked(key);
    if (key.killedAt)
      throw new Conflict('key_killed', 'This API key is switched off; it is rotated once it is resumed.');
    const { apiKey, prefix, secretDigest } = newApiKey(key.env);
    // Not now(), at which the transaction began: it may have waited for another rotation.
    const change = sql`previous_prefix = prefix, previous_secret_digest = secret_digest,
      previous_expires_at = clock_timestamp() + ${graceSeconds} * interval '1 second',
      prefix = ${prefix}, secret_digest = ${secretDigest}, rotated_at = ${this.clock.now()}`;
    const rotated = await this.write(em, actor, key, 'api_key.rotated', change, { graceSeconds });
    return { ...rotated, apiKey };
  }

  private async write(
    em: EntityManager,
    actor: Actor,
    before: ApiKey,
    type: 'api_key.killed' | 'api_key.resumed' | 'api_key.revoked' | 'api_key.rotated',
    change: Sql,
    facts: Record<string, unknown> = {},
  ): Promise<ApiKey> {
    const { apiKeyId, organizationId, name } = before;
    const after = await queryRow<ApiKey>(
      em,
      sql`UPDATE api_key SET ${change} WHERE id = ${apiKeyId} RETURNING ${apiKeyColumns}`,
    );
    await this.audit.record(em, actor, {
      type,
      organizationId,
      objectId: apiKeyId,
      data: { apiKeyId, name, prefix: after!.prefix, ...facts },
      internal: { before: toKeyState(before), after: toKeyState(after!) },
    });
    return after!;
  }
}

function toKeyState({ prefix, killedAt, revokedAt, rotatedAt, previousPrefix, previousExpiresAt }: ApiKey) {
  return { prefix, killedAt, revokedAt, rotatedAt, previousPrefix, previousExpiresAt };
}
