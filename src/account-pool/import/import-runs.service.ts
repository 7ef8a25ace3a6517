import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { StaffCaller } from '../../authorization/actor.js';
import { Conflict, DomainError, NotFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import { queryRow, queryRows } from '../../core/sql.js';
import { assertAllowed } from '../../authorization/permissions.js';
import { AccountsImport, ChangedSincePreview, type ImportPreview } from './accounts-import.service.js';

/** A confirmed import: how far it is, and what became of it. Nothing stands in the pool before it is done. */
export interface ImportRun {
  importId: string;
  fileName: string;
  status: 'running' | 'done' | 'refused';
  written: number;
  total: number;
  /** Of one that is done. */
  report: ShownPreview | null;
  /** Why one was refused; nothing was written then. */
  sentence: string | null;
  /** Whether it was refused because the pool changed since its preview, so that another look helps. */
  stale: boolean;
}

/** A preview or report with no more rejected lines than somebody reads; `rejectedCount` counts all. */
export type ShownPreview = ImportPreview & { rejectedCount: number };

interface Outcome {
  report?: ShownPreview;
  sentence?: string;
  stale?: boolean;
}

const MAX_SHOWN = 10_000;
/** Files held in memory at once, by all colleagues together. */
const AT_ONCE = 2;
const PROGRESS_EVERY_MS = 400;
const log = new Logger('Imports');

/** Imports as the panel runs them: looked at first, then confirmed and followed while they run. */
@Injectable()
export class ImportRuns implements BeforeApplicationShutdown {
  private reading = 0;
  private readonly going = new Set<Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly imports: AccountsImport,
  ) {}

  /** @throws Conflict when others keep this busy, ValidationFailed when the file cannot be read, ForbiddenRole */
  async preview(caller: StaffCaller, content: Buffer): Promise<ShownPreview> {
    this.takeTurn();
    try {
      return toShownPreview(await this.imports.preview(caller, content));
    } finally {
      this.reading -= 1;
    }
  }

  /**
   * Begins an import that was looked at; it goes on by itself.
   * @throws Conflict when others keep this busy, ForbiddenRole
   */
  async start(caller: StaffCaller, fileName: string, content: Buffer, digest: string): Promise<{ importId: string }> {
    assertAllowed(caller, 'editAccounts');
    this.takeTurn();
    const importId = newId('imp');
    try {
      await this.write(`DELETE FROM account_import WHERE started_at < now() - interval '30 days'`, []);
      await this.write(
        `INSERT INTO account_import (id, started_by, file_name, status) VALUES ($1, $2, $3, 'running')`,
        [importId, caller.staffId, fileName],
      );
    } catch (error) {
      this.reading -= 1;
      throw error;
    }
    const going = this.run(caller, importId, content, digest).finally(() => {
      this.reading -= 1;
      this.going.delete(going);
    });
    this.going.add(going);
    return { importId };
  }

  /** @throws NotFound, ForbiddenRole */
  async show(caller: StaffCaller, importId: string): Promise<ImportRun> {
    assertAllowed(caller, 'editAccounts');
    const run = await queryRow<
      Omit<ImportRun, 'report' | 'sentence' | 'stale'> & { outcome: Outcome | null; lost: boolean }
    >(
      this.dataSource.manager,
      `SELECT id AS "importId", file_name AS "fileName", status, written, total, outcome,
              status = 'running' AND seen_at < now() - interval '30 seconds' AS lost
         FROM account_import WHERE id = $1`,
      [importId],
    );
    if (!run) throw new NotFound('This import');
    const { outcome, lost, ...rest } = run;
    const { report = null, sentence = null, stale = false } = outcome ?? {};
    if (!lost) return { ...rest, report, sentence, stale };
    const interrupted = 'The service stopped while it ran, so nothing was written. Choose the file again.';
    return { ...rest, status: 'refused', written: 0, report, sentence: interrupted, stale };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.going);
  }

  private takeTurn(): void {
    if (this.reading >= AT_ONCE) {
      throw new Conflict('not_allowed_now', 'Two other files are being read just now; try again in a minute.');
    }
    this.reading += 1;
  }

  private async run(caller: StaffCaller, importId: string, content: Buffer, digest: string): Promise<void> {
    let [written, total] = [0, 0];
    // On a connection of its own, and outside of the import's transaction, which nobody else can look into.
    const telling = setInterval(() => {
      this.write(
        `UPDATE account_import SET written = $2, total = $3, seen_at = now() WHERE id = $1 AND status = 'running'`,
        [importId, written, total],
      ).catch(() => undefined);
    }, PROGRESS_EVERY_MS);
    try {
      await this.imports.confirm(caller, content, digest, {
        progress: (now, all) => ([written, total] = [now, all]),
        through: (em, done) => {
          // From here on telling how far it is would wait for this transaction.
          clearInterval(telling);
          return end(em, importId, 'done', { report: toShownPreview(done) }, total);
        },
      });
    } catch (error) {
      await end(this.dataSource.manager, importId, 'refused', toErrorMessage(error, importId), total).catch(
        () => undefined,
      );
    } finally {
      clearInterval(telling);
    }
  }

  private async write(text: string, values: unknown[]): Promise<void> {
    await queryRows(this.dataSource.manager, text, values);
  }
}

/** One that is done stays so, whatever happens to who would tell it. */
async function end(
  em: EntityManager,
  importId: string,
  status: 'done' | 'refused',
  outcome: Outcome,
  total: number,
): Promise<void> {
  const written = status === 'done' ? total : 0;
  await queryRows(
    em,
    `UPDATE account_import SET status = $2, outcome = $3, written = $4, total = $5, ended_at = now()
      WHERE id = $1 AND status = 'running'`,
    [importId, status, outcome, written, total],
  );
}

function toShownPreview(preview: ImportPreview): ShownPreview {
  return { ...preview, rejected: preview.rejected.slice(0, MAX_SHOWN), rejectedCount: preview.rejected.length };
}

function toErrorMessage(error: unknown, importId: string): Outcome {
  if (error instanceof DomainError) return { sentence: error.message, stale: error instanceof ChangedSincePreview };
  log.error(`Import ${importId} failed by our fault`, error);
  return { sentence: `Something went wrong on our side (${importId}); nothing was written.` };
}
