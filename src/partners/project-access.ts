import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { NotFound } from '../core/errors.js';
import { queryRow } from '../core/sql.js';

/** Whose projects a partner's call may name. */
@Injectable()
export class ProjectAccess {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws NotFound for a project that is not there or is another's */
  async assertOwn(caller: PartnerCaller, projectId: string): Promise<void> {
    const found = await queryRow(
      this.dataSource.manager,
      'SELECT id FROM project WHERE id = $1 AND organization_id = $2',
      [projectId, caller.organizationId],
    );
    if (!found) throw new NotFound('This project');
  }
}
