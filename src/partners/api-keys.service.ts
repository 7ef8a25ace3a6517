import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound, ValidationFailed } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { validated, IsListOf, IsOneOf, IsText, Optional } from '../core/validation.js';
import { queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import { apiKeyEnvs, newApiKey, type ApiKeyEnv } from '../partner-api/api-key-format.js';

/** What a key may be allowed to do (contract: Keys); `*` is everything. */
export const scopes = ['leased:write', 'keys:write', '*'] as const;
export type Scope = (typeof scopes)[number];
export const defaultScopes: Scope[] = ['leased:write'];

export const rateLimitTiers = ['standard', 'pilot', 'partner', 'internal'] as const;
export type RateLimitTier = (typeof rateLimitTiers)[number];

/** A key as staff see it; its secret is not stored. */
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
}

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

const columns = sql`id AS "apiKeyId", organization_id AS "organizationId", name, prefix, env, scopes, tier,
  killed_at AS "killedAt", revoked_at AS "revokedAt"`;

/** Partners' keys. A killed or revoked key is refused on its next call. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly transactions: Transactions,
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
  kill(caller: Insider, input: object): Promise<ApiKey> {
    return this.change(caller, input, async (em, key) => {
      assertNotRevoked(key);
      if (key.killedAt) return key;
      return this.write(
        em,
        caller,
        key,
        'api_key.killed',
        sql`killed_at = ${this.clock.now()}, killed_by = ${getActorId(caller)}`,
      );
    });
  }

  /** Lets a killed key be used again; idempotent. @throws Conflict when it is revoked, NotFound */
  resume(caller: Insider, input: object): Promise<ApiKey> {
    return this.change(caller, input, async (em, key) => {
      assertNotRevoked(key);
      if (!key.killedAt) return key;
      return this.write(em, caller, key, 'api_key.resumed', sql`killed_at = NULL, killed_by = NULL`);
    });
  }

  /** Ends a key for good; idempotent. @throws NotFound */
  revoke(caller: Insider, input: object): Promise<ApiKey> {
    return this.change(caller, input, async (em, key) => {
      if (key.revokedAt) return key;
      return this.write(em, caller, key, 'api_key.revoked', sql`revoked_at = ${this.clock.now()}`);
    });
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
       RETURNING ${columns}`,
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

  private async change(
    caller: Insider,
    input: object,
    apply: (em: EntityManager, key: ApiKey) => Promise<ApiKey>,
  ): Promise<ApiKey> {
    assertAllowed(caller, 'manageKeys');
    const { apiKeyId } = validated(ApiKeyRef, input);
    return this.transactions.run(async (em) => {
      const [key] = await queryRows<ApiKey>(
        em,
        sql`SELECT ${columns} FROM api_key WHERE id = ${apiKeyId} FOR NO KEY UPDATE`,
      );
      if (!key) throw new NotFound('This API key');
      return this.organizationClock.run(key.organizationId, () => apply(em, key), em);
    });
  }

  private async write(
    em: EntityManager,
    caller: Insider,
    before: ApiKey,
    type: 'api_key.killed' | 'api_key.resumed' | 'api_key.revoked',
    assignments: Sql,
  ): Promise<ApiKey> {
    const { apiKeyId, organizationId, name, prefix } = before;
    const after = await queryRow<ApiKey>(
      em,
      sql`UPDATE api_key SET ${assignments} WHERE id = ${apiKeyId} RETURNING ${columns}`,
    );
    await this.audit.record(em, caller, {
      type,
      organizationId,
      objectId: apiKeyId,
      data: { apiKeyId, name, prefix },
      internal: { before: toKeyState(before), after: toKeyState(after!) },
    });
    return after!;
  }
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

function toKeyState({ killedAt, revokedAt }: ApiKey) {
  return { killedAt, revokedAt };
}

function assertNotRevoked(key: ApiKey): void {
  if (key.revokedAt) throw new Conflict('not_allowed_now', 'This API key was revoked, which is final.');
}
