import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { StaffCaller } from '../../authorization/actor.js';
import { Conflict, DomainError, NotFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import { Pruner, PRUNE_BATCH_SIZE } from '../../core/pruner.js';
import { literal, queryRow, queryRows, sql, type Sql } from '../../core/sql.js';
import { assertAllowed } from '../../authorization/permissions.js';
import { AccountsImport, ChangedSincePreview, type ImportPreview } from './accounts-import.service.js';

/** A confirmed import, its progress and its result. The pool does not change before it is done. */
export interface ImportRun {
  importId: string;
  fileName: string;
  status: 'running' | 'done' | 'refused';
  written: number;
  total: number;
  /** Only when `done`. */
  report: ShownPreview | null;
  /** Why it was refused; nothing was written then. */
  sentence: string | null;
  /** Whether it was refused because the pool changed since its preview, so that a new preview helps. */
  stale: boolean;
}

/** A preview or report with its first rejected lines; `rejectedCount` counts all. */
export type ShownPreview = ImportPreview & { rejectedCount: number };

interface Outcome {
  report?: ShownPreview;
  sentence?: string;
  stale?: boolean;
}

const MAX_SHOWN = 10_000;
/** Files that this process holds in memory at once. */
const MAX_CONCURRENT_FILES = 2;
const PROGRESS_INTERVAL_MS = 400;
const logger = new Logger('Imports');

/** Imports as the panel runs them: previewed, then confirmed, with progress that the panel polls. */
@Injectable()
export class ImportRuns implements OnModuleInit, BeforeApplicationShutdown {
  private openFiles = 0;
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly imports: AccountsImport,
    private readonly pruner: Pruner,
  ) {}

  onModuleInit(): void {
    this.pruner.register({ table: 'account_import', deleteExpired });
  }

  /** @throws Conflict while too many other files are read, ValidationFailed when the file cannot be read, ForbiddenRole */
  async preview(caller: StaffCaller, content: Buffer): Promise<ShownPreview> {
    this.openFile();
    try {
      return toShownPreview(await this.imports.preview(caller, content));
    } finally {
      this.openFiles -= 1;
    }
  }

  /**
   * What an import of this file would leave out, as a CSV to mend and import again.
   * @throws Conflict while too many other files are read, ValidationFailed when the file cannot be read, ForbiddenRole
   */
  async rejectedLines(caller: StaffCaller, content: Buffer): Promise<string> {
    this.openFile();
    try {
      return await this.imports.rejectedLines(caller, content);
    } finally {
      this.openFiles -= 1;
    }
  }

  /**
   * Starts an import that was previewed, and returns before it is done.
   * @throws Conflict while too many other files are read, ForbiddenRole
   */
  async start(caller: StaffCaller, fileName: string, content: Buffer, digest: string): Promise<{ importId: string }> {
    assertAllowed(caller, 'editAccounts');
    this.openFile();
    const importId = newId('imp');
    try {
      await this.write(
        sql`INSERT INTO account_import (id, started_by, file_name, status) VALUES (${importId}, ${caller.staffId}, ${fileName}, 'running')`,
      );
    } catch (error) {
      this.openFiles -= 1;
      throw error;
    }
    const run = this.run(caller, importId, content, digest).finally(() => {
      this.openFiles -= 1;
      this.running.delete(run);
    });
    this.running.add(run);
    return { importId };
  }

  /** @throws NotFound, ForbiddenRole */
  async show(caller: StaffCaller, importId: string): Promise<ImportRun> {
    assertAllowed(caller, 'editAccounts');
    const run = await queryRow<
      Omit<ImportRun, 'report' | 'sentence' | 'stale'> & { outcome: Outcome | null; lost: boolean }
    >(
      this.dataSource.manager,
      sql`SELECT id AS "importId", file_name AS "fileName", status, written, total, outcome,
              status = 'running' AND seen_at < now() - interval '30 seconds' AS lost
         FROM account_import WHERE id = ${importId}`,
    );
    if (!run) throw new NotFound('This import');
    const { outcome, lost, ...rest } = run;
    const { report = null, sentence = null, stale = false } = outcome ?? {};
    if (!lost) return { ...rest, report, sentence, stale };
    const interrupted = 'The service stopped while it ran, so nothing was written. Choose the file again.';
    return { ...rest, status: 'refused', written: 0, report, sentence: interrupted, stale };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.running);
  }

  private openFile(): void {
    if (this.openFiles >= MAX_CONCURRENT_FILES) {
      throw new Conflict('not_allowed_now', 'Two other files are being imported right now; try again in a minute.');
    }
    this.openFiles += 1;
  }

  private async run(caller: StaffCaller, importId: string, content: Buffer, digest: string): Promise<void> {
    let [written, total] = [0, 0];
    // On another connection: what the import's own transaction writes is invisible until its commit.
    const progressTimer = setInterval(() => {
      this.write(
        sql`UPDATE account_import SET written = ${written}, total = ${total}, seen_at = now() WHERE id = ${importId} AND status = 'running'`,
      ).catch(() => undefined);
    }, PROGRESS_INTERVAL_MS);
    try {
      await this.imports.confirm(caller, content, digest, {
        onProgress: (writtenNow, totalNow) => ([written, total] = [writtenNow, totalNow]),
        onWritten: (em, report) => {
          // A later progress update would wait for the lock of this transaction.
          clearInterval(progressTimer);
          return endRun(em, importId, 'done', { report: toShownPreview(report) }, total);
        },
      });
    } catch (error) {
      await endRun(this.dataSource.manager, importId, 'refused', toErrorMessage(error, importId), total).catch(
        () => undefined,
      );
    } finally {
      clearInterval(progressTimer);
    }
  }

  private async write(statement: Sql): Promise<void> {
    await queryRows(this.dataSource.manager, statement);
  }
}

/** Does not change a run that has ended. */
async function endRun(
  em: EntityManager,
  importId: string,
  status: 'done' | 'refused',
  outcome: Outcome,
  total: number,
): Promise<void> {
  const written = status === 'done' ? total : 0;
  await queryRows(
    em,
    sql`UPDATE account_import SET status = ${status}, outcome = ${outcome}, written = ${written}, total = ${total}, ended_at = now()
      WHERE id = ${importId} AND status = 'running'`,
  );
}

function toShownPreview(preview: ImportPreview): ShownPreview {
  return { ...preview, rejected: preview.rejected.slice(0, MAX_SHOWN), rejectedCount: preview.rejected.length };
}

function toErrorMessage(error: unknown, importId: string): Outcome {
  if (error instanceof DomainError) return { sentence: error.message, stale: error instanceof ChangedSincePreview };
  logger.error(`Import ${importId} failed`, error);
  return { sentence: `Something went wrong on our side (${importId}); nothing was written.` };
}

function deleteExpired(em: EntityManager): Promise<unknown[]> {
  return queryRows(
    em,
    sql`DELETE FROM account_import WHERE id IN (
          SELECT id FROM account_import WHERE started_at < now() - interval '30 days'
           LIMIT ${literal(PRUNE_BATCH_SIZE)} FOR UPDATE SKIP LOCKED)
        RETURNING id`,
  );
}
