import type { PartnerCaller } from '../authorization/actor.js';
import { auditInsertSql } from '../audit/audit.service.js';
import { sql, withKeptText, type Sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import type { LeaseRequestId, PartnerRequestId } from '../core/ids.js';
import { hasNoAnswerSql, type StoredAnswer } from '../partner-api/idempotency.service.js';
import { organizationPriceSql, walletIdSql } from '../wallets/wallet-sql.js';
import type { SubmitLeaseRequest } from './dto/submit-lease-request.js';

/** What is written where the request is accepted. */
export interface Submission {
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
 * Accepts a request in one statement: its row, its audit event and the answer stored under its Idempotency-Key, all or nothing. It
 * waits for another call in flight that has the key, and fails on `lease_request_organization_id_request_id_key` after one that
 * has taken the requestId.
 */
export function toSubmissionSql(
  caller: PartnerCaller,
  input: SubmitLeaseRequest,
  { id, requestId, submittedAt, dueAt, answer }: Submission,
  { leasePriceCents, idempotencyRetentionHours }: SubmissionSettings,
): Sql {
  const { body, idempotencyKey, fingerprint, bodyFingerprint } = input;
  const { niche } = body;
  const auditEntry = {
    type: 'lease_request.submitted' as const,
    organizationId: caller.organizationId,
    projectId: body.projectId,
    objectId: id,
    leaseRequestId: id,
    data: { requestId, count: body.count, vertical: niche.vertical },
    internal: { after: { status: 'requested' } },
  };
  const statement = sql`
WITH call (organization_id, project_id, key, request_id) AS (
  VALUES (${caller.organizationId}::text, ${input.path.projectId}::text, ${idempotencyKey}::text, ${body.requestId ?? null}::text)
),
wallet AS (
  SELECT account.balance_cents, price.cents + account.owed_cents AS required_cents,
         account.owed_cents = 0 AND account.balance_cents >= price.cents AS is_covered
    FROM call
    JOIN project ON project.id = call.project_id AND project.organization_id = call.organization_id
    JOIN organization ON organization.id = call.organization_id
    JOIN ledger_account account ON account.id = ${walletIdSql(sql`call.organization_id`)}
   CROSS JOIN LATERAL (SELECT ${organizationPriceSql(leasePriceCents)} AS cents) price
),
stored AS (
  SELECT record.fingerprint, record.body, record.sealed_body
    FROM call JOIN idempotency_record record ON record.organization_id = call.organization_id AND record.key = call.key
   WHERE NOT ${hasNoAnswerSql('record', idempotencyRetentionHours)}
),
earlier AS (
  SELECT request.request_id, request.submitted_at, request.fingerprint
    FROM call JOIN lease_request request ON request.organization_id = call.organization_id AND request.request_id = call.request_id
   WHERE call.request_id IS NOT NULL
),
acceptable AS (
  SELECT call.organization_id, call.project_id, call.key, call.request_id FROM call JOIN wallet ON wallet.is_covered
   WHERE NOT EXISTS (SELECT FROM stored) AND NOT EXISTS (SELECT FROM earlier)
),
answer AS (
  INSERT INTO idempotency_record AS record (organization_id, key, fingerprint, status, body)
  SELECT organization_id, key, ${fingerprint}::bytea, 202, ${answer}::text FROM acceptable WHERE key IS NOT NULL
  ON CONFLICT (organization_id, key) DO UPDATE
     SET fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body, sealed_body = NULL,
         created_at = excluded.created_at
   WHERE ${hasNoAnswerSql('record', idempotencyRetentionHours)}
  RETURNING key
),
request AS (
  INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, audience, language,
                             geo, target, partner_note, metadata, status, submitted_at, updated_at, due_at, vertical_key)
  SELECT ${id}, ${requestId}, organization_id, project_id, ${caller.apiKeyId}, ${bodyFingerprint}, ${body.count},
         ${niche.vertical}, ${niche.audience ?? null}, ${niche.language ?? null}, ${niche.geo ?? null}::text[], ${body.target ?? null},
         ${body.note ?? null}, ${body.metadata ? JSON.stringify(body.metadata) : null}::jsonb, 'requested', ${submittedAt}::timestamptz,
         ${submittedAt}::timestamptz, ${dueAt}::timestamptz, ${toTextKey(niche.vertical)}
    FROM acceptable WHERE key IS NULL OR EXISTS (SELECT FROM answer)
  RETURNING id
),
audit AS (${auditInsertSql(caller, auditEntry, submittedAt, sql`request`)})
SELECT EXISTS (SELECT FROM request) AS "isAccepted", wallet.balance_cents AS "balanceCents", wallet.required_cents AS "requiredCents",
       wallet.is_covered AS "isCovered",
       stored.fingerprint AS stored, stored.body AS "storedBody", stored.sealed_body AS "storedSealedBody",
       earlier.fingerprint AS earlier, earlier.request_id AS "earlierRequestId", earlier.submitted_at AS "earlierSubmittedAt"
  FROM call LEFT JOIN wallet ON true LEFT JOIN stored ON true LEFT JOIN earlier ON true`;
  return withKeptText(kept, statement);
}
