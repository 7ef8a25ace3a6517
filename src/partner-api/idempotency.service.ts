import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Conflict } from '../core/errors.js';
import { Pruner, PRUNE_BATCH_SIZE } from '../core/pruner.js';
import { SecretBox } from '../core/secret-box.js';
import { literal, queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { Reply } from './reply.interceptor.js';
import type { Mutation } from './validation/request-parts.js';

/** The result of a mutating call. */
export interface IdempotentOutcome {
  result: object;
  /** The first answer to the same call, found by something else than the key. */
  replayed?: boolean;
  /** The answer holds a secret: it is stored encrypted. */
  isSecret?: boolean;
}

/** A repeated call with the same Idempotency-Key gets the first answer, and the work is done once (contract: Idempotency). */
@Injectable()
export class IdempotencyService implements OnModuleInit {
  constructor(
    private readonly pruner: Pruner,
    private readonly box: SecretBox,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    this.pruner.register({ table: 'idempotency_record', deleteExpired: (em) => this.deleteExpired(em) });
  }

  /**
   * Runs the work, or replays its answer. Waits for another call in flight with the same key.
   * @param em the transaction of the work, so that work and answer are stored together or not at all
   * @param status the HTTP status of the answer
   * @throws Conflict when the key was used for another call
   */
  async runOnce(
    em: EntityManager,
    caller: PartnerCaller,
    call: Mutation,
    status: number,
    work: () => Promise<IdempotentOutcome>,
  ): Promise<Reply> {
    const key = call.idempotencyKey;
    if (key !== null && !(await this.claim(em, caller, key, call.fingerprint))) {
      return (await this.replay(em, caller, key, call.fingerprint)) ?? this.runOnce(em, caller, call, status, work);
    }
    const { result, replayed = false, isSecret = false } = await work();
    const body = JSON.stringify(result);
    if (key !== null) await this.store(em, caller, key, { status, body, isSecret });
    return new Reply(body, replayed);
  }

  /** Waits for another call that holds the key. @returns `false` when the key has an answer */
  private async claim(em: EntityManager, caller: PartnerCaller, key: string, fingerprint: Buffer): Promise<boolean> {
    const claimed = await queryRows(
      em,
      sql`INSERT INTO idempotency_record AS record (organization_id, key, fingerprint)
          VALUES (${caller.organizationId}, ${key}, ${fingerprint})
       ON CONFLICT (organization_id, key) DO UPDATE
          SET fingerprint = excluded.fingerprint, status = NULL, body = NULL, sealed_body = NULL, created_at = excluded.created_at
        WHERE ${this.isExpired(sql`record.created_at`)}
       RETURNING key`,
    );
    return claimed.length === 1;
  }

  /** `null` when the record has just been purged. */
  private async replay(
    em: EntityManager,
    caller: PartnerCaller,
    key: string,
    fingerprint: Buffer,
  ): Promise<Reply | null> {
    const stored = await queryRow<{ fingerprint: Buffer; body: string | null; sealedBody: Buffer | null }>(
      em,
      sql`SELECT fingerprint, body, sealed_body AS "sealedBody" FROM idempotency_record
           WHERE organization_id = ${caller.organizationId} AND key = ${key}`,
    );
    if (!stored) return null;
    if (!stored.fingerprint.equals(fingerprint)) {
      throw new Conflict('idempotency_key_reused', 'This Idempotency-Key has already been used for a different call.');
    }
    return new Reply(stored.body ?? this.box.open(stored.sealedBody!, toSealPurpose(caller, key)), true);
  }

  private async store(
    em: EntityManager,
    caller: PartnerCaller,
    key: string,
    { status, body, isSecret }: { status: number; body: string; isSecret: boolean },
  ): Promise<void> {
    const sealedBody = isSecret ? this.box.seal(body, toSealPurpose(caller, key)) : null;
    await queryRows(
      em,
      sql`UPDATE idempotency_record SET status = ${status}, body = ${isSecret ? null : body}, sealed_body = ${sealedBody}
           WHERE organization_id = ${caller.organizationId} AND key = ${key}`,
    );
  }

  private deleteExpired(em: EntityManager): Promise<unknown[]> {
    return queryRows(
      em,
      sql`DELETE FROM idempotency_record WHERE (organization_id, key) IN (
            SELECT organization_id, key FROM idempotency_record WHERE ${this.isExpired(sql`created_at`)}
             ORDER BY created_at LIMIT ${literal(PRUNE_BATCH_SIZE)} FOR UPDATE SKIP LOCKED)
          RETURNING key`,
    );
  }

  private isExpired(createdAt: Sql): Sql {
    return sql`${createdAt} <= now() - make_interval(hours => ${this.settings.idempotencyRetentionHours})`;
  }
}

function toSealPurpose({ organizationId }: PartnerCaller, key: string): string {
  return `idempotent answer ${organizationId} ${key}`;
}
