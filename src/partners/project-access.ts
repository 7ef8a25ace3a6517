import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { NotFound } from '../core/errors.js';
import { queryRow, sql, type Sql } from '../core/sql.js';

@Injectable()
export class ProjectAccess {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws NotFound for a project that does not exist or belongs to another organization */
  async assertOwn(caller: PartnerCaller, projectId: string): Promise<void> {
    const found = await queryRow(
      this.dataSource.manager,
      sql`SELECT id FROM project WHERE id = ${projectId} AND organization_id = ${caller.organizationId}`,
    );
    if (!found) throw new NotFound('This project');
  }
}

/** Whether a list of one project, or of all with `null`, is the caller's own: for a statement that reads it. */
export function isOwnProjectSql(caller: PartnerCaller, projectId: string | null): Sql {
  return sql`(${projectId}::text IS NULL
    OR EXISTS (SELECT FROM project WHERE project.id = ${projectId}::text AND project.organization_id = ${caller.organizationId}))`;
}
