import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { assertAsSeen, IsSeenValues, type SeenValues } from '../audit/seen-values.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound, ValidationFailed } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { MAX_CENTS } from '../core/money.js';
import {
  validated,
  IsListOf,
  IsOneOf,
  IsText,
  IsWholeNumber,
  Nullable,
  Optional,
  findTextError,
} from '../core/validation.js';
import { violatesUnique } from '../core/database-errors.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { textKeySql } from '../core/text-key-sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { defaultScopes, rateLimitTiers, type RateLimitTier } from './api-key-rows.js';
import { ApiKeysService } from './api-keys.service.js';
import { IsProjectId, ProjectsService } from './projects.service.js';

const MAX_PRICE_CENTS = 100_000_000;
const MAX_PROJECTS = 50;
const NAME_IS_TAKEN = 'A partner with this name already exists.';

/** A partner. `priceCents` is its own monthly price of an account, `null` where `LEASE_PRICE_CENTS` counts. */
export interface Organization {
  organizationId: string;
  name: string;
  priceCents: number | null;
  suspendedAt: Date | null;
}

/** `apiKey` is shown only this once. */
export interface NewPartner {
  organizationId: string;
  projects: { id: string; name: string }[];
  apiKey: string;
  apiKeyId: string;
}

export class CreateOrganization {
  @IsText(1, 200)
  name: string;
  @Nullable()
  @IsWholeNumber(1, MAX_PRICE_CENTS)
  priceCents: number | null = null;
}

export class CreatePartner extends CreateOrganization {
  @IsListOf(1, MAX_PROJECTS, (name) => findTextError(name, 1, 200))
  projects: string[];
  /** The id of the first project, if the partner has one already. */
  @Optional()
  @IsProjectId()
  projectId?: string;
  @Optional()
  @IsWholeNumber(0, MAX_CENTS)
  walletCents = 0;
  /** The repeated amount, which confirms an unusual one. */
  @Optional()
  @IsWholeNumber(1, MAX_CENTS)
  confirmedCents?: number;
  @Optional()
  @IsOneOf(rateLimitTiers)
  tier: RateLimitTier = 'standard';
}

export class UpdateOrganization {
  @IsText(1, 100)
  organizationId: string;
  @Optional()
  @IsText(1, 200)
  name?: string;
  /** Counts for new leases; `null` goes back to `LEASE_PRICE_CENTS`. */
  @Nullable()
  @IsWholeNumber(1, MAX_PRICE_CENTS)
  priceCents?: number | null;
  /** Why the price changes, for the audit log. */
  @Optional()
  @IsText(1, 500)
  reason?: string;
  /** What the form showed when it was opened; anything else by now is refused. */
  @Optional()
  @IsSeenValues()
  seen?: SeenValues;
}

export class OrganizationRef {
  @IsText(1, 100)
  organizationId: string;
}

const columns = sql`id AS "organizationId", name, price_cents AS "priceCents", suspended_at AS "suspendedAt"`;

