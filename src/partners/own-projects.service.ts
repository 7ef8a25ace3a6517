import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { readCursor, toPage, type Page } from '../core/pages.js';
import { queryRows, sql } from '../core/sql.js';
import type { ProjectsQuery, ProjectView } from './dto/projects.js';

interface ProjectRow extends Omit<ProjectView, 'createdAt'> {
  createdAt: Date;
}

/** The projects of the calling organization. */
@Injectable()
export class OwnProjectsService {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. @throws ValidationFailed on a cursor of another list */
  async list({ organizationId }: PartnerCaller, { cursor, limit }: ProjectsQuery): Promise<Page<ProjectView>> {
    const list = ['projects', organizationId];
    const after = readCursor(cursor, list);
    const afterSql = after ? sql`AND (created_at, id) < (${after.at}, ${after.id})` : sql``;
    const rows = await queryRows<ProjectRow>(
      this.dataSource.manager,
      sql`SELECT id, name, created_at AS "createdAt" FROM project
           WHERE organization_id = ${organizationId} ${afterSql}
           ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`,
    );
    return toPage(
      rows,
      limit,
      list,
      ({ createdAt, id }) => ({ at: createdAt, id }),
      (row) => ({ ...row, createdAt: row.createdAt.toISOString() }),
    );
  }
}
