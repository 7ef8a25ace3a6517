import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Conflict } from '../core/errors.js';
import { Pruner, PRUNE_BATCH_SIZE } from '../core/pruner.js';
import { SEALED_BATCH_SIZE, SealedColumns, type SealedColumn } from '../core/sealed-columns.js';
import { SecretBox } from '../core/secret-box.js';
import {
  identifier,
  literal,
  queryRow,
  queryRows,
  queryTogether,
  queryWithCommit,
  sql,
  type Sql,
} from '../core/sql.js';
import { Reply } from './reply.js';
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
   * @param work gets the rows of each statement of `locks`
   * @param locks statements that lock and read what the work is about, for the round trip that takes the key
   * @throws Conflict when the key was used for another call
   */
  async runOnce<Rows extends unknown[] = []>(
    em: EntityManager,
    caller: PartnerCaller,
    call: Mutation,
    status: number,
    work: (...locked: { [Place in keyof Rows]: Rows[Place][] }) => Promise<IdempotentOutcome>,
    locks: { [Place in keyof Rows]: Sql } = [] as { [Place in keyof Rows]: Sql },
  ): Promise<Reply> {
    const key = call.idempotencyKey;
    const claims = key === null ? [] : [this.claimSql(caller, key, call.fingerprint)];
    const rows = await queryTogether<unknown[]>(em, [...claims, ...(locks as Sql[])]);
    if (key !== null && rows[0]!.length === 0) {
      return (
        (await this.replay(em, caller, key, call.fingerprint)) ?? this.runOnce(em, caller, call, status, work, locks)
      );
    }
    const locked = rows.slice(claims.length) as { [Place in keyof Rows]: Rows[Place][] };
    const { result, replayed = false, isSecret = false } = await work(...locked);
    const body = JSON.stringify(result);
    if (key !== null) await queryWithCommit(em, this.storeSql(caller, key, { status, body, isSecret }));
    return new Reply(body, replayed);
  }

  /** The stored answer to the same call; `null` for a call without a key, or where it has no answer yet. @throws Conflict */
  async findReply(em: EntityManager, caller: PartnerCaller, call: Mutation): Promise<Reply | null> {
    const key = call.idempotencyKey;
    if (key === null) return null;
    const kept = await queryRow(
      em,
      sql`SELECT key FROM idempotency_record
           WHERE organization_id = ${caller.organizationId} AND key = ${key}
             AND NOT ${hasNoAnswerSql('idempotency_record', this.settings.idempotencyRetentionHours)}`,
    );
    return kept ? this.replay(em, caller, key, call.fingerprint) : null;
  }

  /** Waits for another call that holds the key. No row where the key has an answer. */
  private claimSql(caller: PartnerCaller, key: string, fingerprint: Buffer): Sql {
    return sql`INSERT INTO idempotency_record AS record (organization_id, key, fingerprint)
               VALUES (${caller.organizationId}, ${key}, ${fingerprint})
               ON CONFLICT (organization_id, key) DO UPDATE
                  SET fingerprint = excluded.fingerprint, status = NULL, body = NULL, sealed_body = NULL, created_at = excluded.created_at
                WHERE ${hasNoAnswerSql('record', this.settings.idempotencyRetentionHours)}
               RETURNING key`;
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

  private storeSql(
    caller: PartnerCaller,
    key: string,
    { status, body, isSecret }: { status: number; body: string; isSecret: boolean },
  ): Sql {
    const sealedBody = isSecret ? this.box.seal(body, toSealPurpose(caller.organizationId, key)) : null;
    return sql`UPDATE idempotency_record SET status = ${status}, body = ${isSecret ? null : body}, sealed_body = ${sealedBody}
                WHERE organization_id = ${caller.organizationId} AND key = ${key}`;
  }

  private deleteExpired(em: EntityManager): Promise<unknown[]> {
    return queryRows(
      em,
      sql`DELETE FROM idempotency_record WHERE (organization_id, key) IN (
            SELECT organization_id, key FROM idempotency_record WHERE ${isExpiredSql(sql`created_at`, this.settings.idempotencyRetentionHours)}
             ORDER BY created_at LIMIT ${literal(PRUNE_BATCH_SIZE)} FOR UPDATE SKIP LOCKED)
          RETURNING key`,
    );
  }
}

/**
 * Whether the key of a record may be taken again: its answer is replayed no more, or it never got one, because PostgreSQL did not begin
 * the transaction that took it.
 * @param record its table or alias
 */
export function hasNoAnswerSql(record: string, retentionHours: number): Sql {
  const createdAt = identifier(`${record}.created_at`);
  return sql`(${identifier(`${record}.status`)} IS NULL OR ${isExpiredSql(createdAt, retentionHours)})`;
}

function isExpiredSql(createdAt: Sql, retentionHours: number): Sql {
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
