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

/** Whether a project is the caller's own, for the statement that reads a list of it; true for a list of all projects, `null`. */
export function isOwnProjectSql(caller: PartnerCaller, projectId: string | null): Sql {
  if (projectId === null) return sql`true`;
  return sql`EXISTS (SELECT FROM project WHERE project.id = ${projectId} AND project.organization_id = ${caller.organizationId})`;
}
