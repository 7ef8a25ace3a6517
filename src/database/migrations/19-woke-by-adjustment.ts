import type { MigrationInterface, QueryRunner } from 'typeorm';

const before = ['top_up', 'refund', 'account_available', 'partner_reply', 'day'];

/** A request short of money may also have woken because its wallet was adjusted. */
export class WokeByAdjustment1767225600019 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(reasonsAre([...before, 'adjustment']));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      UPDATE lease_request SET woke_because = 'top_up' WHERE woke_because = 'adjustment';
      ${reasonsAre(before)}
    `);
  }
}

function reasonsAre(reasons: string[]): string {
  const listed = reasons.map((reason) => `'${reason}'`).join(', ');
  return `
    ALTER TABLE lease_request DROP CONSTRAINT lease_request_woke_because_check;
    ALTER TABLE lease_request ADD CONSTRAINT lease_request_woke_because_check CHECK (woke_because IN (${listed}));
  `;
}
