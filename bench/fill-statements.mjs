/** An id of a kind that sorts by its number. */
const id = (kind, number) => `'${kind}_' || lpad((${number})::text, 26, '0')`;
/** A number of 0 to 999,999 that belongs to another number: the same in every run. */
const chance = (number, salt) => `(abs(hashtext((${number})::text || '${salt}')) % 1000000)`;

const words = (list) => `(ARRAY[${list.map((word) => `'${word}'`).join(',')}])`;
const verticals = words([
  ...['coffee', 'fitness', 'mobile games', 'beauty', 'travel', 'fashion', 'education', 'cooking', 'finance', 'music'],
  ...[
    'parenting',
    'pets',
    'home decor',
    'gardening',
    'cars',
    'sports',
    'tech',
    'books',
    'film',
    'photography',
    'crafts',
  ],
  ...[
    'comedy',
    'dance',
    'health',
    'skin care',
    'vegan food',
    'outdoors',
    'motorcycles',
    'history',
    'science',
    'cycling',
  ],
  ...['running', 'yoga', 'anime', 'board games', 'street wear', 'jewellery', 'wedding', 'real estate', 'careers'],
]);
const VERTICALS = 40;
const languages = words(['en', 'en', 'en', 'es', 'es', 'pt-BR', 'de', 'fr', 'it', 'ja', 'ko', 'nl']);
const LANGUAGES = 12;
const countries = words(['US', 'CA', 'GB', 'ES', 'MX', 'BR', 'DE', 'FR', 'IT', 'JP', 'KR', 'NL']);

/** Some verticals are far more wanted than others. */
const someVertical = (number, salt) =>
  `${verticals}[1 + floor(${VERTICALS} * power(${chance(number, salt)} / 1000000.0, 1.6))::int]`;
const place = (number, salt) => `(1 + ${chance(number, salt)} % ${LANGUAGES})`;

/**
 * The statements that fill, in order. Requests come evenly over 730 days; the youngest are open. Every tenth request that is closed was
 * rejected, the others have one to three leases; most leases of the older ones have ended.
 */
