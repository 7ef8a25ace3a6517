import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One-time links, second factors and recovery codes of staff. Of what signs in, only digests and sealed secrets are kept. */
export class StaffAccounts1767225600010 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE staff_link (
        staff_id text PRIMARY KEY REFERENCES staff_user (id),
        token_digest bytea NOT NULL UNIQUE CHECK (octet_length(token_digest) = 32),
        expires_at timestamptz(3) NOT NULL
      );

      CREATE TABLE staff_second_factor (
        staff_id text PRIMARY KEY REFERENCES staff_user (id),
        id text NOT NULL UNIQUE,
        sealed_secret bytea NOT NULL,
        last_step bigint NOT NULL,
        created_at timestamptz(3) NOT NULL
      );

      CREATE TABLE staff_recovery_code (
        staff_id text NOT NULL REFERENCES staff_second_factor (staff_id) ON DELETE CASCADE,
        code_digest bytea NOT NULL CHECK (octet_length(code_digest) = 32),
        PRIMARY KEY (staff_id, code_digest)
      );

      CREATE OR REPLACE VIEW panel_staff AS
        SELECT id, email, name, role, disabled_at IS NOT NULL AS disabled, disabled_at, created_at, last_signed_in_at,
               EXISTS (SELECT FROM staff_second_factor WHERE staff_second_factor.staff_id = staff_user.id) AS second_factor
          FROM staff_user;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP VIEW panel_staff;
      CREATE VIEW panel_staff AS
        SELECT id, email, name, role, disabled_at IS NOT NULL AS disabled, disabled_at, created_at, last_signed_in_at FROM staff_user;
      DROP TABLE staff_recovery_code, staff_second_factor, staff_link;
    `);
  }
}
