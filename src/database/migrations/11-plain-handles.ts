import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Handles are kept in one form, without the `@` that pages put before them. */
export class PlainHandles1767225600011 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      UPDATE social_account SET handle = ltrim(handle, '@') WHERE starts_with(handle, '@');
      UPDATE lease SET handle_at_end = ltrim(handle_at_end, '@') WHERE starts_with(handle_at_end, '@');
    `);
  }

  /** The version before reads both forms, and nobody remembers which were written with the sign. */
  async down(): Promise<void> {}
}
