import { createHash, type Hash } from 'node:crypto';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider } from '../../authorization/actor.js';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../core/clock.js';
import { csvHeader, csvLine } from '../../core/csv.js';
import { Conflict } from '../../core/errors.js';
import { DomainEvents } from '../../core/domain-events.js';
import { newId } from '../../core/ids.js';
import { violatesUnique } from '../../core/database-errors.js';
import { queryRows, sql, type Sql } from '../../core/sql.js';
import { textKeySql } from '../../core/text-key-sql.js';
import { Transactions } from '../../core/transactions.js';
import { assertAllowed } from '../../authorization/permissions.js';
import type { SocialAccount } from '../account-pool.service.js';
import { canMove } from '../account-status.js';
import {
  readAccountsFile,
  readLines,
  type AccountLine,
  type AccountsFile,
  type RejectedLine,
} from './accounts-file.js';
import { findNewVerticals, type NewVerticals } from './new-verticals.js';

/** The result of an import. `rejected` is in the order of the file; line 1 is the header. */
export interface ImportReport {
  created: number;
  updated: number;
  rejected: RejectedLine[];
  /** The rejected lines with their values, to mend and import again. */
  rejectedCsv: string;
}

/** The result that an import would have now. */
export interface ImportPreview extends NewVerticals {
  created: number;
  /** Known accounts that would change. */
  updated: number;
  /** Known accounts that equal their line. */
  unchanged: number;
  /** Known accounts whose line states another status, which is not taken over because they are leased. */
  statusKept: number;
  rejected: RejectedLine[];
  /** Identifies the file and its assessment; an import is confirmed only while both are the same. */
  digest: string;
}

/** Called during a confirmed import, inside its transaction. */
export interface ImportListener {
  onProgress(written: number, total: number): void;
  /** After the last row; what it writes is committed or rolled back with the import. */
  onWritten(em: EntityManager, report: ImportPreview): Promise<void>;
}

type PoolAccount = SocialAccount & { handleKey: string };

/** An account as it is in the pool, and as the file has it. */
interface Change {
  before: SocialAccount | null;
  after: SocialAccount;
}

/** An account as the file finds it: those of sandboxes are not touched. */
type KnownAccount = PoolAccount & { sandbox: boolean };
const IS_OF_SANDBOX = 'handle is that of a sandbox account';

/** What an import does with each line of a file. */
interface Assessment {
  created: Change[];
  updated: Change[];
  unchanged: number;
  statusKept: number;
  rejected: RejectedLine[];
  digest: string;
}

/** Rows of one statement: large enough to be fast, small enough to stay far from every timeout. */
const CHUNK_SIZE = 2_000;
const MAX_ATTEMPTS = 3;
/** Lines that are assessed before other work of the process gets its turn. */
const ASSESS_BATCH_SIZE = 1_000;

const recordColumns = sql`"socialAccountId" text, handle text, followers bigint, verticals text[], language text,
  countries text[], status text, "statusReason" text`;

const handleKey = textKeySql(sql`known.handle`);
const accountColumns = sql`known.id AS "socialAccountId", ${handleKey} AS "handleKey", known.handle, known.followers, known.verticals, known.language,
  known.countries, known.status, known.status_reason AS "statusReason"`;

/** The accounts of the pool that the file names. */
function knownAccountsSql({ valid }: AccountsFile): Sql {
  const handleKeys = valid.map(({ handleKey }) => handleKey);
  return sql`SELECT ${accountColumns}, known.sandbox FROM social_account known JOIN unnest(${handleKeys}::text[]) AS wanted (handle_key) ON ${handleKey} = wanted.handle_key`;
}

