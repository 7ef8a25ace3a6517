import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { Conflict } from '../core/errors.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Reply } from './reply.interceptor.js';
import type { Mutation } from './validation/request-parts.js';

const RETENTION = "interval '24 hours'";
const PURGE_BATCH_SIZE = 500;
const HOUR_MS = 3_600_000;

/** What a mutating call came to: a fresh result, or the first answer to the same request found by other means than the key. */
export interface IdempotentOutcome {
  result: object;
  replayed?: boolean;
}

/** A partner's Idempotency-Key: the same call again gets the first answer, and the work is done once (contract: Idempotency). */
@Injectable()
export class IdempotencyService {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Does the work, or replays what it came to. Another call in flight with the same key is waited for.
   * @param em the transaction of the work, so that answer and work are kept together or not at all
   * @param status of the answer
   * @throws Conflict when the key stands for another call
   */
  async once(
    em: EntityManager,
    caller: PartnerCaller,
    call: Mutation,
    status: number,
    work: () => Promise<IdempotentOutcome>,
  ): Promise<Reply> {
    const key = call.idempotencyKey;
    if (key !== null && !(await this.claim(em, caller, key, call.fingerprint))) {
      return (await this.replay(em, caller, key, call.fingerprint)) ?? this.once(em, caller, call, status, work);
    }
    const { result, replayed = false } = await work();
    const body = JSON.stringify(result);
    if (key !== null) await this.keep(em, caller, key, status, body);
    return new Reply(body, replayed);
  }

  /** Waits where another call holds the key; `false` when that one, or an earlier one, has its answer. */
  private async claim(em: EntityManager, caller: PartnerCaller, key: string, fingerprint: Buffer): Promise<boolean> {
    const claimed = await queryRows(
      em,
      `INSERT INTO idempotency_record AS record (organization_id, key, fingerprint) VALUES ($1, $2, $3)
       ON CONFLICT (organization_id, key) DO UPDATE
          SET fingerprint = excluded.fingerprint, status = NULL, body = NULL, created_at = excluded.created_at
        WHERE record.created_at <= now() - ${RETENTION}
       RETURNING key`,
      [caller.organizationId, key, fingerprint],
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
    const kept = await queryRow<{ fingerprint: Buffer; body: string }>(
      em,
      'SELECT fingerprint, body FROM idempotency_record WHERE organization_id = $1 AND key = $2',
      [caller.organizationId, key],
    );
    if (!kept) return null;
    if (!kept.fingerprint.equals(fingerprint)) {
      throw new Conflict('idempotency_key_reused', 'This Idempotency-Key was used for another call already.');
    }
    return new Reply(kept.body, true);
  }

  private async keep(
    em: EntityManager,
    caller: PartnerCaller,
    key: string,
    status: number,
    body: string,
  ): Promise<void> {
    await queryRows(
      em,
      'UPDATE idempotency_record SET status = $3, body = $4 WHERE organization_id = $1 AND key = $2',
      [caller.organizationId, key, status, body],
    );
  }

  /** Forgets what is older than a day, a few at a time so that nobody waits for it. */
  @Interval(HOUR_MS)
  async purge(): Promise<void> {
    let purged: unknown[];
    do {
      purged = await queryRows(
        this.dataSource.manager,
        `DELETE FROM idempotency_record WHERE (organization_id, key) IN (
           SELECT organization_id, key FROM idempotency_record WHERE created_at <= now() - ${RETENTION}
            ORDER BY created_at LIMIT ${PURGE_BATCH_SIZE} FOR UPDATE SKIP LOCKED)
         RETURNING key`,
      );
    } while (purged.length === PURGE_BATCH_SIZE);
  }
}
