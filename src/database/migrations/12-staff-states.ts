import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The list of staff tells who is invited and has not come yet, and what disabling somebody would end. */
export class StaffStates1767225600012 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE OR REPLACE VIEW panel_staff AS
        SELECT id, email, name, role, disabled_at IS NOT NULL AS disabled, disabled_at, created_at, last_signed_in_at,
               EXISTS (SELECT FROM staff_second_factor WHERE staff_second_factor.staff_id = staff_user.id) AS second_factor,
               CASE WHEN disabled_at IS NOT NULL THEN 'disabled'
                    WHEN password_hash IS NOT NULL THEN 'active'
                    WHEN link_until IS NOT NULL THEN 'invited'
                    ELSE 'invitation_over' END AS state,
               link_until,
               (SELECT count(*)::int FROM staff_session
                 WHERE sess ->> 'staffId' = staff_user.id AND expire > now()::timestamp) AS open_sessions,
               (SELECT count(*)::int FROM lease_request
                 WHERE claimed_by = staff_user.id AND claimed_until > now()) AS claims_held
          FROM staff_user
          LEFT JOIN LATERAL (SELECT expires_at AS link_until FROM staff_link
                              WHERE staff_id = staff_user.id AND expires_at > now()) open_link ON true;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP VIEW panel_staff;
      CREATE VIEW panel_staff AS
        SELECT id, email, name, role, disabled_at IS NOT NULL AS disabled, disabled_at, created_at, last_signed_in_at,
               EXISTS (SELECT FROM staff_second_factor WHERE staff_second_factor.staff_id = staff_user.id) AS second_factor
          FROM staff_user;
    `);
  }
}