/** Imports a CSV of accounts: new handles are created, known ones updated. */
@Injectable()
export class AccountsImport {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly domainEvents: DomainEvents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Imports all valid lines in one transaction and lists the others. The status of an assigned account does not change, nor
   * that of a known account whose line states none.
   * @param content the file, UTF-8
   * @throws ValidationFailed when the file as a whole cannot be read, ForbiddenRole
   */
  async import(caller: Insider, content: Buffer): Promise<ImportReport> {
    assertAllowed(caller, 'editAccounts');
    const file = await readAccountsFile(content);
    const { created, updated, unchanged, rejected } = await this.write(caller, content, file);
    return { created, updated: updated + unchanged, rejected, rejectedCsv: await toRejectedCsv(content, rejected) };
  }

  /**
   * Assesses a file as an import would now, and writes nothing.
   * @throws ValidationFailed when the file as a whole cannot be read, ForbiddenRole
   */
  async preview(caller: Insider, content: Buffer): Promise<ImportPreview> {
    assertAllowed(caller, 'editAccounts');
    const file = await readAccountsFile(content);
    const known = await queryRows<KnownAccount>(this.dataSource.manager, knownAccountsSql(file));
    const assessment = await assess(content, file, known);
    return toCounts(assessment, await findNewVerticals(this.dataSource.manager, toAccounts(assessment)));
  }

  /**
   * The lines of a file that an import would leave out now, with their values, as a CSV to mend and import again.
   * @throws ValidationFailed when the file as a whole cannot be read, ForbiddenRole
   */
  async rejectedLines(caller: Insider, content: Buffer): Promise<string> {
    const { rejected } = await this.preview(caller, content);
    return toRejectedCsv(content, rejected);
  }

  /**
   * Imports a file that was previewed: exactly what its preview said, or nothing.
   * @param digest the preview's
   * @throws Conflict (`stale`) when the file or the pool changed since the preview, ValidationFailed, ForbiddenRole
   */
  async confirm(caller: Insider, content: Buffer, digest: string, listener: ImportListener): Promise<ImportPreview> {
    assertAllowed(caller, 'editAccounts');
    const file = await readAccountsFile(content);
    return this.write(caller, content, file, { digest, listener });
  }