export function statements(scale) {
  const partners = Math.round(2_000 * scale);
  const accounts = Math.round(200_000 * scale);
  const requests = Math.round(200_000 * scale);
  const open = Math.round(5_000 * scale);
  const closed = requests - open;
  const age = `make_interval(secs => 730 * 86400.0 * (${requests} - n) / ${requests})`;
  return [
    {
      what: 'Colleagues',
      text: `INSERT INTO staff_user (id, email, name, role, created_at)
        SELECT ${id('stf', 'n')}, 'colleague.' || n || '@staff.example', 'Colleague ' || n, 'operator', now() - interval '800 days'
          FROM generate_series(1, 20) n`,
    },
    {
      what: 'Partners',
      text: `INSERT INTO organization (id, name, created_at)
        SELECT ${id('org', 'n')}, 'Partner number ' || n, now() - interval '800 days' FROM generate_series(1, ${partners}) n`,
    },
    {
      what: 'Projects',
      text: `INSERT INTO project (id, organization_id, name, created_at)
        SELECT ${id('prj', 'n')}, ${id('org', 'n')}, 'Launch ' || n, now() - interval '800 days' FROM generate_series(1, ${partners}) n`,
    },
    {
      what: 'Keys',
      text: `INSERT INTO api_key (id, organization_id, name, prefix, secret_digest, env, scopes, tier, created_at)
        SELECT ${id('key', 'n')}, ${id('org', 'n')}, 'Production', upper(lpad(to_hex(n), 16, '0')), sha256(n::text::bytea), 'live',
               '{leased:write}', 'standard', now() - interval '800 days' FROM generate_series(1, ${partners}) n`,
    },
    {
      what: 'Accounts',
      text: `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
        SELECT ${id('sa', 'n')}, replace(first, ' ', '.') || '.' || to_hex(n * 7919), 1000 + ${chance('n', 'followers')} / 2,
               CASE WHEN first = second THEN ARRAY[first] ELSE ARRAY[first, second] END, ${languages}[tongue],
               CASE WHEN ${chance('n', 'abroad')} < 500000 THEN ARRAY[${countries}[tongue]]
                    ELSE ARRAY[${countries}[tongue], ${countries}[1 + tongue % ${LANGUAGES}]] END,
               'warming', now() - interval '750 days', now() - make_interval(secs => n * 30)
          FROM (SELECT n, ${someVertical('n', 'first')} AS first, ${someVertical('n', 'second')} AS second, ${place('n', 'tongue')} AS tongue
                  FROM generate_series(1, ${accounts}) n) account`,
    },
    {
      what: 'Requests',
      text: `INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, assigned_count, vertical,
                                       vertical_key, language, geo, status, submitted_at, due_at, paused_at, paused_ms, claimed_by, claimed_until,
                                       first_assigned_at, first_assigned_paused_ms, assigned_at, closed_at, closed_by, outcome_reason, updated_at)
        SELECT ${id('lreq', 'n')}, ${id('lreq', 'n')}, ${id('org', 'partner')}, ${id('prj', 'partner')}, ${id('key', 'partner')}, sha256(n::text::bytea),
               wanted, assigned, vertical, vertical, CASE WHEN chance % 4 > 0 THEN ${languages}[tongue] END,
               CASE WHEN chance % 3 > 0 THEN ARRAY[${countries}[tongue]] END,
               CASE WHEN n > ${closed} THEN 'requested' WHEN assigned = 0 THEN 'rejected' WHEN assigned < wanted THEN 'partial' ELSE 'assigned' END,
               submitted, submitted + interval '48 hours', NULL, CASE WHEN chance % 9 = 0 THEN 7200000 ELSE 0 END,
               CASE WHEN n > ${closed} AND chance % 60 = 0 THEN ${id('stf', '1 + chance % 20')} END,
               CASE WHEN n > ${closed} AND chance % 60 = 0 THEN now() + interval '1 day' END,
               CASE WHEN assigned > 0 THEN submitted + make_interval(mins => 5 + chance % 600) END, CASE WHEN assigned > 0 THEN 0 END,
               CASE WHEN n <= ${closed} AND assigned > 0 THEN done END,
               CASE WHEN n <= ${closed} THEN done END,
               CASE WHEN n <= ${closed} THEN 'staff' END,
               CASE WHEN n <= ${closed} AND assigned < wanted THEN 'no_inventory' END,
               CASE WHEN n <= ${closed} THEN done ELSE submitted END
          FROM (SELECT n, chance, wanted, vertical, tongue, partner, submitted,
                       CASE WHEN n > ${closed} THEN least(chance % 2, wanted - 1) WHEN chance % 10 = 0 THEN 0 ELSE least(1 + chance % 3, wanted) END AS assigned,
                       least(submitted + make_interval(mins => 700 + chance % 3600), now()) AS done
                  FROM (SELECT n, ${chance('n', 'of a request')} AS chance, 1 + ${chance('n', 'wanted')} % 5 AS wanted, ${someVertical('n', 'wish')} AS vertical,
                               ${place('n', 'tongue of a wish')} AS tongue, 1 + ${chance('n', 'partner')} % ${partners} AS partner,
                               (now() - ${age})::timestamptz(3) AS submitted
                          FROM generate_series(1, ${requests}) n) asked) request`,
    },
    {
      what: 'Leases',
      // Numbered anew, so that no account has two that are live: one live lease for each of the newest, up to 30 % of the accounts.
      text: `INSERT INTO lease (id, lease_request_id, organization_id, project_id, social_account_id, price_cents, assigned_at, assigned_by, anchor_day,
                               next_renewal_at, status, ended_at, end_reason, handle_at_end, followers_at_end)
        SELECT ${id('lse', 'n')}, request_id, organization_id, project_id, ${id('sa', `1 + (n - 1) % ${accounts}`)}, 15000, at, ${id('stf', '1')},
               extract(day FROM at AT TIME ZONE 'UTC')::int,
               CASE WHEN live THEN at + interval '1 month' END, CASE WHEN live THEN 'active' ELSE 'ended' END,
               CASE WHEN NOT live THEN least(at + interval '30 days', now()) END, CASE WHEN NOT live THEN 'released_by_partner' END,
               CASE WHEN NOT live THEN 'account ' || n END, CASE WHEN NOT live THEN 1000 END
          FROM (SELECT row_number() OVER newest AS n, row_number() OVER newest <= ${Math.round(accounts * 0.3)} AS live, request.id AS request_id,
                       request.organization_id, request.project_id, request.first_assigned_at AS at
                  FROM lease_request request CROSS JOIN LATERAL generate_series(1, request.assigned_count) one
                WINDOW newest AS (ORDER BY request.submitted_at DESC, request.id, one)) lease`,
    },
    {
      what: 'Accounts that are leased or available',
      text: `UPDATE social_account SET status = CASE WHEN lease.id IS NULL THEN 'available' ELSE 'assigned' END
          FROM social_account account LEFT JOIN lease ON lease.social_account_id = account.id AND lease.status = 'active'
         WHERE account.id = social_account.id AND (lease.id IS NOT NULL OR ${chance('account.id', 'rest')} < 850000)`,
    },
    {
      what: 'Wallets',
      text: `INSERT INTO ledger_account (id, kind, organization_id, balance_cents, owed_cents, wallet_seq)
        SELECT 'wallet:' || id, 'wallet', id, 0, 0, 0 FROM organization
        UNION ALL SELECT 'owed:' || id, 'owed', id, NULL, NULL, NULL FROM organization`,
    },
    {
      what: 'Transfers',
      // Each partner pays in what its leases cost, and what is left over; every lease has its first charge.
      text: `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id, period_start, period_end,
                                         reference, booked_by, wallet_seq, wallet_balance_after, booked_at)
        SELECT ${id('txn', 'row_number() OVER (ORDER BY at, organization_id, turn)')}, kind,
               CASE WHEN kind = 'top_up' THEN 'funding' ELSE 'wallet:' || organization_id END,
               CASE WHEN kind = 'top_up' THEN 'wallet:' || organization_id ELSE 'revenue' END, abs(change), organization_id, lease_id,
               CASE WHEN kind = 'lease_charge' THEN at END, CASE WHEN kind = 'lease_charge' THEN at + interval '1 month' END,
               CASE WHEN kind = 'top_up' THEN 'Invoice ' || organization_id END, ${id('stf', '1')},
               row_number() OVER statement, sum(change) OVER statement, at
          FROM (SELECT 'lease_charge' AS kind, -15000 AS change, organization_id, id AS lease_id, assigned_at AS at, 1 AS turn FROM lease
                UNION ALL
                SELECT 'top_up', coalesce(used.cents, 0) + CASE WHEN ${chance('organization.id', 'short')} < 100000 THEN 5000 ELSE 900000 END,
                       organization.id, NULL, now() - interval '799 days', 0
                  FROM organization LEFT JOIN (SELECT organization_id, count(*) * 15000 AS cents FROM lease GROUP BY 1) used
                    ON used.organization_id = organization.id) movement
        WINDOW statement AS (PARTITION BY organization_id ORDER BY at, turn, lease_id ROWS UNBOUNDED PRECEDING)`,
    },
    {
      what: 'Balances',
      text: `UPDATE ledger_account SET balance_cents = newest.wallet_balance_after, wallet_seq = newest.wallet_seq, last_booked_at = newest.booked_at
          FROM (SELECT DISTINCT ON (organization_id) organization_id, wallet_balance_after, wallet_seq, booked_at FROM ledger_transfer
                 ORDER BY organization_id, wallet_seq DESC) newest
         WHERE ledger_account.id = 'wallet:' || newest.organization_id`,
    },
    {
      what: 'Notes',
      text: `INSERT INTO request_note (id, lease_request_id, author, staff_id, body, visibility, blocker, created_at)
        SELECT ${id('note', 'row_number() OVER (ORDER BY id)')}, id, 'staff', ${id('stf', '1')}, 'Looked at it; waiting for more.', 'internal',
               CASE WHEN status = 'requested' AND ${chance('id', 'blocked')} < 150000
                    THEN ${words(['no_inventory', 'needs_clarification', 'policy'])}[1 + ${chance('id', 'blocker')} % 3] END,
               submitted_at + interval '1 minute'
          FROM lease_request WHERE ${chance('id', 'noted')} < 600000 OR status = 'requested'`,
    },
    {
      what: 'Blockers',
      text: `UPDATE lease_request SET blocker = note.blocker, blocker_since = note.created_at, blocker_note_id = note.id,
                                     paused_at = CASE WHEN note.blocker = 'needs_clarification' THEN note.created_at END
          FROM request_note note WHERE note.lease_request_id = lease_request.id AND note.blocker IS NOT NULL`,
    },
    {
      what: 'Events',
      text: `INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, lease_request_id, object_id, actor_kind, actor_id, actor_name, request_id)
        SELECT ${id('evt', 'row_number() OVER (ORDER BY submitted_at, id)')}, 'lease_request.submitted', submitted_at, organization_id, project_id, id, id,
               'partner_api', api_key_id, 'partner', ${id('req', '1')} FROM lease_request`,
    },
  ];
}
