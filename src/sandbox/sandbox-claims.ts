import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { queryRow, queryRows, sql } from '../core/sql.js';

/** Longer than any transaction lives; what a dead process claimed is free after it. */
const duration = sql`interval '30 seconds'`;

/** One sandbox, held by one piece of work. */
export interface SandboxClaim {
  organizationId: string;
  claim: string;
}

/** Lets one piece of work at a time, over all processes, go on in a sandbox. Ends by the database's clock. */
@Injectable()
export class SandboxClaims {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns `null` where another one has it */
  async take(organizationId: string): Promise<SandboxClaim | null> {
    const claim = randomUUID();
    const taken = await queryRow(
      this.dataSource.manager,
      sql`INSERT INTO sandbox_claim AS held (organization_id, claim, claimed_until)
          VALUES (${organizationId}, ${claim}, clock_timestamp() + ${duration})
          ON CONFLICT (organization_id) DO UPDATE SET claim = excluded.claim, claimed_until = excluded.claimed_until
           WHERE held.claimed_until <= clock_timestamp()
          RETURNING claim`,
    );
    return taken ? { organizationId, claim } : null;
  }

  /** Prolongs it. @returns whether it is still held */
  async keep({ organizationId, claim }: SandboxClaim): Promise<boolean> {
    const kept = await queryRow(
      this.dataSource.manager,
      sql`UPDATE sandbox_claim SET claimed_until = clock_timestamp() + ${duration}
           WHERE organization_id = ${organizationId} AND claim = ${claim} RETURNING claim`,
    );
    return kept !== null;
  }

  async release({ organizationId, claim }: SandboxClaim): Promise<void> {
    await queryRows(
      this.dataSource.manager,
      sql`DELETE FROM sandbox_claim WHERE organization_id = ${organizationId} AND claim = ${claim}`,
    );
  }
}
