import { createHash } from 'node:crypto';
import { withClient } from '../databases.mjs';
import { benchCaller, withServices } from '../operator.mjs';
import { createOperators, WALLET_CENTS } from './seed.mjs';

const { WalletsService } = await import('../../dist/src/wallets/wallets.service.js');

/** The filler's largest come first; the smallest database has hardly more. */
const PARTNERS = 9;
const SECRET = 'b'.repeat(43);

/** Gives the largest partners of a filled database a key that is known, no limits and a full wallet. */
export async function seedFilled(databaseUrl) {
  const partners = await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query(
      `UPDATE api_key SET secret_digest = $1, tier = 'internal'
         FROM organization JOIN project ON project.organization_id = organization.id
        WHERE organization.id = api_key.organization_id
          AND organization.id IN (SELECT id FROM organization WHERE suspended_at IS NULL ORDER BY id LIMIT $2)
       RETURNING organization.id AS "organizationId", project.id AS "projectId", 'lp_live_' || prefix || '_' || $3::text AS "apiKey"`,
      [createHash('sha256').update(SECRET).digest(), PARTNERS, SECRET],
    );
    return rows;
  });
  return withServices(databaseUrl, async (get) => {
    for (const { organizationId } of partners) {
      await get(WalletsService).topUp(benchCaller, {
        organizationId,
        amountCents: WALLET_CENTS,
        confirmedCents: WALLET_CENTS,
        reference: `Bench ${organizationId}`,
      });
    }
    return { partners, operators: await createOperators(get) };
  });
}
