import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a transfer was inserted, by the database's clock; unknown for those before. Nothing is rewritten. */
export class RecordedAt1767225600025 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE ledger_transfer ADD COLUMN recorded_at timestamptz(3);
      ALTER TABLE ledger_transfer ALTER COLUMN recorded_at SET DEFAULT clock_timestamp();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE ledger_transfer DROP COLUMN recorded_at');
  }
}
