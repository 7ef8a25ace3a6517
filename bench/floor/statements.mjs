/**
 * Finds the key by its prefix, compares the secret's digest and takes a token of the minute and of the day.
 * $1 prefix, $2 digest, $3 env, $4 scope, $5 endpoint class.
 */
export const ADMIT = `
  WITH found AS (
    SELECT key.id, key.organization_id, key.killed_at IS NOT NULL AS killed, organization.suspended_at IS NOT NULL AS suspended,
           $4::text IS NULL OR key.scopes && ARRAY[$4, '*'] AS allowed,
           CASE $5 WHEN 'read-light' THEN reads_per_minute ELSE writes_per_minute END AS minute_limit,
           CASE $5 WHEN 'read-light' THEN 2147483647 ELSE writes_per_day END AS day_limit
      FROM api_key key JOIN organization ON organization.id = key.organization_id
     WHERE key.prefix = $1 AND key.secret_digest = $2 AND key.env = $3 AND key.revoked_at IS NULL
  ), taken AS (
    INSERT INTO rate_bucket AS bucket (api_key_id, endpoint_class, minute_taken, minute_ends_at, day_taken, day_ends_at)
    SELECT id, $5, 1, date_trunc('minute', now(), 'UTC') + interval '1 minute', 1, date_trunc('day', now(), 'UTC') + interval '1 day'
      FROM found WHERE NOT killed AND NOT suspended AND allowed
    ON CONFLICT (api_key_id, endpoint_class) DO UPDATE
       SET minute_taken = CASE WHEN bucket.minute_ends_at > now() THEN bucket.minute_taken ELSE 0 END + 1, minute_ends_at = excluded.minute_ends_at,
           day_taken = CASE WHEN bucket.day_ends_at > now() THEN bucket.day_taken ELSE 0 END + 1, day_ends_at = excluded.day_ends_at
     WHERE (bucket.minute_ends_at <= now() OR bucket.minute_taken < (SELECT minute_limit FROM found))
       AND (bucket.day_ends_at <= now() OR bucket.day_taken < (SELECT day_limit FROM found))
    RETURNING minute_taken, extract(epoch FROM minute_ends_at)::integer AS minute_ends_at
  )
  SELECT found.*, taken.minute_taken, taken.minute_ends_at FROM found LEFT JOIN taken ON true`;

/**
 * The request, its audit event and the stored answer, or the answer that the key has already.
 * $1 organization, $2 project, $3 Idempotency-Key, $4 fingerprint, $5 request, $6 key's id, $7 body as JSON, $8 answer, $9 now, $10 event, $11 call.
 */
export const ACCEPT = `
  WITH kept AS (
    SELECT fingerprint, body FROM idempotency_record WHERE organization_id = $1 AND key = $3
  ), own AS (
    SELECT project.id, wallet.balance_cents >= organization.price_cents AS covered
      FROM project JOIN organization ON organization.id = project.organization_id JOIN ledger_account wallet ON wallet.organization_id = organization.id
     WHERE project.id = $2 AND project.organization_id = $1
  ), answer AS (
    INSERT INTO idempotency_record (organization_id, key, fingerprint, status, body)
    SELECT $1, $3, $4, 202, $8 FROM own WHERE covered AND NOT EXISTS (SELECT FROM kept)
    ON CONFLICT DO NOTHING RETURNING key
  ), request AS (
    INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, audience, language, geo, target,
                               partner_note, metadata, status, submitted_at, updated_at)
    SELECT $5, $5, $1, $2, $6, $4, body.count, niche.vertical, niche.audience, niche.language, niche.geo, body.target, body.note, body.metadata, 'requested', $9, $9
      FROM answer, jsonb_to_record($7) AS body (count integer, niche jsonb, target text, note text, metadata jsonb),
           jsonb_to_record(body.niche) AS niche (vertical text, audience text, language text, geo text[])
  ), audit AS (
    INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, api_key_id, object_id, lease_request_id, actor_kind, actor_id, request_id, data, internal)
    SELECT $10, 'lease_request.submitted', $9, $1, $2, $6, $5, $5, 'partner_api', $6, $11,
           jsonb_build_object('requestId', $5::text, 'count', $7::jsonb -> 'count', 'vertical', $7::jsonb -> 'niche' -> 'vertical'), '{"after": {"status": "requested"}}'
      FROM answer
  )
  SELECT EXISTS (SELECT FROM answer) AS accepted, (SELECT covered FROM own) AS covered, (SELECT fingerprint FROM kept) AS fingerprint, (SELECT body FROM kept) AS body`;