  private async write(
    caller: Insider,
    content: Buffer,
    file: AccountsFile,
    confirmed?: { digest: string; listener: ImportListener },
  ): Promise<ImportPreview> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactions.run(async (em) => {
          await prepareForBulkWrite(em);
          // The last attempt cannot be overtaken: it locks every known account first.
          const known = await (attempt < MAX_ATTEMPTS
            ? queryRows<KnownAccount>(em, knownAccountsSql(file))
            : this.lockKnown(em, file));
          const assessment = await assess(content, file, known);
          if (confirmed && confirmed.digest !== assessment.digest) throw new ChangedSincePreview();
          const report = toCounts(assessment, await findNewVerticals(em, toAccounts(assessment)));
          await this.writeAssessed(em, caller, assessment, confirmed?.listener);
          await confirmed?.listener.onWritten(em, report);
          return report;
        });
      } catch (error) {
        // Since the assessment another transaction changed one of the accounts, or created one of the handles.
        const isOvertaken = error instanceof AccountsChanged || violatesUnique(error, 'social_account_handle_key_key');
        if (!isOvertaken || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** Does everything that needs no lock before the first lock, so that others wait only for the rest. @throws AccountsChanged */
  private async writeAssessed(
    em: EntityManager,
    caller: Insider,
    { created, updated, unchanged, rejected }: Assessment,
    listener?: ImportListener,
  ): Promise<void> {
    const now = this.clock.now();
    const total = created.length + updated.length;
    let written = 0;
    const countWritten = (chunk: Change[]) => listener?.onProgress((written += chunk.length), total);
    for (const chunk of chunks(created)) {
      await insert(em, chunk, now);
      await this.record(em, caller, 'social_account.created', chunk);
      countWritten(chunk);
    }
    for (const chunk of chunks(updated)) await this.record(em, caller, 'social_account.updated', chunk);
    const byId = updated.sort((a, b) => (a.after.socialAccountId < b.after.socialAccountId ? -1 : 1));
    for (const chunk of chunks(byId)) {
      await lockAsAssessed(em, chunk);
      await update(em, chunk, now);
      countWritten(chunk);
    }
    this.domainEvents.publish(em, 'accountsBecameAvailable', { since: now });
    await this.audit.record(em, caller, {
      type: 'social_account.imported',
      objectId: caller.callId,
      internal: { created: created.length, updated: updated.length, unchanged, rejected: rejected.length },
    });
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

  /** Locks in the order of ids, as every transaction does. */
  private lockKnown(em: EntityManager, file: AccountsFile): Promise<KnownAccount[]> {
    return queryRows<KnownAccount>(em, sql`${knownAccountsSql(file)} ORDER BY known.id FOR UPDATE OF known`);
  }
}

const rejectionColumns = ['line', 'reason'];

async function toRejectedCsv(content: Buffer, rejected: RejectedLine[]): Promise<string> {
  const { header, fields } = await readLines(content, new Set(rejected.map(({ line }) => line)));
  const kept = header.map((name, index) => ({ name, index })).filter(({ name }) => !isAboutRejection(name));
  const lines = rejected.map(({ line, reason }) => {
    const values = fields.get(line) ?? [];
    // Beyond the header there may be what is wrong.
    return [line, reason, ...kept.map(({ index }) => values[index] ?? ''), ...values.slice(header.length)];
  });
  return csvHeader([...rejectionColumns, ...kept.map(({ name }) => name)]) + lines.map(csvLine).join('');
}

function isAboutRejection(name: string): boolean {
  return rejectionColumns.includes(name.trim().toLowerCase());
}

/** An account was changed between its assessment and its lock. */
class AccountsChanged extends Error {}

export class ChangedSincePreview extends Conflict {
  constructor() {
    super(
      'stale',
      'The pool or the file changed since the preview, so nothing was written. Look at the new preview and confirm again.',
    );
  }
}

/** Compares a file with the accounts of the pool that it names; the preview and the import do the same. */
async function assess(content: Buffer, file: AccountsFile, pool: KnownAccount[]): Promise<Assessment> {
  const known = new Map(pool.map(({ handleKey, sandbox: _sandbox, ...account }) => [handleKey, account]));
  const ofSandboxes = new Set(pool.filter(({ sandbox }) => sandbox).map(({ handleKey }) => handleKey));
  const assessment: Assessment = { created: [], updated: [], unchanged: 0, statusKept: 0, rejected: [], digest: '' };
  const hash = createHash('sha256').update(content);
  const rejected: RejectedLine[] = [];
  for (const [index, line] of file.valid.entries()) {
    if (index % ASSESS_BATCH_SIZE === ASSESS_BATCH_SIZE - 1) await yieldToOthers();
    const before = known.get(line.handleKey) ?? null;
    const error = ofSandboxes.has(line.handleKey) ? IS_OF_SANDBOX : findStatusError(line, before);
    if (error) rejected.push({ line: line.line, reason: error });
    else {
      const after = applyLine(line, before);
      if (!before) assessment.created.push({ before, after });
      else if (isDeepStrictEqual(before, after)) assessment.unchanged += 1;
      else assessment.updated.push({ before, after });
      if (before && line.status !== null && line.status !== after.status) assessment.statusKept += 1;
    }
    updateDigest(hash, line, error, before);
  }
  assessment.rejected = [...file.rejected, ...rejected].sort((a, b) => a.line - b.line);
  assessment.digest = hash.digest('base64url');
  return assessment;
}

/** Adds what the assessment of a line depends on besides the file. */
function updateDigest(hash: Hash, { line }: AccountLine, error: string | null, account: SocialAccount | null): void {
  if (error) hash.update(`${line} ${error}\n`);
  else if (account) {
    const { socialAccountId, handle, followers, verticals, language, countries, status, statusReason } = account;
    hash.update(
      JSON.stringify([line, socialAccountId, handle, followers, verticals, language, countries, status, statusReason]),
    );
  }
}

function toAccounts({ created, updated }: Assessment): SocialAccount[] {
  return [...created, ...updated].map(({ after }) => after);
}

function toCounts(assessment: Assessment, newVerticals: NewVerticals): ImportPreview {
  const { created, updated, unchanged, statusKept, rejected, digest } = assessment;
  return {
    created: created.length,
    updated: updated.length,
    unchanged,
    statusKept,
    rejected,
    digest,
    ...newVerticals,
  };
}

/**
 * Lifts the timeouts, so that no statement is cut off and another large import is waited for, and keeps PostgreSQL from nested loops:
 * with old statistics it takes the pool to be small, and would scan it once for each line.
 */
async function prepareForBulkWrite(em: EntityManager): Promise<void> {
  await queryRows(
    em,
    sql`SELECT set_config(name, CASE name WHEN 'enable_nestloop' THEN 'off' ELSE '0' END, true)
       FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout', 'lock_timeout', 'enable_nestloop')`,
  );
}

function findStatusError(line: AccountLine, known: SocialAccount | null): string | null {
  if (line.status === null || known?.status === 'assigned') return null;
  if (line.status === 'assigned') return 'status cannot be assigned: only a lease makes an account that';
  if (!known || canMove(known.status, line.status)) return null;
  return `status cannot become ${line.status}: the account is ${known.status}`;
}

function applyLine(line: AccountLine, known: SocialAccount | null): SocialAccount {
  const { handle, followers, verticals, language, countries } = line;
  const socialAccountId = known?.socialAccountId ?? newId('sa');
  const status = known?.status === 'assigned' ? 'assigned' : (line.status ?? known?.status ?? 'available');
  const statusReason = line.statusReason ?? (known?.status === status ? known.statusReason : null);
  return { socialAccountId, handle, followers, verticals, language, countries, status, statusReason };
}

function* chunks<Item>(items: Item[]): Generator<Item[]> {
  for (let from = 0; from < items.length; from += CHUNK_SIZE) yield items.slice(from, from + CHUNK_SIZE);
}

function toRecordset(changes: Change[]): string {
  return JSON.stringify(changes.map(({ after }) => after));
}

async function insert(em: EntityManager, changes: Change[], now: Date): Promise<void> {
  await queryRows(
    em,
    sql`INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, status_reason, created_at, updated_at)
     SELECT "socialAccountId", handle, followers, verticals, language, countries, status, "statusReason", ${now}::timestamptz, ${now}::timestamptz
       FROM jsonb_to_recordset(${toRecordset(changes)}::jsonb) AS account (${recordColumns})`,
  );
}

/** Locks in the order of ids, as every transaction does. @throws AccountsChanged */
async function lockAsAssessed(em: EntityManager, changes: Change[]): Promise<void> {
  const ids = changes.map(({ after }) => after.socialAccountId);
  const locked = await queryRows<PoolAccount>(
    em,
    sql`SELECT ${accountColumns} FROM social_account known WHERE known.id = ANY (${ids}) ORDER BY known.id FOR UPDATE`,
  );
  const current = new Map(locked.map(({ handleKey: _handleKey, ...account }) => [account.socialAccountId, account]));
  const isUnchanged = changes.every(({ before, after }) =>
    isDeepStrictEqual(before, current.get(after.socialAccountId)),
  );
  if (!isUnchanged) throw new AccountsChanged();
}

async function update(em: EntityManager, changes: Change[], now: Date): Promise<void> {
  await queryRows(
    em,
    sql`UPDATE social_account known
        SET handle = account.handle, followers = account.followers, verticals = account.verticals, language = account.language,
            countries = account.countries, status = account.status, status_reason = account."statusReason", updated_at = ${now},
            resetting_until = CASE WHEN known.status = account.status THEN known.resetting_until END
       FROM jsonb_to_recordset(${toRecordset(changes)}::jsonb) AS account (${recordColumns})
      WHERE known.id = account."socialAccountId"`,
  );
}
