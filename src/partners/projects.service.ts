import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { assertAsSeen, IsSeenValues, type SeenValues } from '../audit/seen-values.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound } from '../core/errors.js';
import { isPrefixedUuid, newId } from '../core/ids.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { validated, IsText, Optional, validationRule } from '../core/validation.js';
import { violatesUnique } from '../core/database-errors.js';
import { queryRow, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';

/** What a partner leases accounts for. */
export interface Project {
  projectId: string;
  organizationId: string;
  name: string;
}

export function IsProjectId(): PropertyDecorator {
  const isProjectId = (id: unknown) => typeof id === 'string' && isPrefixedUuid('prj', id) && id === id.toLowerCase();
  return validationRule('isProjectId', (id) =>
    isProjectId(id) ? null : 'must be prj_ followed by a uuid in lower case',
  );
}

export class CreateProject {
  @IsText(1, 100)
  organizationId: string;
  @IsText(1, 200)
  name: string;
  @Optional()
  @IsProjectId()
  projectId?: string;
}

export class RenameProject {
  @IsText(1, 100)
  projectId: string;
  @IsText(1, 200)
  name: string;
  /** What the form showed when it was opened; anything else by now is refused. */
  @Optional()
  @IsSeenValues()
  seen?: SeenValues;
}

const columns = sql`id AS "projectId", organization_id AS "organizationId", name`;

@Injectable()
export class ProjectsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly organizationClock: OrganizationClock,
    private readonly clock: Clock,
  ) {}

  /** @throws Conflict when the id is taken, NotFound, ValidationFailed, ForbiddenRole */
  async create(caller: Insider, input: object): Promise<Project> {
    assertAllowed(caller, 'managePartners');
    const project = validated(CreateProject, input);
    return this.transactions.run(async (em) => {
      const organization = await queryRow(em, sql`SELECT id FROM organization WHERE id = ${project.organizationId}`);
      if (!organization) throw new NotFound('This partner');
      return this.organizationClock.run(project.organizationId, () => this.insert(em, caller, project), em);
    });
  }

  /** @throws Conflict when somebody else has changed it, NotFound, ValidationFailed, ForbiddenRole */
  async rename(caller: Insider, input: object): Promise<Project> {
    assertAllowed(caller, 'managePartners');
    const { projectId, name: newName, seen } = validated(RenameProject, input);
    const name = newName.trim();
    return this.transactions.run(async (em) => {
      const before = await queryRow<Project>(
        em,
        sql`SELECT ${columns} FROM project WHERE id = ${projectId} FOR NO KEY UPDATE`,
      );
      if (!before) throw new NotFound('This project');
      await assertAsSeen(em, projectId, seen, { name: before.name });
      if (before.name === name) return before;
      const after = await queryRow<Project>(
        em,
        sql`UPDATE project SET name = ${name} WHERE id = ${projectId} RETURNING ${columns}`,
      );
      await this.audit.record(em, caller, {
        type: 'project.updated',
        organizationId: before.organizationId,
        projectId,
        objectId: projectId,
        internal: { before: { name: before.name }, after: { name } },
      });
      return after!;
    });
  }

  /** @param project validated */
  async insert(em: EntityManager, caller: Insider, project: CreateProject): Promise<Project> {
    const projectId = project.projectId ?? newId('prj');
    const name = project.name.trim();
    const created = await queryRow<Project>(
      em,
      sql`INSERT INTO project (id, organization_id, name, created_at)
       VALUES (${projectId}, ${project.organizationId}, ${name}, ${this.clock.now()}) RETURNING ${columns}`,
    ).catch((error: unknown) => {
      if (!violatesUnique(error, 'project_pkey')) throw error;
      throw new Conflict('already_exists', `A project with the id ${projectId} already exists.`);
    });
    await this.audit.record(em, caller, {
      type: 'project.created',
      organizationId: project.organizationId,
      projectId,
      objectId: projectId,
      internal: { before: null, after: { name } },
    });
    return created!;
  }
}
