import { timingSafeEqual } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ForbiddenScope, KillSwitch, RateLimited, Unauthenticated, type DomainError } from '../core/errors.js';
import { Pruner, PRUNE_BATCH_SIZE } from '../core/pruner.js';
import { literal, queryRows, queryShortRow, sql } from '../core/sql.js';
import type { ApiKeyParts } from './api-key-format.js';
import { toAdmissionSql, type AdmissionRow } from './admission.sql.js';
import type { CallRequirements } from './partner-request.js';
import { findEmptyBucket, chooseShownBucket, type Bucket } from './rate-limits.js';

/** The scope of acting for another organization, which is not offered yet: no key has it, whatever its scopes. */
const ACT_FOR_OTHERS = 'org:admin';

/** Not a scope that a key may have: what belongs to sandboxes alone. */
const SANDBOX = 'sandbox';

/** The result for a key that exists. */
export interface Admission {
  apiKeyId: string;
  organizationId: string;
  /** `null` for a key without limits, and for one that is not authenticated. */
  bucket: Bucket | null;
  /** Why the call is refused, if it is. */
  refusal: DomainError | null;
  /** Milliseconds by which the clock of a sandbox is ahead. */
  clockAheadMs: number;
}

/** Authenticates calls and takes their rate limit tokens: one statement and no cache, so that a killed key is refused on its next call. */
@Injectable()
export class AdmissionService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly pruner: Pruner,
  ) {}

  onModuleInit(): void {
    this.pruner.register({ table: 'rate_bucket', deleteExpired: deleteEndedBuckets });
  }

  /** @returns `null` where no key has that prefix */
  async admit(key: ApiKeyParts, requirements: CallRequirements): Promise<Admission | null> {
    const row = await queryShortRow<AdmissionRow>(this.dataSource, toAdmissionSql(key, requirements));
    return row ? toAdmission(row, key, requirements) : null;
  }
}

/** Their day is over, and so is their minute: a key without a bucket has all of its calls. */
function deleteEndedBuckets(em: EntityManager): Promise<unknown[]> {
  return queryRows(
    em,
    sql`DELETE FROM rate_bucket WHERE (api_key_id, endpoint_class) IN (
          SELECT api_key_id, endpoint_class FROM rate_bucket WHERE day_ends_at <= now() AND minute_ends_at <= now()
           LIMIT ${literal(PRUNE_BATCH_SIZE)} FOR UPDATE SKIP LOCKED)
        RETURNING api_key_id`,
  );
}

function toAdmission(row: AdmissionRow, key: ApiKeyParts, requirements: CallRequirements): Admission {
  const { apiKeyId, organizationId, clockAheadMs, verdict } = row;
  if (verdict === 'rejected' || !timingSafeEqual(row.secretDigest, key.secretDigest)) {
    return { apiKeyId, organizationId, clockAheadMs, bucket: null, refusal: new Unauthenticated() };
  }
  const [minute, day] = toBuckets(row);
  const bucket = minute && chooseShownBucket(minute, day);
  const withRefusal = (refusal: DomainError | null) => ({ apiKeyId, organizationId, clockAheadMs, bucket, refusal });
  if (verdict === 'key_killed') return withRefusal(new KillSwitch('key'));
  if (verdict === 'organization_suspended') return withRefusal(new KillSwitch('organization'));
  if (verdict === 'other_organization') return withRefusal(new ForbiddenScope(ACT_FOR_OTHERS));
  if (verdict === 'live_key')
    return withRefusal(new ForbiddenScope(SANDBOX, 'Only the test key of a sandbox may do this.'));
  if (verdict === 'scope_missing') return withRefusal(new ForbiddenScope(requirements.scope!));
  if (!minute || row.tokenTaken) return withRefusal(null);

  const empty = findEmptyBucket(minute, day);
  const refusal = new RateLimited(requirements.endpointClass, empty.span, empty.secondsLeft);
  return { ...withRefusal(refusal), bucket: empty };
}

function toBuckets(row: AdmissionRow): [minute: Bucket | null, day: Bucket | null] {
  return [
    toBucket('minute', row.minuteLimit, row.minuteTaken, row.minuteEndsAt, row.minuteSecondsLeft),
    toBucket('day', row.dayLimit, row.dayTaken, row.dayEndsAt, row.daySecondsLeft),
  ];
}

function toBucket(
  span: Bucket['span'],
  limit: number | null,
  taken: number,
  endsAt: number,
  secondsLeft: number,
): Bucket | null {
  return limit === null ? null : { span, limit, taken, endsAt, secondsLeft: Math.max(1, secondsLeft) };
}
