import type { PartnerCaller } from '../authorization/actor.js';
import { auditRowsSql, getActorId, getActorName } from '../audit/audit.service.js';
import { newId, type LeaseRequestId, type PartnerRequestId } from '../core/ids.js';
import { MAX_SHARING } from '../core/shared-round-trips.js';
import { limitRowWaitSql } from '../core/statement-batch.js';
import { literal, sql, withKeptText, type Sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { hasNoAnswerSql, type StoredAnswer } from '../partner-api/idempotency.service.js';
import { organizationPriceSql, walletIdSql } from '../wallets/wallet-sql.js';
import type { SubmitLeaseRequest } from './dto/submit-lease-request.js';

/** A call, and what is written where its request is accepted. */
export interface Submission {
  caller: PartnerCaller;
  input: SubmitLeaseRequest;
  id: LeaseRequestId;
  requestId: PartnerRequestId;
  submittedAt: Date;
  dueAt: Date;
  /** The answer as it is sent and stored. */
  answer: string;
}

export interface SubmissionSettings {
  leasePriceCents: number;
  idempotencyRetentionHours: number;
}

/**
 * What happened, or why nothing did. Where nothing is set, another call took the Idempotency-Key or the requestId at the same moment.
 */
export interface SubmissionRow {
  isAccepted: boolean;
  /** Of the wallet; `null` where the project is not the caller's. */
  balanceCents: number | null;
  /** What an assignment takes: its price and what is owed. */
  requiredCents: number;
  isCovered: boolean;
  /** The answer stored under the same Idempotency-Key. */
  stored: StoredAnswer['fingerprint'] | null;
  storedBody: StoredAnswer['body'];
  storedSealedBody: StoredAnswer['sealedBody'];
  /** The request that has this requestId. */
  earlier: Buffer | null;
  earlierRequestId: string;
  earlierSubmittedAt: Date;
}

const kept = {};

/**
 * Accepts requests in one statement: their rows, their audit events and the answers stored under their Idempotency-Keys, all or nothing. It
 * waits for other calls in flight that have a key, and fails on `lease_request_organization_id_request_id_key` after one that has taken
 * a requestId.
 * @param submissions no two with the same Idempotency-Key or requestId of an organization
 * @returns a {@link SubmissionRow} for each, in their order
 */
export function toSubmissionsSql(
  submissions: Submission[],
  { leasePriceCents, idempotencyRetentionHours }: SubmissionSettings,
): Sql {
  const audited = {
    id: sql`call.audit_event_id`,
    type: 'lease_request.submitted',
    occurredAt: sql`call.submitted_at`,
    organizationId: sql`call.organization_id`,
    projectId: sql`call.project_id`,
    apiKeyId: sql`call.api_key_id`,
    objectId: sql`call.id`,
    leaseRequestId: sql`call.id`,
    actorKind: sql`call.actor_kind`,
    actorId: sql`call.actor_id`,
    actorName: sql`call.actor_name`,
    callId: sql`call.call_id`,
    data: sql`call.audit_data`,
    internal: sql`'{"after": {"status": "requested"}}'::jsonb`,
  };
  const statement = sql`
WITH call AS MATERIALIZED (
  SELECT submitted.*, ${limitRowWaitSql(submissions)} AS lock_timeout
    FROM json_to_recordset(${JSON.stringify(submissions.map(toCallRow))}::json) AS submitted (
    place int, organization_id text, project_id text, api_key_id text, key text, fingerprint bytea, answer text, id text, own_request_id text,
    request_id text, body_fingerprint bytea, count int, vertical text, vertical_key text, audience text, language text, geo text[],
    target text, partner_note text, metadata jsonb, submitted_at timestamptz, due_at timestamptz, audit_event_id text, actor_kind text,
    actor_id text, actor_name text, call_id text, audit_data jsonb)
  -- What PostgreSQL plans with: it takes a function for a hundred rows.
   LIMIT ${literal(MAX_SHARING)}
),
wallet AS (
  SELECT call.place, account.balance_cents, price.cents + account.owed_cents AS required_cents,
         account.owed_cents = 0 AND account.balance_cents >= price.cents AS is_covered
    FROM call
    JOIN project ON project.id = call.project_id AND project.organization_id = call.organization_id
    JOIN organization ON organization.id = call.organization_id
    JOIN ledger_account account ON account.id = ${walletIdSql(sql`call.organization_id`)}
   CROSS JOIN LATERAL (SELECT ${organizationPriceSql(leasePriceCents)} AS cents) price
),
stored AS (
  SELECT call.place, record.fingerprint, record.body, record.sealed_body
    FROM call JOIN idempotency_record record ON record.organization_id = call.organization_id AND record.key = call.key
   WHERE NOT ${hasNoAnswerSql('record', idempotencyRetentionHours)}
),
earlier AS (
  SELECT call.place, request.request_id, request.submitted_at, request.fingerprint
    FROM call JOIN lease_request request ON request.organization_id = call.organization_id AND request.request_id = call.own_request_id
),
acceptable AS (
  SELECT call.* FROM call JOIN wallet ON wallet.place = call.place AND wallet.is_covered
   WHERE NOT EXISTS (SELECT FROM stored WHERE stored.place = call.place) AND NOT EXISTS (SELECT FROM earlier WHERE earlier.place = call.place)
),
answer AS (
  INSERT INTO idempotency_record AS record (organization_id, key, fingerprint, status, body)
  SELECT organization_id, key, fingerprint, 202, answer FROM acceptable WHERE key IS NOT NULL ORDER BY organization_id, key
  ON CONFLICT (organization_id, key) DO UPDATE
     SET fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body, sealed_body = NULL,
         created_at = excluded.created_at
   WHERE ${hasNoAnswerSql('record', idempotencyRetentionHours)}
  RETURNING organization_id, key
),
request AS (
  INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, audience, language,
                             geo, target, partner_note, metadata, status, submitted_at, updated_at, due_at, vertical_key)
  SELECT id, request_id, organization_id, project_id, api_key_id, body_fingerprint, count, vertical, audience, language,
         geo, target, partner_note, metadata, 'requested', submitted_at, submitted_at, due_at, vertical_key
    FROM acceptable
   WHERE key IS NULL OR EXISTS (SELECT FROM answer WHERE (answer.organization_id, answer.key) = (acceptable.organization_id, acceptable.key))
   ORDER BY organization_id, request_id
  RETURNING id
),
audit AS (${auditRowsSql(audited, sql`request JOIN call ON call.id = request.id`)})
SELECT request.id IS NOT NULL AS "isAccepted", wallet.balance_cents AS "balanceCents", wallet.required_cents AS "requiredCents",
       wallet.is_covered AS "isCovered",
       stored.fingerprint AS stored, stored.body AS "storedBody", stored.sealed_body AS "storedSealedBody",
       earlier.fingerprint AS earlier, earlier.request_id AS "earlierRequestId", earlier.submitted_at AS "earlierSubmittedAt"
  FROM call
  LEFT JOIN request ON request.id = call.id
  LEFT JOIN wallet ON wallet.place = call.place
  LEFT JOIN stored ON stored.place = call.place
  LEFT JOIN earlier ON earlier.place = call.place
 ORDER BY call.place`;
  return withKeptText(kept, statement);
}

/** The keys that two submissions of one statement would both insert. */
export function toSubmissionKeys({ caller, input, requestId }: Submission): string[] {
  const { organizationId } = caller;
  const { idempotencyKey } = input;
  return [
    `${organizationId} requestId ${requestId}`,
    ...(idempotencyKey === null ? [] : [`${organizationId} key ${idempotencyKey}`]),
  ];
}

/** A row of `call`, by the names of its columns. */
function toCallRow(submission: Submission, place: number): Record<string, unknown> {
  const { caller, input, id, requestId, submittedAt, dueAt, answer } = submission;
  const { body, idempotencyKey, fingerprint, bodyFingerprint } = input;
  const { niche } = body;
  return {
    place,
    organization_id: caller.organizationId,
    project_id: input.path.projectId,
    api_key_id: caller.apiKeyId,
    // The answer is stored under the key, and nowhere without one.
    ...(idempotencyKey !== null && { key: idempotencyKey, fingerprint: toByteaText(fingerprint), answer }),
    id,
    own_request_id: body.requestId,
    request_id: requestId,
    body_fingerprint: toByteaText(bodyFingerprint),
    count: body.count,
    vertical: niche.vertical,
    vertical_key: toTextKey(niche.vertical),
    audience: niche.audience,
    language: niche.language,
    geo: niche.geo,
    target: body.target,
    partner_note: body.note,
    metadata: body.metadata,
    submitted_at: submittedAt,
    due_at: dueAt,
    audit_event_id: newId('evt'),
    actor_kind: caller.kind,
    actor_id: getActorId(caller),
    actor_name: getActorName(caller),
    call_id: caller.callId,
    audit_data: { requestId, count: body.count, vertical: niche.vertical },
  };
}

function toByteaText(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}