/** $1 organization, $2 project, $3 request */
export const POLL = `
  SELECT request_id, project_id, status, submitted_at, assigned_at, count, assigned_count, vertical, audience, language, geo, target, metadata, updated_at,
         ARRAY(SELECT social_account_id FROM lease WHERE lease_request_id = request.id ORDER BY assigned_at, id) AS accounts
    FROM lease_request request WHERE organization_id = $1 AND project_id = $2 AND request_id = $3`;

/** One row more than a page; none where the project is another's, and one of nulls where it has no accounts. $1 organization, $2 project. */
export const LIST = `
  SELECT page.id, social_account_id, project.id AS project_id, handle, followers, page.assigned_at, next_renewal_at, price_cents, request_id
    FROM project
    LEFT JOIN LATERAL (SELECT * FROM lease WHERE project_id = project.id AND status = 'active' ORDER BY assigned_at DESC, id DESC LIMIT 51) page ON true
    LEFT JOIN social_account account ON account.id = social_account_id
    LEFT JOIN lease_request request ON request.id = lease_request_id
   WHERE project.id = $2 AND project.organization_id = $1
   ORDER BY page.assigned_at DESC, page.id DESC`;

/** What partners are told of a lease, beside what changed. */
const LEASE_FIELDS = `
           'socialAccountId', account.id, 'projectId', lease.project_id, 'handle', account.handle, 'platform', 'tiktok', 'followers', account.followers,
           'assignedAt', lease.assigned_at, 'nextRenewalAt', lease.next_renewal_at, 'monthlyPriceCents', lease.price_cents, 'requestId', request.request_id,
           'organizationId', lease.organization_id`;

const toEventBody = (id, type, at, fields) =>
  `json_build_object('id', ${id}::text, 'type', '${type}', 'createdAt', ${at}::timestamptz, 'apiVersion', 'v1', 'data', json_build_object(${fields}))`;

/**
 * Ends a live lease, gives its account back, writes the audit event, the event and the stored answer.
 * $1 organization, $2 account, $3 Idempotency-Key, $4 fingerprint, $5 answer, $6 now, $7 key's id, $8 audit event, $9 event, $10 call.
 */
export const RELEASE = `
  WITH kept AS (
    SELECT fingerprint, body FROM idempotency_record WHERE organization_id = $1 AND key = $3
  ), ended AS (
    UPDATE lease SET status = 'ended', end_reason = 'released_by_partner', ended_at = $6, next_renewal_at = NULL,
                     handle_at_end = account.handle, followers_at_end = account.followers
      FROM social_account account
     WHERE account.id = social_account_id AND social_account_id = $2 AND organization_id = $1 AND lease.status = 'active' AND NOT EXISTS (SELECT FROM kept)
    RETURNING lease.*
  ), account AS (
    UPDATE social_account SET status = 'available', updated_at = $6, released_at = $6 WHERE id = (SELECT social_account_id FROM ended) RETURNING *
  ), answer AS (
    INSERT INTO idempotency_record (organization_id, key, fingerprint, status, body) SELECT $1, $3, $4, 200, $5 FROM ended RETURNING key
  ), audit AS (
    INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, api_key_id, object_id, lease_request_id, actor_kind, actor_id, request_id, data, internal)
    SELECT $8, 'leased_account.released', $6, $1, project_id, $7, $2, lease_request_id, 'partner_api', $7, $10,
           jsonb_build_object('socialAccountId', $2::text, 'disconnectedReason', 'released_by_partner'),
           jsonb_build_object('leaseId', id, 'handle', handle_at_end, 'before', jsonb_build_object('status', 'active'), 'after', jsonb_build_object('status', 'ended'))
      FROM ended
  ), told AS (
    INSERT INTO event (id, organization_id, project_id, type, body, created_at)
    SELECT $9, $1, lease.project_id, 'leased_account.disconnected',
           ${toEventBody(
             '$9',
             'leased_account.disconnected',
             '$6',
             `${LEASE_FIELDS},
           'status', 'disconnected', 'disconnectedAt', lease.ended_at, 'disconnectedReason', lease.end_reason, 'transactionId', NULL`,
           )}, $6
      FROM ended lease JOIN account ON true JOIN lease_request request ON request.id = lease.lease_request_id
  )
  SELECT EXISTS (SELECT FROM answer) AS released, (SELECT fingerprint FROM kept) AS fingerprint, (SELECT body FROM kept) AS body`;

/** $1 session */
export const SIGNED_IN = `
  SELECT staff_user.id, role FROM staff_session JOIN staff_user ON staff_user.id = staff_id WHERE sid = $1 AND expire > now() AND disabled_at IS NULL`;

