import { withClient } from '../databases.mjs';

/** Rows that contradict each other, by what they contradict. */
const faults = {
  'a wallet and its newest transfer': `
    SELECT FROM ledger_account wallet
      JOIN LATERAL (SELECT wallet_seq, wallet_balance_after FROM ledger_transfer WHERE organization_id = wallet.organization_id
                     ORDER BY wallet_seq DESC LIMIT 1) newest ON true
     WHERE (newest.wallet_seq, newest.wallet_balance_after) <> (wallet.wallet_seq, wallet.balance_cents)`,
  'two neighbours of a statement': `
    SELECT FROM (SELECT wallet_seq, wallet_balance_after, amount_cents, lag(wallet_seq) OVER statement AS seq_before,
                        lag(wallet_balance_after) OVER statement AS balance_before
                   FROM ledger_transfer WINDOW statement AS (PARTITION BY organization_id ORDER BY wallet_seq)) transfer
     WHERE wallet_seq <> seq_before + 1 OR wallet_balance_after <> balance_before - amount_cents`,
  'a lease and its charge': `
    SELECT FROM lease FULL JOIN ledger_transfer transfer ON transfer.lease_id = lease.id WHERE transfer.id IS NULL OR lease.id IS NULL`,
  'an account and its lease': `
    SELECT FROM social_account account LEFT JOIN lease ON lease.social_account_id = account.id AND lease.status = 'active'
     WHERE (account.status = 'assigned') <> (lease.id IS NOT NULL)`,
  'a request and its leases': `
    SELECT FROM lease_request request WHERE assigned_count <> (SELECT count(*) FROM lease WHERE lease_request_id = request.id)`,
};

/** @throws Error that names what is wrong in the floor's database */
export function assertCleanFloor(databaseUrl) {
  return withClient(databaseUrl, async (client) => {
    for (const [what, text] of Object.entries(faults)) {
      const { rowCount } = await client.query(text);
      if (rowCount > 0) throw new Error(`The floor's database has ${rowCount} faults between ${what}`);
    }
  });
}
