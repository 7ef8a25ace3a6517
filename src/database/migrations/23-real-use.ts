import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The database remembers whether it is the demo's: empty until a service has started on it. */
export class RealUse1767225600023 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE house_state ADD COLUMN is_demo boolean');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE house_state DROP COLUMN is_demo');
  }
}