@Injectable()
export class OrganizationsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly projects: ProjectsService,
    private readonly apiKeys: ApiKeysService,
    private readonly wallets: WalletsService,
    private readonly audit: AuditService,
    private readonly organizationClock: OrganizationClock,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates a partner that can start at once, with projects, a wallet and a key.
   * @throws Conflict when the name or the project id is taken or an unusual amount is not confirmed, ValidationFailed, ForbiddenRole
   */
  async create(caller: Insider, input: object): Promise<NewPartner> {
    assertAllowed(caller, 'managePartners');
    const partner = validated(CreatePartner, input);
    return this.transactions.run(async (em) => {
      const { organizationId } = await this.insert(em, caller, partner);
      const projects = [];
      for (const [index, name] of partner.projects.entries()) {
        const id = index === 0 ? partner.projectId : undefined;
        const project = await this.projects.insert(em, caller, { organizationId, name, projectId: id });
        projects.push({ id: project.projectId, name: project.name });
      }
      const key = await this.apiKeys.insert(em, caller, {
        organizationId,
        name: 'First key',
        scopes: defaultScopes,
        tier: partner.tier,
        env: 'live',
      });
      if (partner.walletCents > 0) {
        await this.wallets.topUpOnce(em, caller, {
          organizationId,
          amountCents: partner.walletCents,
          confirmedCents: partner.confirmedCents,
          reference: `opening balance of ${organizationId}`,
        });
      }
      return { organizationId, projects, apiKey: key.apiKey, apiKeyId: key.apiKeyId };
    });
  }

  /**
   * Creates an organization with an empty wallet, no project and no key.
   * @throws Conflict when the name is taken, ValidationFailed, ForbiddenRole
   */
  async createEmpty(caller: Insider, input: object): Promise<Organization> {
    assertAllowed(caller, 'managePartners');
    const organization = validated(CreateOrganization, input);
    return this.transactions.run((em) => this.insert(em, caller, organization));
  }

  /**
   * Renames a partner or changes its price for new assignments; existing leases keep their price.
   * @throws Conflict when the name is taken or somebody else has changed it, NotFound, ValidationFailed, ForbiddenRole
   */
  async update(caller: Insider, input: object): Promise<Organization> {
    assertAllowed(caller, 'managePartners');
    const { organizationId, name, priceCents, reason, seen } = validated(UpdateOrganization, input);
    if (name === undefined && priceCents === undefined) {
      throw new ValidationFailed([{ path: 'name', message: 'give a name, a price or both' }]);
    }
    const change = async (em: EntityManager) => {
      const before = await this.lock(em, organizationId);
      await assertAsSeen(em, organizationId, seen, { name: before.name, priceCents: before.priceCents });
      const newName = name?.trim() ?? before.name;
      const newPriceCents = priceCents === undefined ? before.priceCents : priceCents;
      if (newName === before.name && newPriceCents === before.priceCents) return before;
      if (newPriceCents !== before.priceCents && reason === undefined) {
        throw new ValidationFailed([{ path: 'reason', message: 'is required where the price changes' }]);
      }
      if (toTextKey(newName) !== toTextKey(before.name)) await assertNameIsFree(em, newName);
      const after = await queryRow<Organization>(
        em,
        sql`UPDATE organization SET name = ${newName}, price_cents = ${newPriceCents},
                   shares_name = shares_name AND ${textKeySql(sql`name`)} = ${toTextKey(newName)}
             WHERE id = ${organizationId} RETURNING ${columns}`,
      ).catch(toNameConflict);
      await this.audit.record(em, caller, {
        type: 'organization.updated',
        organizationId,
        objectId: organizationId,
        internal: {
          reason: reason?.trim(),
          before: { name: before.name, priceCents: before.priceCents },
          after: { name: newName, priceCents: newPriceCents },
        },
      });
      return after!;
    };
    return this.organizationClock.run(organizationId, () => this.transactions.run(change));
  }

  /** Stops the organization's API calls and new assignments at once; idempotent. */
  suspend(caller: Insider, input: object): Promise<Organization> {
    return this.setSuspension(caller, input, 'organization.suspended');
  }

  /** Ends a suspension; idempotent. */
  resume(caller: Insider, input: object): Promise<Organization> {
    return this.setSuspension(caller, input, 'organization.resumed');
  }

  private async setSuspension(
    caller: Insider,
    input: object,
    type: 'organization.suspended' | 'organization.resumed',
  ): Promise<Organization> {
    assertAllowed(caller, 'managePartners');
    const { organizationId } = validated(OrganizationRef, input);
    const change = async (em: EntityManager) => {
      const before = await this.lock(em, organizationId);
      const suspendedAt = type === 'organization.suspended' ? this.clock.now() : null;
      if ((before.suspendedAt === null) === (suspendedAt === null)) return before;
      const after = await queryRow<Organization>(
        em,
        sql`UPDATE organization SET suspended_at = ${suspendedAt} WHERE id = ${organizationId} RETURNING ${columns}`,
      );
      await this.audit.record(em, caller, {
        type,
        organizationId,
        objectId: organizationId,
        internal: { before: { suspendedAt: before.suspendedAt }, after: { suspendedAt: after!.suspendedAt } },
      });
      return after!;
    };
    return this.organizationClock.run(organizationId, () => this.transactions.run(change));
  }

  private async insert(em: EntityManager, caller: Insider, organization: CreateOrganization): Promise<Organization> {
    const organizationId = newId('org');
    const name = organization.name.trim();
    await assertNameIsFree(em, name);
    const created = await queryRow<Organization>(
      em,
      sql`INSERT INTO organization (id, name, price_cents, created_at)
       VALUES (${organizationId}, ${name}, ${organization.priceCents}, ${this.clock.now()}) RETURNING ${columns}`,
    ).catch(toNameConflict);
    await this.wallets.open(em, organizationId);
    await this.audit.record(em, caller, {
      type: 'organization.created',
      organizationId,
      objectId: organizationId,
      internal: { before: null, after: { name, priceCents: organization.priceCents } },
    });
    return created!;
  }

  private async lock(em: EntityManager, organizationId: string): Promise<Organization> {
    const [organization] = await queryRows<Organization>(
      em,
      sql`SELECT ${columns} FROM organization WHERE id = ${organizationId} FOR NO KEY UPDATE`,
    );
    if (!organization) throw new NotFound('This partner');
    return organization;
  }
}

/** The index knows nothing of names that two partners had before it. @throws Conflict */
async function assertNameIsFree(em: EntityManager, name: string): Promise<void> {
  const taken = await queryRow(
    em,
    sql`SELECT id FROM organization WHERE NOT sandbox AND ${textKeySql(sql`name`)} = ${toTextKey(name)} LIMIT 1`,
  );
  if (taken) throw new Conflict('already_exists', NAME_IS_TAKEN);
}

function toNameConflict(error: unknown): never {
  if (violatesUnique(error, 'organization_name_key')) throw new Conflict('already_exists', NAME_IS_TAKEN);
  throw error;
}
