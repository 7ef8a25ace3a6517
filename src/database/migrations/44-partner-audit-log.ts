import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexOnce } from './create-index-once.js';

/**
 * The audit log of a partner by type, project and key. Writers of the audit log wait while each index is made, readers do not; an
 * operator may make them beforehand (docs/decisions/035).
 */
export class PartnerAuditLog1767225600044 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await createIndexOnce(
      db,
      'audit_event_of_organization_type',
      'audit_event (organization_id, type, occurred_at DESC, id) WHERE organization_id IS NOT NULL',
    );
    await createIndexOnce(
      db,
      'audit_event_of_project',
      'audit_event (project_id, occurred_at DESC, id) WHERE project_id IS NOT NULL',
    );
    await createIndexOnce(
      db,
      'audit_event_of_api_key',
      'audit_event (api_key_id, occurred_at DESC, id) WHERE api_key_id IS NOT NULL',
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX audit_event_of_organization_type, audit_event_of_project, audit_event_of_api_key');
  }
}
