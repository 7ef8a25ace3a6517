import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { NotFound, ValidationFailed } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { validated, IsListOf, IsOneOf, IsText, IsWholeNumber, Optional } from '../core/validation.js';
import { queryRow, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import { apiKeyEnvs, newApiKey, type ApiKeyEnv } from '../partner-api/api-key-format.js';
import { ApiKeyChanges } from './api-key-changes.js';
import {
  apiKeyColumns,
  defaultScopes,
  lockApiKeys,
  rateLimitTiers,
  scopes,
  type ApiKey,
  type RateLimitTier,
  type Scope,
} from './api-key-rows.js';

export class CreateApiKey {
  @IsText(1, 100)
  organizationId: string;
  @Optional()
  @IsText(1, 200)
  name = 'API key';
  @Optional()
  @IsListOf(0, scopes.length, (scope) =>
    (scopes as readonly unknown[]).includes(scope) ? null : `must be one of ${scopes.join(', ')}`,
  )
  scopes: Scope[] = defaultScopes;
  @Optional()
  @IsOneOf(rateLimitTiers)
  tier: RateLimitTier = 'standard';
  /** @default that of the organization: `test` for a sandbox, else `live` */
  @Optional()
  @IsOneOf(apiKeyEnvs)
  env?: ApiKeyEnv;
}

/** A key to insert: its environment is its organization's. */
export type NewApiKey = CreateApiKey & { env: ApiKeyEnv };

export class ApiKeyRef {
  @IsText(1, 100)
  apiKeyId: string;
}

/** The longest time that the secret before a rotation lives on. */
export const MAX_GRACE_SECONDS = 86_400;

export class RotateApiKey extends ApiKeyRef {
  @Optional()
  @IsWholeNumber(0, MAX_GRACE_SECONDS)
  graceSeconds = 0;
}

/** Partners' keys. A killed or revoked key is refused on its next call. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: ApiKeyChanges,
    private readonly audit: AuditService,
    private readonly organizationClock: OrganizationClock,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the key with its whole text in `apiKey`, this once
   * @throws NotFound, ValidationFailed (also where the environment is not the organization's), ForbiddenRole
   */
  async create(caller: Insider, input: object): Promise<ApiKey & { apiKey: string }> {
    assertAllowed(caller, 'manageKeys');
    const key = validated(CreateApiKey, input);
    return this.transactions.run(async (em) => {
      const organization = await queryRow<{ sandbox: boolean }>(
        em,
        sql`SELECT sandbox FROM organization WHERE id = ${key.organizationId}`,
      );
      if (!organization) throw new NotFound('This partner');
      const env = organization.sandbox ? 'test' : 'live';
      assertOfEnv(key, env);
      return this.organizationClock.run(key.organizationId, () => this.insert(em, caller, { ...key, env }), em);
    });
  }

  /** Stops a key until it is resumed; idempotent. @throws Conflict when it is revoked, NotFound */
  async kill(caller: Insider, input: object): Promise<ApiKey> {
    const { apiKeyId } = read(caller, ApiKeyRef, input);
    return this.change(apiKeyId, (em, key) => this.changes.kill(em, caller, key));
  }

  /** Lets a killed key be used again; idempotent. @throws Conflict when it is revoked, NotFound */
  async resume(caller: Insider, input: object): Promise<ApiKey> {
    const { apiKeyId } = read(caller, ApiKeyRef, input);
    return this.change(apiKeyId, (em, key) => this.changes.resume(em, caller, key));
  }

  /** Ends a key for good; idempotent. @throws NotFound */
  async revoke(caller: Insider, input: object): Promise<ApiKey> {
    const { apiKeyId } = read(caller, ApiKeyRef, input);
    return this.change(apiKeyId, (em, key) => this.changes.revoke(em, caller, key));
  }

  /**
   * Gives a key another secret; the one before lives on for the grace.
   * @returns the key with its whole new text in `apiKey`, this once
   * @throws Conflict when it is killed or revoked, NotFound
   */
  async rotate(caller: Insider, input: object): Promise<ApiKey & { apiKey: string }> {
    const { apiKeyId, graceSeconds } = read(caller, RotateApiKey, input);
    return this.change(apiKeyId, (em, key) => this.changes.rotate(em, caller, key, graceSeconds));
  }

  /** @param key validated */
  async insert(em: EntityManager, caller: Insider, key: NewApiKey): Promise<ApiKey & { apiKey: string }> {
    const apiKeyId = newId('key');
    const { apiKey, prefix, secretDigest } = newApiKey(key.env);
    const created = await queryRow<ApiKey>(
      em,
      sql`INSERT INTO api_key (id, organization_id, name, prefix, secret_digest, env, scopes, tier, created_at)
       VALUES (${apiKeyId}, ${key.organizationId}, ${key.name.trim()}, ${prefix}, ${secretDigest}, ${key.env}, ${key.scopes}, ${key.tier},
               ${this.clock.now()})
       RETURNING ${apiKeyColumns}`,
    );
    await this.audit.record(em, caller, {
      type: 'api_key.created',
      organizationId: key.organizationId,
      objectId: apiKeyId,
      data: { apiKeyId, name: created!.name, prefix, env: key.env, scopes: key.scopes },
      internal: {
        before: null,
        after: { name: created!.name, prefix, env: key.env, scopes: key.scopes, tier: key.tier },
      },
    });
    return { ...created!, apiKey };
  }

  private change<Changed>(
    apiKeyId: string,
    apply: (em: EntityManager, key: ApiKey) => Promise<Changed>,
  ): Promise<Changed> {
    return this.transactions.run(async (em) => {
      const [key] = await lockApiKeys(em, sql`id = ${apiKeyId}`);
      if (!key) throw new NotFound('This API key');
      return this.organizationClock.run(key.organizationId, () => apply(em, key), em);
    });
  }
}

/** @throws ForbiddenRole, ValidationFailed */
function read<Command extends object>(caller: Insider, command: new () => Command, input: object): Command {
  assertAllowed(caller, 'manageKeys');
  return validated(command, input);
}

/** The database refuses the same (contract: Keys). @throws ValidationFailed */
function assertOfEnv(key: CreateApiKey, env: ApiKeyEnv): void {
  const errors = [];
  if (key.env !== undefined && key.env !== env) {
    const message =
      env === 'live'
        ? 'test keys belong to the partner’s sandbox: name that organization'
        : 'this organization is a sandbox: it has test keys alone';
    errors.push({ path: 'env', message });
  }
  if (env === 'test' && key.tier !== 'standard')
    errors.push({ path: 'tier', message: 'must be standard for a test key' });
  if (errors.length > 0) throw new ValidationFailed(errors);
}
