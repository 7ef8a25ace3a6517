import { createHash, type Hash } from 'node:crypto';
import { setImmediate as others } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider } from '../../authorization/actor.js';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../core/clock.js';
import { Conflict } from '../../core/errors.js';
import { DomainEvents } from '../../core/domain-events.js';
import { newId } from '../../core/ids.js';
import { violatesUnique } from '../../core/database-errors.js';
import { queryRows } from '../../core/sql.js';
import { Transactions } from '../../core/transactions.js';
import { assertAllowed } from '../../authorization/permissions.js';
import type { SocialAccount } from '../account-pool.service.js';
import { canMove } from '../account-status.js';
import { readAccountsFile, type AccountLine, type AccountsFile, type RejectedLine } from './accounts-file.js';
import { findNewVerticals, type NewVerticals } from './new-verticals.js';

/** What an import did. `rejected` is in the order of the file, line 1 being the header. */
export interface ImportReport {
  created: number;
  updated: number;
  rejected: RejectedLine[];
}

/** What an import would do now. */
export interface ImportPreview extends NewVerticals {
  created: number;
  /** Known accounts that would change. */
  updated: number;
  /** Known accounts that are as the file has them already. */
  unchanged: number;
  /** Of the known ones, those whose status the file states and that keep theirs, because they are leased. */
  statusKept: number;
  rejected: RejectedLine[];
  /** Names this file and this judgement; both have to be the same still when the import is confirmed. */
  digest: string;
}

/** What follows a confirmed import. Both are told inside its transaction, so nothing stands until it is through. */
export interface Follower {
  progress(written: number, total: number): void;
  /** Everything is written; what this writes stands or falls with it. */
  through(em: EntityManager, done: ImportPreview): Promise<void>;
}

type PoolAccount = SocialAccount & { handleKey: string };

/** An account as it is in the pool, and as the file has it. */
interface Change {
  before: SocialAccount | null;
  after: SocialAccount;
}

/** What becomes of each line of a file. */
interface Assessment {
  created: Change[];
  updated: Change[];
  /** Known accounts that are as the file has them. */
  unchanged: number;
  statusKept: number;
  rejected: RejectedLine[];
  digest: string;
}

/** Rows a statement: large enough to be quick, small enough to stay far from every time-out. */
const CHUNK = 2_000;
const ATTEMPTS = 3;
/** Lines judged before others have their turn. */
const ASSESS_BATCH_SIZE = 1_000;

const recordOfAccount = `"socialAccountId" text, handle text, followers bigint, verticals text[], language text,
  countries text[], status text, "statusReason" text`;

const asKnown = `known.id AS "socialAccountId", known.handle_key AS "handleKey", known.handle, known.followers, known.verticals, known.language,
  known.countries, known.status, known.status_reason AS "statusReason"`;

const knownAccounts = `
  SELECT ${asKnown} FROM social_account known JOIN unnest($1::text[]) AS wanted (handle_key) USING (handle_key)`;

