import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Staff1767225600005 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE staff_user (
        id text PRIMARY KEY CHECK (starts_with(id, 'stf_')),
        email text NOT NULL CHECK (char_length(email) BETWEEN 3 AND 254),
        name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
        role text NOT NULL CHECK (role IN ('viewer', 'operator', 'finance', 'admin')),
        password_hash text,
        disabled_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        last_signed_in_at timestamptz(3)
      );
      CREATE UNIQUE INDEX staff_user_email_key ON staff_user (lower(email));

      CREATE TABLE staff_session (sid varchar PRIMARY KEY, sess json NOT NULL, expire timestamp(6) NOT NULL);
      CREATE INDEX staff_session_expire ON staff_session (expire);

      CREATE UNLOGGED TABLE sign_in_attempt (key varchar(255) PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE sign_in_attempt; DROP TABLE staff_session; DROP TABLE staff_user;');
  }
}
