import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { assertAllowed } from '../authorization/permissions.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { validated } from '../core/validation.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { defaultScopes } from './api-key-rows.js';
import { ApiKeysService } from './api-keys.service.js';
import { OrganizationRef, type NewPartner } from './organizations.service.js';
import { ProjectsService } from './projects.service.js';

/** What a sandbox's wallet begins with. */
export const PLAY_MONEY_CENTS = 1_000_000;

const MAX_PROJECTS = 50;
const SUFFIX = ' (sandbox)';
const MAX_NAME_LENGTH = 200;

interface Parent {
  name: string;
  priceCents: number | null;
  sandbox: boolean;
  sandboxId: string | null;
}

/** Partners' sandboxes: an organization of its own for each, with test keys, play money and sandbox accounts (contract: Keys). */
@Injectable()
export class SandboxesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly projects: ProjectsService,
    private readonly apiKeys: ApiKeysService,
    private readonly wallets: WalletsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates the sandbox of a partner, with projects of the same names, play money and a key.
   * @throws Conflict where there is one already: `ApiKeysService.create` makes another key for it; NotFound, ValidationFailed, ForbiddenRole
   */
  async create(caller: Insider, input: object): Promise<NewPartner> {
    assertAllowed(caller, 'managePartners');
    const { organizationId: parentId } = validated(OrganizationRef, input);
    return this.transactions.run(async (em) => {
      const parent = await lockParent(em, parentId);
      assertCanHaveSandbox(parent);
      const organizationId = await this.insert(em, caller, parentId, parent);
      const projects = [];
      for (const name of await readProjectNames(em, parentId)) {
        const { projectId: id } = await this.projects.insert(em, caller, { organizationId, name });
        projects.push({ id, name });
      }
      const { apiKey, apiKeyId } = await this.apiKeys.insert(em, caller, {
        organizationId,
        name: 'Sandbox key',
        scopes: defaultScopes,
        tier: 'standard',
        env: 'test',
      });
      await this.wallets.topUpOnce(em, caller, {
        organizationId,
        amountCents: PLAY_MONEY_CENTS,
        confirmedCents: PLAY_MONEY_CENTS,
        reference: `play money of ${organizationId}`,
      });
      return { organizationId, projects, apiKey, apiKeyId };
    });
  }

  private async insert(em: EntityManager, caller: Insider, parentId: string, parent: Parent): Promise<string> {
    const organizationId = newId('org');
    const name = [...parent.name].slice(0, MAX_NAME_LENGTH - SUFFIX.length).join('') + SUFFIX;
    await queryRows(
      em,
      sql`INSERT INTO organization (id, name, price_cents, sandbox, parent_id, created_at)
          VALUES (${organizationId}, ${name}, ${parent.priceCents}, true, ${parentId}, ${this.clock.now()})`,
    );
    await this.wallets.open(em, organizationId);
    await this.audit.record(em, caller, {
      type: 'sandbox.created',
      organizationId: parentId,
      objectId: organizationId,
      internal: { before: null, after: { name, priceCents: parent.priceCents } },
    });
    return organizationId;
  }
}

/** Of two calls at the same moment, the later one finds the other's sandbox. */
async function lockParent(em: EntityManager, organizationId: string): Promise<Parent> {
  await queryRows(em, sql`SELECT id FROM organization WHERE id = ${organizationId} FOR NO KEY UPDATE`);
  const parent = await queryRow<Parent>(
    em,
    sql`SELECT name, price_cents AS "priceCents", sandbox,
               (SELECT own.id FROM organization own WHERE own.parent_id = organization.id) AS "sandboxId"
          FROM organization WHERE id = ${organizationId}`,
  );
  if (!parent) throw new NotFound('This partner');
  return parent;
}

function assertCanHaveSandbox({ sandbox, sandboxId }: Parent): void {
  if (sandbox) throw new Conflict('not_allowed_now', 'This organization is a sandbox itself.');
  if (sandboxId === null) return;
  throw new Conflict(
    'already_exists',
    `This partner has a sandbox already: ${sandboxId}. For another key, create an API key of that organization.`,
    { sandboxId },
  );
}

async function readProjectNames(em: EntityManager, organizationId: string): Promise<string[]> {
  const found = await queryRows<{ name: string }>(
    em,
    sql`SELECT name FROM project WHERE organization_id = ${organizationId} ORDER BY created_at, id LIMIT ${MAX_PROJECTS}`,
  );
  return found.length > 0 ? found.map(({ name }) => name) : ['Sandbox'];
}
