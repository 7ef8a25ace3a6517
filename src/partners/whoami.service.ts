import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiProperty } from '../partner-api/openapi/decorators.js';
import type { PartnerCaller } from '../authorization/actor.js';
import { NotFound } from '../core/errors.js';
import { queryRow, sql } from '../core/sql.js';
import { walletIdSql } from '../wallets/wallet-sql.js';

const organizationId = { type: 'string', example: 'org_8f1b8f6e-2f0a-4c52-9a4e-6f3a2a1f0b77' } as const;

/** The answer of GET /v1/whoami. */
export class Whoami {
  @ApiProperty(organizationId)
  organizationId: string;

  @ApiProperty({ ...organizationId, description: 'Equals organizationId.' })
  workspaceId: string;

  @ApiProperty({ type: 'string', example: 'Brew Media' })
  organizationName: string;

  @ApiProperty({ ...organizationId, nullable: true, example: null, description: 'Null but for a sandbox.' })
  parentOrganizationId: string | null;

  @ApiProperty({ type: 'array', items: { type: 'string' }, example: ['leased:write'] })
  scopes: string[];

  @ApiProperty({
    type: 'string',
    enum: ['standard', 'pilot', 'partner'],
    nullable: true,
    description: 'Null for a key without limits.',
  })
  rateLimitTier: string | null;

  @ApiProperty({ type: 'string', example: 'key_0b7e3c1a-52c4-4f1c-8a57-1f2ab7c0d9e3' })
  apiKeyId: string;

  @ApiProperty({ type: 'integer', example: 100_000, description: 'What the wallet holds, in cents.' })
  creditBalance: number;
}

@Injectable()
export class WhoamiService {
  constructor(private readonly dataSource: DataSource) {}

  async whoami(caller: PartnerCaller): Promise<Whoami> {
    const found = await queryRow<Whoami>(
      this.dataSource.manager,
      sql`SELECT organization.id AS "organizationId", organization.id AS "workspaceId", organization.name AS "organizationName",
              organization.parent_id AS "parentOrganizationId", api_key.scopes,
              nullif(api_key.tier, 'internal') AS "rateLimitTier", api_key.id AS "apiKeyId",
              wallet.balance_cents AS "creditBalance"
         FROM api_key
         JOIN organization ON organization.id = api_key.organization_id
         JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`organization.id`)}
        WHERE api_key.id = ${caller.apiKeyId}`,
    );
    if (!found) throw new NotFound('This key');
    return found;
  }
}