/** Brings a CSV of accounts into the pool: new handles are created, known ones updated. */
@Injectable()
export class AccountsImport {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly announcements: DomainEvents,
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
    assertAllowed(caller, 'editAccounts');
    const file = await readAccountsFile(content);
    const { created, updated, unchanged, rejected } = await this.write(caller, content, file);
    return { created, updated: updated + unchanged, rejected };
  }

  /**
   * Judges a file as an import would now, and writes nothing.
   * @throws ValidationFailed when the file as a whole cannot be read, ForbiddenRole
   */
  async preview(caller: Insider, content: Buffer): Promise<ImportPreview> {
    assertAllowed(caller, 'editAccounts');
    const file = await readAccountsFile(content);
    const known = await queryRows<PoolAccount>(this.dataSource.manager, knownAccounts, [toHandles(file)]);
    const judgement = await assess(content, file, known);
    return toCounts(judgement, await findNewVerticals(this.dataSource.manager, toAccounts(judgement)));
  }

  /**
   * Imports a file that was looked at before: exactly what its preview said, or nothing.
   * @param digest the preview's
   * @throws Conflict (`stale`) when the file or the pool changed since the preview, ValidationFailed, ForbiddenRole
   */
  async confirm(caller: Insider, content: Buffer, digest: string, follower: Follower): Promise<ImportPreview> {
    assertAllowed(caller, 'editAccounts');
    const file = await readAccountsFile(content);
    return this.write(caller, content, file, { digest, follower });
  }

  private async write(
    caller: Insider,
    content: Buffer,
    file: AccountsFile,
    confirmed?: { digest: string; follower: Follower },
  ): Promise<ImportPreview> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactions.run(async (em) => {
          await prepareForMany(em);
          // Who is overtaken each time holds all of them at last.
          const known = await (attempt < ATTEMPTS
            ? queryRows<PoolAccount>(em, knownAccounts, [toHandles(file)])
            : this.lockKnown(em, file));
          const judgement = await assess(content, file, known);
          if (confirmed && confirmed.digest !== judgement.digest) throw new ChangedSincePreview();
          const done = toCounts(judgement, await findNewVerticals(em, toAccounts(judgement)));
          await this.writeAssessed(em, caller, judgement, confirmed?.follower);
          await confirmed?.follower.through(em, done);
          return done;
        });
      } catch (error) {
        // Somebody created one of the handles meanwhile, so that now it is a known one; or changed one that this would change.
        const overtaken = error instanceof ChangedMeanwhile || violatesUnique(error, 'social_account_handle_key_key');
        if (!overtaken || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Others wait for an account only from its own lock to the commit, so all that needs none comes before. @throws Overtaken */
  private async writeAssessed(
    em: EntityManager,
    caller: Insider,
    { created, updated, unchanged, rejected }: Assessment,
    follower?: Follower,
  ): Promise<void> {
    const now = this.clock.now();
    const total = created.length + updated.length;
    let written = 0;
    const tell = (chunk: Change[]) => follower?.progress((written += chunk.length), total);
    for (const chunk of chunks(created)) {
      await insert(em, chunk, now);
      await this.record(em, caller, 'social_account.created', chunk);
      tell(chunk);
    }
    for (const chunk of chunks(updated)) await this.record(em, caller, 'social_account.updated', chunk);
    const inOrder = updated.sort((a, b) => (a.after.socialAccountId < b.after.socialAccountId ? -1 : 1));
    for (const chunk of chunks(inOrder)) {
      await lockAsAssessed(em, chunk);
      await update(em, chunk, now);
      tell(chunk);
    }
    this.announcements.publish(em, 'accountsBecameAvailable', { since: now });
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

  /** Locks in the order of ids, as everybody does. */
  private lockKnown(em: EntityManager, file: AccountsFile): Promise<PoolAccount[]> {
    return queryRows<PoolAccount>(em, `${knownAccounts} ORDER BY known.id FOR UPDATE OF known`, [toHandles(file)]);
  }
}

/** Somebody changed an account between its judgement and its lock. */
class ChangedMeanwhile extends Error {}

/** Between preview and confirmation the file or the pool changed, so what was confirmed is not what would happen. */
export class ChangedSincePreview extends Conflict {
  constructor() {
    super(
      'stale',
      'The pool or the file changed since the preview, so nothing was written. Look at the new preview and confirm again.',
    );
  }
}

function toHandles({ good }: AccountsFile): string[] {
  return good.map(({ handleKey }) => handleKey);
}

/** The one judgement of a file beside the pool, for the preview as for the import. */
async function assess(content: Buffer, file: AccountsFile, pool: PoolAccount[]): Promise<Assessment> {
  const known = new Map(pool.map(({ handleKey, ...account }) => [handleKey, account]));
  const judgement: Assessment = { created: [], updated: [], unchanged: 0, statusKept: 0, rejected: [], digest: '' };
  const hash = createHash('sha256').update(content);
  const refused: RejectedLine[] = [];
  for (const [n, line] of file.good.entries()) {
    if (n % ASSESS_BATCH_SIZE === ASSESS_BATCH_SIZE - 1) await others();
    const before = known.get(line.handleKey) ?? null;
    const fault = findStatusError(line, before);
    if (fault) refused.push({ line: line.line, reason: fault });
    else {
      const after = afterLine(line, before);
      if (!before) judgement.created.push({ before, after });
      else if (isDeepStrictEqual(before, after)) judgement.unchanged += 1;
      else judgement.updated.push({ before, after });
      if (before && line.status !== null && line.status !== after.status) judgement.statusKept += 1;
    }
    tell(hash, line, fault, before);
  }
  judgement.rejected = [...file.rejected, ...refused].sort((a, b) => a.line - b.line);
  judgement.digest = hash.digest('base64url');
  return judgement;
}

/** All that the judgement of a line rests on beside the file itself. */
function tell(hash: Hash, { line }: AccountLine, fault: string | null, account: SocialAccount | null): void {
  if (fault) hash.update(`${line} ${fault}\n`);
  else if (account) {
    const { socialAccountId, handle, followers, verticals, language, countries, status } = account;
    hash.update(JSON.stringify([line, socialAccountId, handle, followers, verticals, language, countries, status]));
  }
}

function toAccounts({ created, updated }: Assessment): SocialAccount[] {
  return [...created, ...updated].map(({ after }) => after);
}

function toCounts(judgement: Assessment, newVerticals: NewVerticals): ImportPreview {
  const { created, updated, unchanged, statusKept, rejected, digest } = judgement;
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
 * No statement is cut off half-way, another large import is waited for, and none goes over the pool once for each line: PostgreSQL would choose that
 * where it believes the pool to be as small as it was when it last looked.
 */
async function prepareForMany(em: EntityManager): Promise<void> {
  await queryRows(
    em,
    `SELECT set_config(name, CASE name WHEN 'enable_nestloop' THEN 'off' ELSE '0' END, true)
       FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout', 'lock_timeout', 'enable_nestloop')`,
  );
}

function findStatusError(line: AccountLine, known: SocialAccount | null): string | null {
  if (line.status === null || known?.status === 'assigned') return null;
  if (line.status === 'assigned') return 'status cannot be assigned: only a lease makes an account that';
  if (!known || canMove(known.status, line.status)) return null;
  return `status cannot become ${line.status}: the account is ${known.status}`;
}

function afterLine(line: AccountLine, known: SocialAccount | null): SocialAccount {
  const { handle, followers, verticals, language, countries } = line;
  const socialAccountId = known?.socialAccountId ?? newId('sa');
  const status = known?.status === 'assigned' ? 'assigned' : (line.status ?? known?.status ?? 'available');
  const statusReason = known?.status === status ? known.statusReason : null;
  return { socialAccountId, handle, followers, verticals, language, countries, status, statusReason };
}

function* chunks<Item>(items: Item[]): Generator<Item[]> {
  for (let from = 0; from < items.length; from += CHUNK) yield items.slice(from, from + CHUNK);
}

function toRecordset(changes: Change[]): string {
  return JSON.stringify(changes.map(({ after }) => after));
}

async function insert(em: EntityManager, changes: Change[], now: Date): Promise<void> {
  await queryRows(
    em,
    `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, status_reason, created_at, updated_at)
     SELECT "socialAccountId", handle, followers, verticals, language, countries, status, "statusReason", $2, $2
       FROM jsonb_to_recordset($1::jsonb) AS account (${recordOfAccount})`,
    [toRecordset(changes), now],
  );
}

/** Locks in the order of ids, as everybody does. @throws Overtaken */
async function lockAsAssessed(em: EntityManager, changes: Change[]): Promise<void> {
  const locked = await queryRows<PoolAccount>(
    em,
    `SELECT ${asKnown} FROM social_account known WHERE known.id = ANY ($1) ORDER BY known.id FOR UPDATE`,
    [changes.map(({ after }) => after.socialAccountId)],
  );
  const now = new Map(locked.map(({ handleKey: _handleKey, ...account }) => [account.socialAccountId, account]));
  const asJudged = changes.every(({ before, after }) => isDeepStrictEqual(before, now.get(after.socialAccountId)));
  if (!asJudged) throw new ChangedMeanwhile();
}

async function update(em: EntityManager, changes: Change[], now: Date): Promise<void> {
  await queryRows(
    em,
    `UPDATE social_account known
        SET handle = account.handle, followers = account.followers, verticals = account.verticals, language = account.language,
            countries = account.countries, status = account.status, status_reason = account."statusReason", updated_at = $2,
            resetting_until = CASE WHEN known.status = account.status THEN known.resetting_until END
       FROM jsonb_to_recordset($1::jsonb) AS account (${recordOfAccount})
      WHERE known.id = account."socialAccountId"`,
    [toRecordset(changes), now],
  );
}