/**
 * Charges the wallet, takes the account, opens the lease, counts the request up, writes the audit event and two events.
 * $1 request, $2 account, $3 staff, $4 now, $5 lease, $6 transfer, $7 audit event, $8 and $9 events, $10 call.
 */
export const ASSIGN = `
  WITH request AS (
    SELECT lease_request.*, price_cents FROM lease_request JOIN organization ON organization.id = organization_id
     WHERE lease_request.id = $1 AND status = 'requested' AND suspended_at IS NULL AND (claimed_by IS NULL OR claimed_by = $3 OR claimed_until <= now())
       FOR UPDATE OF lease_request
  ), free AS (
    SELECT id FROM social_account WHERE id = $2 AND status = 'available' AND EXISTS (SELECT FROM request) FOR UPDATE
  ), wallet AS (
    UPDATE ledger_account SET balance_cents = balance_cents - price_cents, wallet_seq = wallet_seq + 1
      FROM request, free
     WHERE ledger_account.organization_id = request.organization_id AND balance_cents >= price_cents
    RETURNING ledger_account.id, balance_cents, wallet_seq, price_cents
  ), account AS (
    UPDATE social_account SET status = 'assigned', updated_at = $4 FROM wallet WHERE social_account.id = $2 RETURNING social_account.*
  ), opened AS (
    INSERT INTO lease (id, lease_request_id, organization_id, project_id, social_account_id, price_cents, assigned_at, assigned_by, anchor_day, next_renewal_at, status)
    SELECT $5, $1, organization_id, project_id, $2, wallet.price_cents, $4, $3, extract(day FROM $4::timestamptz AT TIME ZONE 'UTC'),
           ($4::timestamptz AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC', 'active'
      FROM request, wallet
    RETURNING *
  ), charge AS (
    INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id, period_start, period_end, booked_by,
                                 wallet_seq, wallet_balance_after, booked_at)
    SELECT $6, 'lease_charge', wallet.id, 'revenue', opened.price_cents, organization_id, $5, $4, next_renewal_at, $3, wallet_seq, balance_cents, $4
      FROM opened, wallet
  ), counted AS (
    UPDATE lease_request request
       SET assigned_count = request.assigned_count + 1, version = request.version + 1, updated_at = $4, claimed_by = $3,
           claimed_until = now() + interval '15 minutes',
           status = CASE WHEN request.assigned_count + 1 < request.count THEN 'requested' ELSE 'assigned' END,
           assigned_at = CASE WHEN request.assigned_count + 1 < request.count THEN NULL ELSE $4 END
      FROM opened WHERE request.id = opened.lease_request_id
    RETURNING request.*
  ), audit AS (
    INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, object_id, lease_request_id, actor_kind, actor_id, request_id, data, internal)
    SELECT $7, 'leased_account.assigned', $4, organization_id, project_id, $2, $1, 'staff', $3, $10,
           jsonb_build_object('socialAccountId', $2::text, 'requestId', request_id, 'priceCents', wallet.price_cents),
           jsonb_build_object('leaseId', $5::text, 'handle', handle, 'version', version, 'before', jsonb_build_object('status', 'available'),
                              'after', jsonb_build_object('status', 'assigned'))
      FROM counted, account, wallet
  ), told AS (
    INSERT INTO event (id, organization_id, project_id, type, body, created_at)
    SELECT $8::text, lease.organization_id, lease.project_id, 'leased_account.assigned', ${toEventBody(
      '$8',
      'leased_account.assigned',
      '$4',
      `${LEASE_FIELDS},
           'status', 'assigned', 'transactionId', $6::text`,
    )}, $4::timestamptz
      FROM opened lease, account, counted request
     UNION ALL
    SELECT $9, organization_id, project_id, 'lease_request.updated', ${toEventBody(
      '$9',
      'lease_request.updated',
      '$4',
      `
           'requestId', request_id, 'projectId', project_id, 'status', status, 'submittedAt', submitted_at, 'assignedAt', assigned_at,
           'assignedSocialAccountIds', ARRAY(SELECT social_account_id FROM lease WHERE lease_request_id = $1 ORDER BY assigned_at, id) || $2::text,
           'note', NULL, 'count', count, 'assignedCount', assigned_count,
           'niche', json_build_object('vertical', vertical, 'audience', audience, 'language', language, 'geo', geo), 'target', target, 'metadata', metadata,
           'blocker', NULL, 'outcomeReason', NULL, 'closedBy', NULL, 'updatedAt', updated_at, 'organizationId', organization_id, 'version', version`,
    )}, $4
      FROM counted
  )
  SELECT counted.*, account.handle, wallet.balance_cents FROM counted, account, wallet`;
