import {
  askedVertical,
  chance,
  countries,
  id,
  LANGUAGES,
  languages,
  mappedWords,
  place,
  someVertical,
  uuidOf,
  words,
} from './fill-words.mjs';

/** Every request of this partner's in fifty is its own, so that one has thousands, while every tenth partner has a single one. */
const partnerOf = (number, partners) =>
  `CASE WHEN ${chance(number, 'partner')} % 50 = 0 THEN 1
        WHEN ${number} <= ${partners / 10} THEN ${partners} + 1 - ${number}
        ELSE 2 + floor(${partners * 0.9 - 2} * power(${chance(number, 'which partner')} / 1000000.0, 2))::int END`;

/**
 * The statements that fill, in order. Requests come evenly over 730 days; the youngest are open. Every tenth request that is closed was
 * rejected, the others have leases; the newest leases, for three accounts in ten, are live and were renewed every month.
 */
export function statements(scale) {
  const partners = Math.max(10, Math.round(2_000 * scale));
  const accounts = Math.round(200_000 * scale);
  const requests = Math.round(200_000 * scale);
  const open = Math.round(5_000 * scale);
  const closed = requests - open;
  const rare = Math.max(4, Math.round(400 * scale));
  const age = `make_interval(secs => 730 * 86400.0 * (${requests} - n) / ${requests})`;
  return [
    {
      what: 'Colleagues',
      table: 'staff_user',
      text: `INSERT INTO staff_user (id, email, name, role, created_at)
        SELECT ${id('stf', 'n')}, 'colleague.' || n || '@staff.example', 'Colleague ' || n, 'operator', now() - interval '800 days'
          FROM generate_series(1, 20) n`,
    },
    {
      what: 'Partners',
      table: 'organization',
      text: `INSERT INTO organization (id, name, price_cents, suspended_at, created_at)
        SELECT ${id('org', 'n')}, 'Partner number ' || n, CASE WHEN n % 20 = 3 THEN 12000 END, CASE WHEN n % 100 = 7 THEN now() END,
               now() - interval '800 days' FROM generate_series(1, ${partners}) n`,
    },
    {
      what: 'Projects',
      table: 'project',
      text: `INSERT INTO project (id, organization_id, name, created_at)
        SELECT ${uuidOf('prj', 'n')}, ${id('org', 'n')}, 'Launch ' || n, now() - interval '800 days' FROM generate_series(1, ${partners}) n`,
    },
    {
      what: 'Keys',
      table: 'api_key',
      text: `INSERT INTO api_key (id, organization_id, name, prefix, secret_digest, env, scopes, tier, created_at)
        SELECT ${id('key', 'n')}, ${id('org', 'n')}, 'Production', upper(lpad(to_hex(n), 16, '0')), sha256(n::text::bytea), 'live',
               '{leased:write}', 'standard', now() - interval '800 days' FROM generate_series(1, ${partners}) n`,
    },
    {
      what: 'Words of partners',
      table: 'vertical_synonym',
      text: `INSERT INTO vertical_synonym (synonym, vertical, created_at, created_by)
        SELECT synonym, vertical, now() - interval '700 days', ${id('stf', '1')} FROM (${mappedWords}) mapped`,
    },
    {
      what: 'Accounts',
      table: 'social_account',
      text: `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
        SELECT ${uuidOf('sa', 'n')}, replace(first, ' ', '.') || '.' || to_hex(n::bigint * 7919), 1000 + ${chance('n', 'followers')} / 2,
               CASE WHEN first = second THEN ARRAY[first] ELSE ARRAY[first, second] END, ${languages}[tongue],
               CASE WHEN ${chance('n', 'abroad')} < 500000 THEN ARRAY[${countries}[tongue]]
                    ELSE ARRAY[${countries}[tongue], ${countries}[1 + tongue % ${LANGUAGES}]] END,
               'warming', now() - interval '750 days', now() - make_interval(secs => n * 30)
          FROM (SELECT n, ${someVertical('n', 'first', rare)} AS first, ${someVertical('n', 'second', rare)} AS second,
                       ${place('n', 'tongue')} AS tongue
                  FROM generate_series(1, ${accounts}) n) account`,
    },
    {
      what: 'Requests',
      table: 'lease_request',
      text: `INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, assigned_count, vertical,
                                       vertical_key, language, geo, status, submitted_at, due_at, paused_at, paused_ms, claimed_by, claimed_until,
                                       first_assigned_at, first_assigned_paused_ms, assigned_at, closed_at, closed_by, outcome_reason, updated_at)
        SELECT ${id('lreq', 'n')}, CASE WHEN n % 2 = 0 THEN ${id('lreq', 'n')} ELSE 'campaign-' || to_hex(n::bigint * 7919) END,
               ${id('org', 'partner')}, ${uuidOf('prj', 'partner')}, ${id('key', 'partner')}, sha256(n::text::bytea),
               wanted, assigned, vertical, vertical, CASE WHEN chance % 4 > 0 THEN ${languages}[tongue] END,
               CASE WHEN chance % 3 > 0 THEN ARRAY[${countries}[tongue]] END,
               CASE WHEN n > ${closed} THEN 'requested' WHEN assigned = 0 THEN 'rejected' WHEN assigned < wanted THEN 'partial' ELSE 'assigned' END,
               submitted, submitted + interval '48 hours', NULL, CASE WHEN chance % 9 = 0 THEN 7200000 ELSE 0 END,
               CASE WHEN n > ${closed} AND chance % 60 = 0 THEN ${id('stf', '1 + chance % 20')} END,
               CASE WHEN n > ${closed} AND chance % 60 = 0 THEN now() + interval '1 day' END,
               CASE WHEN assigned > 0 THEN least(submitted + make_interval(mins => 5 + chance % 600), now()) END, CASE WHEN assigned > 0 THEN 0 END,
               CASE WHEN n <= ${closed} AND assigned > 0 THEN done END,
               CASE WHEN n <= ${closed} THEN done END,
               CASE WHEN n <= ${closed} THEN 'staff' END,
               CASE WHEN n <= ${closed} AND assigned < wanted THEN 'no_inventory' END,
               CASE WHEN n <= ${closed} THEN done ELSE submitted END
          FROM (SELECT n, chance, wanted, vertical, tongue, partner, submitted,
                       CASE WHEN n > ${closed} THEN CASE WHEN wanted = 50 THEN 20 ELSE least(chance % 2, wanted - 1) END
                            WHEN chance % 10 = 0 THEN 0 WHEN wanted = 50 THEN 10 + chance % 41 ELSE least(1 + chance % 3, wanted) END AS assigned,
                       least(submitted + make_interval(mins => 700 + chance % 3600), now()) AS done
                  FROM (SELECT n, ${chance('n', 'of a request')} AS chance,
                               CASE WHEN n % 500 = 1 THEN 50 ELSE 1 + ${chance('n', 'wanted')} % 5 END AS wanted,
                               ${askedVertical('n', 'wish', rare)} AS vertical, ${place('n', 'tongue of a wish')} AS tongue,
                               ${partnerOf('n', partners)} AS partner, (now() - ${age})::timestamptz(3) AS submitted
                          FROM generate_series(1, ${requests}) n) asked) request`,
    },
    {
      what: 'Leases',
      table: 'lease',
      // Renumbered, so that no account has two that are live: one live lease for each of the newest, up to 30 % of the accounts.
      // One in two hundred of those that are older than a month has not been paid since.
      text: `INSERT INTO lease (id, lease_request_id, organization_id, project_id, social_account_id, price_cents, assigned_at, assigned_by, anchor_day,
                               next_renewal_at, status, past_due_since, retry_at, grace_days_tried, ended_at, end_reason, handle_at_end, followers_at_end)
        SELECT ${id('lse', 'n')}, request_id, organization_id, project_id, ${uuidOf('sa', `1 + (n - 1) % ${accounts}`)}, 15000, at, ${id('stf', '1 + n % 20')},
               extract(day FROM at AT TIME ZONE 'UTC')::int,
               CASE WHEN live THEN at + paid * interval '1 month' END,
               CASE WHEN NOT live THEN 'ended' WHEN late THEN 'past_due' ELSE 'active' END, CASE WHEN late THEN at + paid * interval '1 month' END,
               CASE WHEN late THEN at + paid * interval '1 month' + interval '1 day' END, CASE WHEN late THEN 1 ELSE 0 END,
               CASE WHEN NOT live THEN least(at + interval '30 days', now()) END, CASE WHEN NOT live THEN 'released_by_partner' END,
               CASE WHEN NOT live THEN 'account ' || n END, CASE WHEN NOT live THEN 1000 END
          FROM (SELECT *, live AND months > 1 AND n % 200 = 0 AS late, CASE WHEN live AND months > 1 AND n % 200 = 0 THEN months - 1 ELSE months END AS paid
                  FROM (SELECT row_number() OVER newest AS n, row_number() OVER newest <= ${Math.round(accounts * 0.3)} AS live,
                               request.id AS request_id, request.organization_id, request.project_id, request.first_assigned_at AS at,
                               (SELECT count(*) FROM generate_series(0, 30) month
                                 WHERE request.first_assigned_at + month * interval '1 month' <= now()::timestamptz(3)) AS months
                          FROM lease_request request CROSS JOIN LATERAL generate_series(1, request.assigned_count) one
                        WINDOW newest AS (ORDER BY request.submitted_at DESC, request.id, one)) numbered) lease`,
    },
    {
      what: 'Accounts that are leased or available',
      table: 'social_account',
      text: `UPDATE social_account
           SET status = CASE WHEN lease.id IS NOT NULL THEN 'assigned' WHEN rest < 850000 THEN 'available' WHEN rest < 880000 THEN 'quarantined'
                             WHEN rest < 900000 THEN 'retired' ELSE 'resetting' END,
               status_reason = CASE WHEN lease.id IS NULL AND rest BETWEEN 850000 AND 879999 THEN 'Shadow-banned since Monday.' END
          FROM (SELECT id, ${chance('account.id', 'rest')} AS rest FROM social_account account) account
          LEFT JOIN lease ON lease.social_account_id = account.id AND lease.status IN ('active', 'past_due')
         WHERE account.id = social_account.id AND (lease.id IS NOT NULL OR rest < 930000)`,
    },
    {
      what: 'Wallets',
      table: 'ledger_account',
      text: `INSERT INTO ledger_account (id, kind, organization_id, balance_cents, owed_cents, wallet_seq)
        SELECT 'wallet:' || id, 'wallet', id, 0, 0, 0 FROM organization
        UNION ALL SELECT 'owed:' || id, 'owed', id, NULL, NULL, NULL FROM organization`,
    },
    {
      what: 'Transfers',
      table: 'ledger_transfer',
      // Each partner pays in at first what its leases will cost, and what is left over; then a hundred dollars each month. Every lease
      // has its first charge, and one for each month that it went on.
      text: `WITH charge AS (
          SELECT organization_id, id AS lease_id, month, assigned_at + month * interval '1 month' AS at,
                 assigned_at + (month + 1) * interval '1 month' AS until
            FROM lease CROSS JOIN LATERAL generate_series(0, 30) month
           WHERE month = 0 OR assigned_at + month * interval '1 month' < next_renewal_at
        ), used AS (
          SELECT organization_id, count(*) * 15000 AS cents FROM charge GROUP BY 1
        ), partner AS (
          SELECT organization.id, ${chance('organization.id', 'short')} < 100000 AS short, coalesce(used.cents, 0) AS used_cents
            FROM organization LEFT JOIN used ON used.organization_id = organization.id
        )
        INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id, period_start, period_end,
                                         reference, booked_by, wallet_seq, wallet_balance_after, booked_at)
        SELECT ${id('txn', 'row_number() OVER (ORDER BY at, organization_id, turn, lease_id)')}, kind,
               CASE WHEN kind = 'top_up' THEN 'funding' ELSE 'wallet:' || organization_id END,
               CASE WHEN kind = 'top_up' THEN 'wallet:' || organization_id ELSE 'revenue' END, abs(change), organization_id, lease_id,
               CASE WHEN lease_id IS NOT NULL THEN at END, until,
               CASE WHEN kind = 'top_up' THEN 'Invoice ' || right(organization_id, 6) || '-' || month END, ${id('stf', '1')},
               row_number() OVER statement, sum(change) OVER statement, at
          FROM (SELECT CASE WHEN month = 0 THEN 'lease_charge' ELSE 'lease_renewal' END AS kind, -15000 AS change, organization_id, lease_id,
                       at, until, 1 AS turn, month FROM charge
                UNION ALL
                SELECT 'top_up', CASE WHEN month > 0 THEN 10000 WHEN short THEN used_cents + 5000 ELSE used_cents + 900000 END, id, NULL,
                       now() - interval '799 days' + month * interval '30 days', NULL, 0, month
                  FROM partner CROSS JOIN generate_series(0, 24) month WHERE month = 0 OR NOT short) movement
        WINDOW statement AS (PARTITION BY organization_id ORDER BY at, turn, lease_id ROWS UNBOUNDED PRECEDING)`,
    },
    {
      what: 'Balances',
      table: 'ledger_account',
      text: `UPDATE ledger_account SET balance_cents = newest.wallet_balance_after, wallet_seq = newest.wallet_seq, last_booked_at = newest.booked_at
          FROM (SELECT DISTINCT ON (organization_id) organization_id, wallet_balance_after, wallet_seq, booked_at FROM ledger_transfer
                 ORDER BY organization_id, wallet_seq DESC) newest
         WHERE ledger_account.id = 'wallet:' || newest.organization_id`,
    },
    {
      what: 'Notes',
      table: 'request_note',
      text: `INSERT INTO request_note (id, lease_request_id, author, staff_id, body, visibility, blocker, created_at)
        SELECT ${id('note', 'row_number() OVER (ORDER BY id, turn)')}, id, 'staff', ${id('stf', '1')},
               CASE turn WHEN 1 THEN 'Looked at it; waiting for more.' ELSE 'Asked again, note ' || turn || '.' END, 'internal',
               CASE WHEN turn = 1 AND status = 'requested' THEN
                 CASE WHEN ${chance('id', 'blocked')} < 150000 THEN ${words(['no_inventory', 'needs_clarification', 'policy'])}[1 + ${chance('id', 'blocker')} % 3]
                      WHEN ${chance('id', 'blocked')} < 500000 AND balance_cents < 15000 THEN 'wallet_short' END END,
               submitted_at + turn * interval '1 minute'
          FROM lease_request
          JOIN (SELECT organization_id, balance_cents FROM ledger_account WHERE kind = 'wallet') wallet USING (organization_id)
         CROSS JOIN LATERAL generate_series(1, CASE WHEN count = 50 THEN 30 ELSE 1 END) turn
         WHERE ${chance('id', 'noted')} < 600000 OR status = 'requested'`,
    },
    {
      what: 'Blockers',
      table: 'lease_request',
      text: `UPDATE lease_request SET blocker = note.blocker, blocker_since = note.created_at, blocker_note_id = note.id,
                                     paused_at = CASE WHEN note.blocker IN ('needs_clarification', 'wallet_short') THEN note.created_at END
          FROM request_note note WHERE note.lease_request_id = lease_request.id AND note.blocker IS NOT NULL`,
    },
    {
      what: 'Events',
      table: 'audit_event',
      text: `INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, lease_request_id, object_id, actor_kind, actor_id, actor_name,
                                     request_id, data, internal)
        SELECT ${id('evt', 'row_number() OVER (ORDER BY at, lease_request_id, object_id)')}, type, at, organization_id, project_id, lease_request_id,
               object_id, actor_kind, actor_id, actor_name, ${id('req', '1')}, '{}', internal
          FROM (SELECT 'lease_request.submitted' AS type, submitted_at AS at, organization_id, project_id, id AS lease_request_id, id AS object_id,
                       'partner_api' AS actor_kind, api_key_id AS actor_id, 'partner' AS actor_name, '{}'::jsonb AS internal FROM lease_request
                UNION ALL
                SELECT 'leased_account.assigned', assigned_at, organization_id, project_id, lease_request_id, social_account_id, 'staff',
                       assigned_by, 'Colleague', jsonb_build_object('leaseId', id, 'handle', social_account_id) FROM lease) event`,
    },
  ];
}
