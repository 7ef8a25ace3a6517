import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the panel's lists read: each thing with the names that staff know it by. No view has a hash, a digest or a fingerprint,
 * so the panel cannot show one.
 */
export class PanelViews1767225600006 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE VIEW panel_organization AS
        SELECT id, name, CASE WHEN suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS status, price_cents, suspended_at, created_at
          FROM organization;

      CREATE VIEW panel_api_key AS
        SELECT api_key.id, api_key.organization_id, api_key.name, api_key.prefix,
               CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN killed_at IS NOT NULL THEN 'killed' ELSE 'active' END AS status,
               api_key.env, api_key.scopes, api_key.tier, api_key.created_at, api_key.last_used_at, api_key.killed_at,
               coalesce(staff_user.name, api_key.killed_by) AS killed_by, api_key.revoked_at
          FROM api_key LEFT JOIN staff_user ON staff_user.id = api_key.killed_by;

      CREATE VIEW panel_wallet AS
        SELECT wallet.organization_id AS id, organization.name AS organization_name, wallet.balance_cents, wallet.owed_cents,
               organization.price_cents,
               (SELECT count(*) FROM lease
                 WHERE lease.organization_id = wallet.organization_id AND lease.status IN ('active', 'past_due')) AS live_leases,
               (SELECT coalesce(sum(lease.price_cents), 0)::bigint FROM lease
                 WHERE lease.organization_id = wallet.organization_id AND lease.status IN ('active', 'past_due')) AS monthly_commitment_cents,
               wallet.last_booked_at
          FROM ledger_account wallet
          JOIN organization ON organization.id = wallet.organization_id
         WHERE wallet.kind = 'wallet';

      CREATE VIEW panel_ledger_transfer AS
        SELECT transfer.id, transfer.kind, transfer.organization_id,
               CASE WHEN starts_with(transfer.debit_account_id, 'wallet:') THEN -transfer.amount_cents ELSE transfer.amount_cents END AS amount_cents,
               transfer.wallet_balance_after AS balance_after_cents, transfer.wallet_seq, transfer.debit_account_id, transfer.credit_account_id,
               transfer.lease_id, transfer.period_start, transfer.period_end, transfer.reverses_id, transfer.reference, transfer.reason,
               coalesce(staff_user.name, transfer.booked_by) AS booked_by, transfer.booked_at
          FROM ledger_transfer transfer LEFT JOIN staff_user ON staff_user.id = transfer.booked_by;

      CREATE VIEW panel_lease_request AS
        SELECT id, request_id, organization_id, project_id, api_key_id, status, count, assigned_count, blocker, blocker_since,
               vertical, audience, language, geo, target, partner_note, version, submitted_at, assigned_at, closed_at, closed_by,
               outcome_reason, updated_at
          FROM lease_request;

      CREATE VIEW panel_request_note AS
        SELECT note.id, note.lease_request_id, note.author, coalesce(staff_user.name, note.staff_id, 'partner') AS author_name,
               note.body, note.visibility, note.blocker, note.created_at, note.withdrawn_at, note.retired_at
          FROM request_note note LEFT JOIN staff_user ON staff_user.id = note.staff_id;

      CREATE VIEW panel_lease AS
        SELECT lease.id, lease.lease_request_id, lease.organization_id, lease.project_id, lease.social_account_id,
               coalesce(lease.handle_at_end, account.handle) AS handle,
               coalesce(lease.followers_at_end, account.followers) AS followers,
               lease.status, lease.price_cents, lease.assigned_at, coalesce(staff_user.name, lease.assigned_by) AS assigned_by,
               lease.next_renewal_at, lease.past_due_since, lease.ended_at, lease.end_reason
          FROM lease
          JOIN social_account account ON account.id = lease.social_account_id
          LEFT JOIN staff_user ON staff_user.id = lease.assigned_by;

      CREATE VIEW panel_staff AS
        SELECT id, email, name, role, disabled_at IS NOT NULL AS disabled, disabled_at, created_at, last_signed_in_at FROM staff_user;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP VIEW panel_staff, panel_lease, panel_request_note, panel_lease_request, panel_ledger_transfer, panel_wallet, panel_api_key,
                panel_organization;
    `);
  }
}
