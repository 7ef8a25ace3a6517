import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { NotFound } from '../core/errors.js';
import { queryRow, sql } from '../core/sql.js';

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
