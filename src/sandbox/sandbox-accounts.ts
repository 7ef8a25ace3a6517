import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { SystemCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { newId } from '../core/ids.js';
import { queryRow, sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { Transactions } from '../core/transactions.js';

/** The place in a sandbox that an account is made for. */
export interface AccountPlace {
  organizationId: string;
  vertical: string;
  language: string | null;
  geo: string[] | null;
  /** The number of the request in its sandbox, from 1. */
  ordinal: number;
  /** The place within the request, from 1. */
  place: number;
}

const MIN_FOLLOWERS = 5_000;
const FOLLOWERS_RANGE = 495_000;
const MAX_WORD_LENGTH = 20;
/** Of every sandbox account; the pool does not know it. */
const VERTICAL = 'sandbox';

/** Makes the accounts of sandboxes. What an account is follows from its place alone, so the same calls get the same accounts. */
@Injectable()
export class SandboxAccounts {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * A free account for a place; a second call finds the first one's. Two requests have the same ordinal where the
   * earlier one was committed after the later one was answered: the second gets an account of another name.
   * @returns its id
   */
  provide(caller: SystemCaller, place: AccountPlace): Promise<string> {
    return this.transactions.run(async (em) => {
      for (let attempt = 1; ; attempt += 1) {
        const handle = toHandle(place, attempt);
        const id = (await this.insert(em, caller, place, handle)) ?? (await findUnused(em, handle));
        if (id !== null) return id;
      }
    });
  }

  private async insert(
    em: EntityManager,
    caller: SystemCaller,
    place: AccountPlace,
    handle: string,
  ): Promise<string | null> {
    const now = this.clock.now();
    const account = {
      handle,
      followers: toFollowers(place),
      language: place.language ?? 'en',
      countries: place.geo?.length ? place.geo : ['US'],
    };
    const created = await queryRow<{ id: string }>(
      em,
      sql`INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, sandbox, created_at, updated_at)
          VALUES (${newId('sa')}, ${account.handle}, ${account.followers}, ${[VERTICAL]}, ${account.language}, ${account.countries},
                  'available', true, ${now}, ${now})
          ON CONFLICT DO NOTHING RETURNING id`,
    );
    if (!created) return null;
    await this.audit.record(em, caller, {
      type: 'social_account.created',
      organizationId: place.organizationId,
      objectId: created.id,
      internal: { before: null, after: account },
    });
    return created.id;
  }
}

/** What a process that died has left. */
async function findUnused(em: EntityManager, handle: string): Promise<string | null> {
  const found = await queryRow<{ id: string }>(
    em,
    sql`SELECT id FROM social_account account
         WHERE handle = ${handle} AND sandbox AND NOT EXISTS (SELECT FROM lease WHERE lease.social_account_id = account.id)`,
  );
  return found?.id ?? null;
}

/** Handles are unique in the whole pool: the beginning of the sandbox's id is in it. */
function toHandle({ organizationId, vertical, ordinal, place }: AccountPlace, attempt: number): string {
  const word =
    toTextKey(vertical)
      .replaceAll(/[^a-z0-9]/g, '')
      .slice(0, MAX_WORD_LENGTH) || 'account';
  return `sbx${organizationId.slice(4, 16).replaceAll('-', '')}.${word}.${ordinal}.${place}${attempt > 1 ? `.${attempt}` : ''}`;
}

function toFollowers({ vertical, ordinal, place }: AccountPlace): number {
  const hash = createHash('sha256')
    .update(`${toTextKey(vertical)} ${ordinal} ${place}`)
    .digest();
  return MIN_FOLLOWERS + (hash.readUInt32BE() % FOLLOWERS_RANGE);
}
