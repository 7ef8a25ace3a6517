import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whoever closes a month locks the transfers, for which PostgreSQL wants the right to change them; a role that only serves lacks it
 * (docs/operations/roles.sql) and locks them by this function, with its owner's right.
 */
export class MonthCloseLock1767225600051 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    const [{ schema }] = await db.query('SELECT quote_ident(current_schema()) AS schema');
    await db.query(`
      CREATE FUNCTION lock_transfers() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        BEGIN LOCK TABLE ${schema}.ledger_transfer IN SHARE MODE; END $$;
      REVOKE ALL ON FUNCTION lock_transfers() FROM PUBLIC;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION lock_transfers()');
  }
}
