import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the events of an actor and of a call. Writers of the audit log wait while each index is made, readers do not. */
export class AuditActors1767225600024 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX audit_event_of_actor_name ON audit_event (actor_name, occurred_at, id);
      CREATE INDEX audit_event_of_actor ON audit_event (actor_id, occurred_at, id);
      CREATE INDEX audit_event_of_actor_kind ON audit_event (actor_kind, occurred_at, id);
      CREATE INDEX audit_event_of_call ON audit_event (request_id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      'DROP INDEX audit_event_of_actor_name, audit_event_of_actor, audit_event_of_actor_kind, audit_event_of_call',
    );
  }
}
