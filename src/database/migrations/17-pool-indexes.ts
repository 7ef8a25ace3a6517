import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Writers of accounts wait for these; readers do not. */
export class PoolIndexes1767225600017 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX social_account_resetting ON social_account (resetting_until) WHERE status = 'resetting';
      CREATE INDEX social_account_handle_trigram ON social_account USING gin (handle gin_trgm_ops);
      CREATE INDEX social_account_changed_in ON social_account (status, updated_at, id);
      CREATE INDEX social_account_language ON social_account (lower(split_part(language, '-', 1)), updated_at, id) INCLUDE (language, status);
      CREATE INDEX social_account_followers ON social_account (followers, id) INCLUDE (updated_at);
      CREATE INDEX social_account_name ON social_account (handle, id);
      CREATE INDEX social_account_tags ON social_account USING gin (verticals, countries);
      CREATE INDEX social_account_changed ON social_account (updated_at, id);
      DROP INDEX social_account_free;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX social_account_free ON social_account USING gin (verticals) WHERE status = 'available';
      DROP INDEX social_account_resetting, social_account_handle_trigram, social_account_changed_in, social_account_language, social_account_followers,
                 social_account_name, social_account_tags, social_account_changed;
    `);
  }
}
