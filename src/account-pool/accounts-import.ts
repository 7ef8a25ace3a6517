import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../audit/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import { newId } from '../common/ids.js';
import { violates } from '../database/faults.js';
import { rows } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { mustBeAllowed } from '../staff/permissions.js';
import type { SocialAccount } from './account-pool.service.js';
import { mayMove } from './account-status.js';
import { readAccountsFile, type AccountLine, type RejectedLine } from './accounts-file.js';

/** What an import did. `rejected` is in the order of the file, line 1 being the header. */
export interface ImportReport {
  created: number;
  updated: number;
  rejected: RejectedLine[];
}

/** An account as it is in the pool, and as the file has it. */
interface Change {
  before: SocialAccount | null;
  after: SocialAccount;
}

/** Rows a statement: large enough to be quick, small enough to stay far from every time-out. */
const CHUNK = 2_000;
const ATTEMPTS = 3;

const recordOfAccount = `"socialAccountId" text, handle text, followers bigint, verticals text[], language text,
  countries text[], status text, "statusReason" text`;

/** Brings a CSV of accounts into the pool: new handles are created, known ones updated. */
@Injectable()
export class AccountsImport {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Imports all good lines in one transaction and lists the others. An assigned account's status is left alone, and so is
   * any known account's where the file states none.
   * @param content the file, UTF-8
   * @throws ValidationFailed when the file as a whole cannot be read, ForbiddenRole
   */
  async import(caller: Insider, content: Buffer): Promise<ImportReport> {
    mustBeAllowed(caller, 'editAccounts');
    const file = readAccountsFile(content);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactions.run((em) => this.write(em, caller, file.good, file.rejected));
      } catch (error) {
        // Somebody created one of the handles meanwhile: now it is a known one.
        if (!violates(error, 'social_account_handle_key_key') || attempt === ATTEMPTS) throw error;
      }
    }
  }

  private async write(
    em: EntityManager,
    caller: Insider,
    lines: AccountLine[],
    unreadable: RejectedLine[],
  ): Promise<ImportReport> {
    await prepareForMany(em);
    const known = await this.lockKnown(em, lines);
    const created: Change[] = [];
    const updated: Change[] = [];
    const refused: RejectedLine[] = [];
    for (const line of lines) {
      const before = known.get(line.handleKey) ?? null;
      const fault = statusFault(line, before);
      if (fault) refused.push({ line: line.line, reason: fault });
      else (before ? updated : created).push({ before, after: afterLine(line, before) });
    }
    const changed = updated.filter(isChange);
    const now = this.clock.now();
    for (const chunk of chunks(created)) {
      await insert(em, chunk, now);
      await this.record(em, caller, 'social_account.created', chunk);
    }
    for (const chunk of chunks(changed)) {
      await update(em, chunk, now);
      await this.record(em, caller, 'social_account.updated', chunk);
    }
    const rejected = [...unreadable, ...refused].sort((a, b) => a.line - b.line);
    const unchanged = updated.length - changed.length;
    await this.audit.record(em, caller, {
      type: 'social_account.imported',
      objectId: caller.requestId,
      internal: { created: created.length, updated: changed.length, unchanged, rejected: rejected.length },
    });
    return { created: created.length, updated: updated.length, rejected };
  }

  private record(
    em: EntityManager,
    caller: Insider,
    type: 'social_account.created' | 'social_account.updated',
    changes: Change[],
  ): Promise<void> {
    const entries = changes.map(({ before, after }) => ({
      objectId: after.socialAccountId,
      internal: { before, after },
    }));
    return this.audit.recordMany(em, caller, type, entries);
  }

  /** Locks in the order of ids, as everybody does. */
  private async lockKnown(em: EntityManager, lines: AccountLine[]): Promise<Map<string, SocialAccount>> {
    const found = await rows<SocialAccount & { handleKey: string }>(
      em,
      `SELECT known.handle_key AS "handleKey", known.id AS "socialAccountId", known.handle, known.followers, known.verticals,
              known.language, known.countries, known.status, known.status_reason AS "statusReason"
         FROM social_account known JOIN unnest($1::text[]) AS wanted (handle_key) USING (handle_key)
        ORDER BY known.id FOR UPDATE OF known`,
      [lines.map(({ handleKey }) => handleKey)],
    );
    return new Map(found.map(({ handleKey, ...account }) => [handleKey, account]));
  }
}

/**
 * No statement is cut off half-way, and none goes over the pool once for each line: PostgreSQL would choose that
 * where it believes the pool to be as small as it was when it last looked.
 */
async function prepareForMany(em: EntityManager): Promise<void> {
  await rows(
    em,
    `SELECT set_config(name, CASE name WHEN 'enable_nestloop' THEN 'off' ELSE '0' END, true)
       FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout', 'enable_nestloop')`,
  );
}

function statusFault(line: AccountLine, known: SocialAccount | null): string | null {
  if (line.status === null || known?.status === 'assigned') return null;
  if (line.status === 'assigned') return 'status cannot be assigned: only a lease makes an account that';
  if (!known || mayMove(known.status, line.status)) return null;
  return `status cannot become ${line.status}: the account is ${known.status}`;
}

function afterLine(line: AccountLine, known: SocialAccount | null): SocialAccount {
  const { handle, followers, verticals, language, countries } = line;
  const socialAccountId = known?.socialAccountId ?? newId('sa');
  const status = known?.status === 'assigned' ? 'assigned' : (line.status ?? known?.status ?? 'available');
  const statusReason = known?.status === status ? known.statusReason : null;
  return { socialAccountId, handle, followers, verticals, language, countries, status, statusReason };
}

function isChange({ before, after }: Change): boolean {
  return !isDeepStrictEqual(before, after);
}

function* chunks<Item>(items: Item[]): Generator<Item[]> {
  for (let from = 0; from < items.length; from += CHUNK) yield items.slice(from, from + CHUNK);
}

function asRecords(changes: Change[]): string {
  return JSON.stringify(changes.map(({ after }) => after));
}

async function insert(em: EntityManager, changes: Change[], now: Date): Promise<void> {
  await rows(
    em,
    `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, status_reason, created_at, updated_at)
     SELECT "socialAccountId", handle, followers, verticals, language, countries, status, "statusReason", $2, $2
       FROM jsonb_to_recordset($1::jsonb) AS account (${recordOfAccount})`,
    [asRecords(changes), now],
  );
}

async function update(em: EntityManager, changes: Change[], now: Date): Promise<void> {
  await rows(
    em,
    `UPDATE social_account known
        SET handle = account.handle, followers = account.followers, verticals = account.verticals, language = account.language,
            countries = account.countries, status = account.status, status_reason = account."statusReason", updated_at = $2
       FROM jsonb_to_recordset($1::jsonb) AS account (${recordOfAccount})
      WHERE known.id = account."socialAccountId"`,
    [asRecords(changes), now],
  );
}
