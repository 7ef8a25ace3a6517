import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Conflict } from '../core/errors.js';
import { Pruner, PRUNE_BATCH_SIZE } from '../core/pruner.js';
import { SEALED_BATCH_SIZE, SealedColumns, type SealedColumn } from '../core/sealed-columns.js';
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

/** A record of an answer. */
export interface StoredAnswer {
  fingerprint: Buffer;
  body: string | null;
  sealedBody: Buffer | null;
}

/** A repeated call with the same Idempotency-Key gets the first answer, and the work is done once (contract: Idempotency). */
@Injectable()
export class IdempotencyService implements OnModuleInit {
  constructor(
    private readonly pruner: Pruner,
    private readonly sealedColumns: SealedColumns,
    private readonly box: SecretBox,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    this.pruner.register({ table: 'idempotency_record', deleteExpired: (em) => this.deleteExpired(em) });
    this.sealedColumns.register(toSealedAnswers(this.settings.idempotencyRetentionHours));
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

  /** The stored answer to the same call; `null` for a call without a key, or where it has no answer yet. @throws Conflict */
  async findReply(em: EntityManager, caller: PartnerCaller, call: Mutation): Promise<Reply | null> {
    const key = call.idempotencyKey;
    if (key === null) return null;
    const kept = await queryRow(
      em,
      sql`SELECT key FROM idempotency_record
           WHERE organization_id = ${caller.organizationId} AND key = ${key} AND NOT ${this.isExpired(sql`created_at`)}`,
    );
    return kept ? this.replay(em, caller, key, call.fingerprint) : null;
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
    const stored = await queryRow<StoredAnswer>(
      em,
      sql`SELECT fingerprint, body, sealed_body AS "sealedBody" FROM idempotency_record
           WHERE organization_id = ${caller.organizationId} AND key = ${key}`,
    );
    return stored && this.toReply(caller, { idempotencyKey: key, fingerprint }, stored);
  }

  /** The stored answer as it is sent again. @throws Conflict when the key was used for another call */
  toReply(
    caller: PartnerCaller,
    { idempotencyKey, fingerprint }: Pick<Mutation, 'idempotencyKey' | 'fingerprint'>,
    stored: StoredAnswer,
  ): Reply {
    if (!stored.fingerprint.equals(fingerprint)) {
      throw new Conflict('idempotency_key_reused', 'This Idempotency-Key has already been used for a different call.');
    }
    const open = () => this.box.open(stored.sealedBody!, toSealPurpose(caller.organizationId, idempotencyKey!));
    return new Reply(stored.body ?? open(), true);
  }

  private async store(
    em: EntityManager,
    caller: PartnerCaller,
    key: string,
    { status, body, isSecret }: { status: number; body: string; isSecret: boolean },
  ): Promise<void> {
    const sealedBody = isSecret ? this.box.seal(body, toSealPurpose(caller.organizationId, key)) : null;
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
    return isExpiredAnswerSql(createdAt, this.settings.idempotencyRetentionHours);
  }
}

/** Whether an answer stored then is replayed no more. */
export function isExpiredAnswerSql(createdAt: Sql, retentionHours: number): Sql {
  return sql`${createdAt} <= now() - make_interval(hours => ${retentionHours})`;
}

function toSealPurpose(organizationId: string, key: string): string {
  return `idempotent answer ${organizationId} ${key}`;
}

/** Answers that hold a secret, as long as they are replayed. Their ids are the organization and the key, with a space between. */
const toSealedAnswers = (retentionHours: number): SealedColumn => ({
  one: 'stored answer',
  many: 'stored answers',
  event: 'stored',
  remedy: `, or wait until they are ${retentionHours} hours old`,
  readAfter: async (em, after) => {
    const [organizationId = '', key = ''] = after.split(' ');
    const rows = await queryRows<{ organizationId: string; key: string; sealed: Buffer; sealedAt: Date }>(
      em,
      sql`SELECT organization_id AS "organizationId", key, sealed_body AS sealed, created_at AS "sealedAt" FROM idempotency_record
           WHERE sealed_body IS NOT NULL AND (organization_id, key) > (${organizationId}, ${key}) AND created_at > now() - make_interval(hours => ${retentionHours})
           ORDER BY organization_id, key LIMIT ${literal(SEALED_BATCH_SIZE)}`,
    );
    return rows.map(({ organizationId, key, sealed, sealedAt }) => ({
      ...{ sealed, sealedAt },
      id: `${organizationId} ${key}`,
      purpose: toSealPurpose(organizationId, key),
    }));
  },
  replace: (em, id, before, sealed) => {
    const [organizationId, key] = id.split(' ');
    return queryRows(
      em,
      sql`UPDATE idempotency_record SET sealed_body = ${sealed}
           WHERE organization_id = ${organizationId} AND key = ${key} AND sealed_body = ${before} RETURNING key`,
    );
  },
});
