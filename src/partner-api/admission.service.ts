import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { ForbiddenScope, KillSwitch, RateLimited, Unauthenticated, type DomainError } from '../core/errors.js';
import { getSqlState } from '../core/database-errors.js';
import { forgetPreparedStatements } from '../core/statement-names.js';
import type { ApiKeyParts } from './api-key-format.js';
import { ADMISSION, type AdmissionRow } from './admission.sql.js';
import { findEmptyBucket, chooseShownBucket, type Bucket, type EndpointClass } from './rate-limits.js';

/** What a route asks of a key. */
export interface RouteRequirements {
  /** `null` where any key will do. */
  scope: string | null;
  endpointClass: EndpointClass;
}

/** What became of a key that exists: who it is, what is left to it, and why it is refused, if it is. */
export interface Admission {
  apiKeyId: string;
  organizationId: string;
  /** `null` for a key without limits, and for one that is not authenticated. */
  bucket: Bucket | null;
  refusal: DomainError | null;
}

/** Decides whether a call may go on, and takes its token where it may: one statement, no cache, so a killed key is refused on its next call. */
@Injectable()
export class AdmissionService {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns `null` where no key has that prefix */
  async admit(key: ApiKeyParts, demand: RouteRequirements): Promise<Admission | null> {
    const row = await this.query([key.prefix, key.secretDigest, key.env, demand.scope, demand.endpointClass]);
    return row ? toAdmission(row, key, demand) : null;
  }

  /** Straight on the pool: this is every call's first round trip, and TypeORM's way there costs a tenth of the whole call. */
  private async query(values: unknown[]): Promise<AdmissionRow | undefined> {
    const pool = (this.dataSource.driver as unknown as { master: pg.Pool }).master;
    for (let attempt = 1; ; attempt += 1) {
      const client = await pool.connect();
      try {
        const { rows } = await client.query<AdmissionRow>(ADMISSION, values);
        return rows[0];
      } catch (error) {
        // A migration under a running service made the prepared plan invalid.
        if (getSqlState(error) !== '0A000' || attempt > 1) throw error;
        forgetPreparedStatements();
      } finally {
        client.release();
      }
    }
  }
}

function toAdmission(row: AdmissionRow, key: ApiKeyParts, demand: RouteRequirements): Admission {
  const { apiKeyId, organizationId, verdict } = row;
  if (verdict === 'rejected' || !timingSafeEqual(row.secretDigest, key.secretDigest)) {
    return { apiKeyId, organizationId, bucket: null, refusal: new Unauthenticated() };
  }
  const [minute, day] = toBuckets(row);
  const bucket = minute && chooseShownBucket(minute, day);
  const refused = (refusal: DomainError | null) => ({ apiKeyId, organizationId, bucket, refusal });
  if (verdict === 'key_killed') return refused(new KillSwitch('key'));
  if (verdict === 'organization_suspended') return refused(new KillSwitch('organization'));
  if (verdict === 'scope_missing') return refused(new ForbiddenScope(demand.scope!));
  if (!minute || row.took) return refused(null);

  const empty = findEmptyBucket(minute, day);
  const refusal = new RateLimited(demand.endpointClass, empty.span, empty.secondsLeft);
  return { apiKeyId, organizationId, bucket: empty, refusal };
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
