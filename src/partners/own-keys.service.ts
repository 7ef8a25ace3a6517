import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { ForbiddenScope, KillSwitch, NotFound, Unauthenticated } from '../core/errors.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { IdempotencyService } from '../partner-api/idempotency.service.js';
import type { Reply } from '../partner-api/reply.js';
import { ApiKeyChanges } from './api-key-changes.js';
import { lockApiKeys, type ApiKey } from './api-key-rows.js';
import { toKeyView, type KilledKey, type KillOwnKey, type RotatedKey, type RotateOwnKey } from './dto/api-keys.js';

/** The keys of the calling organization. */
@Injectable()
export class OwnKeysService {
  constructor(
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyService,
    private readonly changes: ApiKeyChanges,
  ) {}

  /** @throws NotFound, ForbiddenScope for a key with more scopes, Conflict when it is killed or revoked; Unauthenticated, KillSwitch */
  async rotate(caller: PartnerCaller, input: RotateOwnKey): Promise<Reply> {
    const { graceSeconds } = input.body;
    return this.transactions.run(async (em) => {
      await assertMayHold(em, caller, input.path.apiKeyId);
      return this.idempotency.runOnce(em, caller, input, 200, async () => {
        const { own, target } = await lockBoth(em, caller, input.path.apiKeyId);
        assertCovers(own, target);
        const { apiKey: secret, ...rotated } = await this.changes.rotate(em, caller, target, graceSeconds);
        const result: RotatedKey = { apiKey: toKeyView(rotated), secret, warning: toWarning(rotated, graceSeconds) };
        return { result, isSecret: true };
      });
    });
  }

  /** Again is the same answer. @throws NotFound, Conflict when it is revoked; Unauthenticated, KillSwitch */
  async kill(caller: PartnerCaller, input: KillOwnKey): Promise<Reply> {
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 200, async () => {
        const { target } = await lockBoth(em, caller, input.path.apiKeyId);
        const killed = await this.changes.kill(em, caller, target);
        return { result: { apiKey: toKeyView(killed), killed: true } satisfies KilledKey };
      }),
    );
  }
}

/**
 * Before a replay too: the answers of all keys of an organization are kept together, and this one holds a secret. Without locks, which
 * come after the one on the Idempotency-Key.
 * @throws ForbiddenScope
 */
async function assertMayHold(em: EntityManager, caller: PartnerCaller, apiKeyId: string): Promise<void> {
  const keys = await queryRows<Pick<ApiKey, 'apiKeyId' | 'scopes'>>(
    em,
    sql`SELECT id AS "apiKeyId", scopes FROM api_key
         WHERE id = ANY (${[caller.apiKeyId, apiKeyId]}::text[]) AND organization_id = ${caller.organizationId}`,
  );
  const own = keys.find((key) => key.apiKeyId === caller.apiKeyId);
  const target = keys.find((key) => key.apiKeyId === apiKeyId);
  if (own && target) assertCovers(own, target);
}

/** Of two calls that race, the later one sees what became of its own key. @throws Unauthenticated, KillSwitch, NotFound */
async function lockBoth(
  em: EntityManager,
  caller: PartnerCaller,
  apiKeyId: string,
): Promise<{ own: ApiKey; target: ApiKey }> {
  const ids = [caller.apiKeyId, apiKeyId];
  const keys = await lockApiKeys(em, sql`id = ANY (${ids}::text[]) AND organization_id = ${caller.organizationId}`);
  const own = keys.find((key) => key.apiKeyId === caller.apiKeyId);
  if (!own || own.revokedAt || !(await isLive(em, own, caller.keyPrefix))) throw new Unauthenticated();
  if (own.killedAt) throw new KillSwitch('key');
  const target = keys.find((key) => key.apiKeyId === apiKeyId);
  if (!target) throw new NotFound('This API key');
  return { own, target };
}

/** Whether the secret that authenticated the call still would. Not by now(), at which the transaction began: it may have waited. */
async function isLive(em: EntityManager, own: ApiKey, usedPrefix: string | undefined): Promise<boolean> {
  if (own.prefix === usedPrefix) return true;
  if (own.previousPrefix !== usedPrefix) return false;
  const found = await queryRow<{ now: Date }>(em, sql`SELECT clock_timestamp() AS now`);
  return own.previousExpiresAt! > found!.now;
}

/** @throws ForbiddenScope */
function assertCovers(own: Pick<ApiKey, 'scopes'>, target: Pick<ApiKey, 'scopes'>): void {
  if (own.scopes.includes('*')) return;
  const missing = target.scopes.find((scope) => !own.scopes.includes(scope));
  if (missing) throw new ForbiddenScope(missing);
}

function toWarning({ previousExpiresAt }: ApiKey, graceSeconds: number): string {
  const before = graceSeconds === 0 ? 'no longer works' : `works until ${previousExpiresAt!.toISOString()}`;
  return `Store the secret now: it is not shown again. The one before ${before}.`;
}
