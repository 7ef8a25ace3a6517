import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How far the clock of a sandbox is ahead of everybody else's, in milliseconds. It never goes back: where this was taken back, not behind
 * what is booked. The index over all leases is made before the organization is locked, which every call reads.
 */
export class SandboxClocks1767225600048 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX lease_due_in_sandbox ON lease (organization_id, next_renewal_at) WHERE sandbox AND status IN ('active', 'past_due');
      ALTER TABLE organization
        ADD COLUMN clock_ahead_ms bigint NOT NULL DEFAULT 0 CHECK (clock_ahead_ms >= 0),
        ADD CONSTRAINT organization_only_sandbox_is_ahead CHECK (sandbox OR clock_ahead_ms = 0);
      UPDATE organization SET clock_ahead_ms = ceil(1000 * extract(epoch FROM wallet.last_booked_at - now()))
        FROM ledger_account wallet
       WHERE wallet.organization_id = organization.id AND wallet.kind = 'wallet' AND organization.sandbox AND wallet.last_booked_at > now();
      CREATE FUNCTION clock_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the clock of % only moves forward', NEW.id USING ERRCODE = 'restrict_violation'; END $$;
      CREATE TRIGGER organization_clock_goes_forward BEFORE UPDATE OF clock_ahead_ms ON organization FOR EACH ROW
        WHEN (NEW.clock_ahead_ms < OLD.clock_ahead_ms) EXECUTE FUNCTION clock_goes_forward();
      CREATE INDEX organization_sandboxes ON organization (id) WHERE sandbox;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX lease_due_in_sandbox, organization_sandboxes;
      DROP TRIGGER organization_clock_goes_forward ON organization;
      DROP FUNCTION clock_goes_forward();
      ALTER TABLE organization DROP COLUMN clock_ahead_ms;
    `);
  }
}
