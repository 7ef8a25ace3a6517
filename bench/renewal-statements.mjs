const both = (leases, partners) => [leases, partners];
const partnersAlone = (_leases, partners) => [partners];
const organization = "'org_' || lpad((%s)::text, 12, '0')";
const organizationOf = (n) => organization.replace('%s', n);
const idOf = (prefix, n) => `'${prefix}_' || lpad((${n})::text, 12, '0')`;
const assigned = "date_trunc('hour', now()) - interval '1 month' - interval '1 hour'";

/** Partners with leases that all fell due an hour ago, and the money for them. `$1` leases, `$2` partners. */
export const dueLeasesStatements = [
  {
    text: `INSERT INTO organization (id, name, created_at)
           SELECT ${organizationOf('n')}, 'Partner ' || n, ${assigned} FROM generate_series(0, $1::int - 1) n`,
    values: partnersAlone,
  },
  {
    text: `INSERT INTO project (id, organization_id, name, created_at)
           SELECT ${idOf('prj', 'n')}, ${organizationOf('n')}, 'Project', ${assigned} FROM generate_series(0, $1::int - 1) n`,
    values: partnersAlone,
  },
  {
    text: `INSERT INTO api_key (id, organization_id, name, prefix, secret_digest, env, scopes, tier, created_at)
           SELECT ${idOf('key', 'n')}, ${organizationOf('n')}, 'Key', lpad(n::text, 16, '0'), sha256('x'), 'live', '{*}', 'internal', ${assigned}
             FROM generate_series(0, $1::int - 1) n`,
    values: partnersAlone,
  },
  {
    text: `INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, status,
                                      assigned_count, submitted_at, assigned_at, closed_at, closed_by, updated_at)
           SELECT ${idOf('lreq', 'n')}, ${idOf('lreq', 'n')}, ${organizationOf('n % $2::int')}, ${idOf('prj', 'n % $2::int')}, ${idOf('key', 'n % $2::int')},
                  sha256('x'), 1, 'coffee', 'assigned', 1, ${assigned}, ${assigned}, ${assigned}, 'staff', ${assigned}
             FROM generate_series(0, $1::int - 1) n`,
    values: both,
  },
  {
    text: `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
           SELECT ${idOf('sa', 'n')}, 'account.' || n, 10000, '{coffee}', 'en', '{US}', 'assigned', ${assigned}, ${assigned}
             FROM generate_series(0, $1::int - 1) n`,
    values: (leases) => [leases],
  },
  {
    text: `INSERT INTO lease (id, lease_request_id, organization_id, project_id, social_account_id, price_cents, assigned_at, assigned_by,
                              anchor_day, next_renewal_at, status)
           SELECT ${idOf('lse', 'n')}, ${idOf('lreq', 'n')}, ${organizationOf('n % $2::int')}, ${idOf('prj', 'n % $2::int')}, ${idOf('sa', 'n')}, 15000,
                  ${assigned}, 'system', extract(day FROM ${assigned})::int, ${assigned} + interval '1 month', 'active'
             FROM generate_series(0, $1::int - 1) n`,
    values: both,
  },
  {
    text: `INSERT INTO ledger_account (id, kind, organization_id, balance_cents, owed_cents, wallet_seq, last_booked_at)
           SELECT 'wallet:' || organization_id, 'wallet', organization_id, 20000 * count(*), 0, 1 + count(*), ${assigned} FROM lease GROUP BY organization_id
           UNION ALL SELECT 'owed:' || id, 'owed', id, NULL, NULL, NULL, NULL FROM organization`,
    values: () => [],
  },
  {
    text: `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reference, booked_by,
                                        wallet_seq, wallet_balance_after, booked_at)
           SELECT 'txn_' || organization_id, 'top_up', 'funding', 'wallet:' || organization_id, 35000 * count(*), organization_id, organization_id, 'system',
                  1, 35000 * count(*), ${assigned}
             FROM lease GROUP BY organization_id`,
    values: () => [],
  },
  {
    text: `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id, period_start, period_end,
                                        booked_by, wallet_seq, wallet_balance_after, booked_at)
           SELECT 'txn_' || id, 'lease_charge', 'wallet:' || organization_id, 'revenue', price_cents, organization_id, id, assigned_at, next_renewal_at, 'system',
                  1 + line, 35000 * leases - 15000 * line, ${assigned}
             FROM (SELECT lease.*, row_number() OVER (PARTITION BY organization_id ORDER BY id) AS line,
                          count(*) OVER (PARTITION BY organization_id) AS leases FROM lease) lease`,
    values: () => [],
  },
];

/** All renewals in one statement: the same rows changed and written, with nothing decided on the way. */
export const plainRenewals = `
  WITH due AS MATERIALIZED (
    SELECT id, organization_id, project_id, social_account_id, lease_request_id, price_cents, next_renewal_at,
           row_number() OVER statement AS line, sum(price_cents) OVER statement AS taken
      FROM lease WHERE status = 'active' AND next_renewal_at <= now()
    WINDOW statement AS (PARTITION BY organization_id ORDER BY next_renewal_at, id)
  ), moved AS (
    UPDATE lease SET next_renewal_at = due.next_renewal_at + interval '1 month' FROM due WHERE lease.id = due.id
  ), wallet AS (
    UPDATE ledger_account
       SET balance_cents = balance_cents - total.cents, wallet_seq = wallet_seq + total.leases, last_booked_at = now()
      FROM (SELECT organization_id, sum(price_cents) AS cents, count(*) AS leases FROM due GROUP BY organization_id) total
     WHERE ledger_account.id = 'wallet:' || total.organization_id
    RETURNING ledger_account.organization_id, balance_cents + total.cents AS before, wallet_seq - total.leases AS seq_before
  ), booked AS (
    INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id, period_start, period_end,
                                 booked_by, wallet_seq, wallet_balance_after, booked_at)
    SELECT 'txn_' || gen_random_uuid(), 'lease_renewal', 'wallet:' || organization_id, 'revenue', price_cents, organization_id, due.id, next_renewal_at,
           next_renewal_at + interval '1 month', 'system', seq_before + line, before - taken, now()
      FROM due JOIN wallet USING (organization_id)
    RETURNING id, lease_id, amount_cents, period_start, period_end
  )
  INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, object_id, lease_request_id, actor_kind, actor_id, actor_name, request_id, data, internal)
  SELECT 'evt_' || gen_random_uuid(), 'leased_account.renewed', now(), due.organization_id, due.project_id, due.social_account_id, due.lease_request_id,
         'system', 'system', 'bench', 'req_bench',
         jsonb_build_object('socialAccountId', due.social_account_id, 'priceCents', amount_cents, 'periodStart', period_start, 'periodEnd', period_end,
                            'transactionId', booked.id),
         jsonb_build_object('leaseId', due.id, 'before', jsonb_build_object('status', 'active'), 'after', jsonb_build_object('status', 'active'))
    FROM booked JOIN due ON due.id = booked.lease_id`;
