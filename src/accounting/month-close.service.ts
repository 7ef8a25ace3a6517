import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { AuditService, getActorId } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound } from '../core/errors.js';
import { assertAllowed } from '../authorization/permissions.js';
import { getMonthBounds, toMonth, type MonthBounds } from '../core/months.js';
import { readLongSnapshot, readSnapshot } from '../core/snapshot.js';
import { literal, queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { IsText, IsTrueOrFalse, Optional, validated } from '../core/validation.js';
import { readMonthCharges, readMonthFigures, type MonthFigures } from './month-figures.js';
import {
  CHARGES_FILE,
  toChargesTable,
  digestPack,
  PACK_FORMAT,
  toPackFile,
  toPackTables,
  type PackedMonth,
  type PackFile,
  type PackTable,
} from './month-pack.js';
import { readBooks, readBooksByBalances } from './month-movements.js';
import { listMonths, readOpenBefore } from './open-months.js';
import { formatUtcDay, formatUtcMoment } from '../core/utc-times.js';

export class CloseMonth {
  /** Like `2027-01`, in UTC. */
  @IsText(7, 7)
  month: string;

  /** Closes it although an earlier month is open. */
  @Optional()
  @IsTrueOrFalse()
  allowEarlierOpen?: boolean;
}

/** A closed month with its files; building them again gives the same bytes. */
export interface MonthPack {
  month: string;
  closedAt: Date;
  closedBy: string;
  /** Whether an earlier call closed it. */
  closedBefore: boolean;
  digest: string;
  files: PackFile[];
}

/** A month as the panel shows it, open or closed. */
export interface MonthView extends MonthFigures {
  month: string;
  /** The months from the current one back to the first booking. */
  months: string[];
  closedAt: Date | null;
  closedBy: string | null;
  closableFrom: Date;
  isClosable: boolean;
  /** Earlier months that are not closed, the newest first. */
  openBefore: string[];
  partnerNames: Record<string, string>;
}

interface ClosedMonth {
  closedAt: Date;
  closedBy: string;
  partnerNames: Record<string, string>;
}

/** Nothing keeps an earlier month from being closed later; its figures then come after those that were taken away first. */
class EarlierMonthsOpen extends Conflict {
  constructor(month: string, openBefore: readonly string[]) {
    const names = openBefore.toReversed().join(', ');
    const are = openBefore.length === 1 ? 'is' : 'are';
    super('earlier_month_open', `${names} ${are} still open. Close ${month} after that, or allow it to stay open.`, {
      openBefore,
    });
  }
}

/** No transaction lives that long, so everything booked in a month is committed by then. */
const CLOSE_DELAY_MS = 3_600_000;
const LOCK_TIMEOUT_MS = 2_000;
const byName = new Intl.Collator('en', { numeric: true });

/** Shows the months of the ledger, closes them for good and packs them for finance. */
@Injectable()
export class MonthCloseService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Closes a month, at the earliest an hour after its end, and returns its pack; of a closed month the same pack again.
   * From then on the database refuses bookings in that month.
   * @throws Conflict when it is too early, an earlier month is open and that is not allowed, or the stored digests differ; ValidationFailed, ForbiddenRole
   */
  async close(caller: Insider, input: CloseMonth): Promise<MonthPack> {
    assertAllowed(caller, 'closeMonth');
    const { month, allowEarlierOpen = false } = validated(CloseMonth, input);
    const bounds = getMonthBounds(month);
    const closedBefore = await this.transactions.run((em) =>
      this.closeOnce(em, caller, month, bounds, allowEarlierOpen),
    );
    return { ...(await this.pack(month)), closedBefore };
  }

  /**
   * The pack of a closed month.
   * @throws Conflict when the month is not closed, or the stored digests differ; ValidationFailed
   */
  async pack(month: string): Promise<MonthPack> {
    const { closed, built } = await this.readClosed(month, async (em, bounds, packed) => [
      ...toPackTables(packed, await readMonthFigures(em, bounds, await readBooks(em, bounds))),
      toChargesTable(packed, await readMonthCharges(em, bounds)),
    ]);
    const files: PackFile[] = [];
    for (const table of built) files.push(await toPackFile(table));
    await this.assertUnchanged(month, files);
    const { closedAt, closedBy } = closed;
    return { month, closedAt, closedBy, closedBefore: true, digest: digestPack(files), files };
  }

  /**
   * One file of a closed month's pack; reads only what that file needs.
   * @throws NotFound where the pack has no such file; Conflict as `pack`; ValidationFailed
   */
  async file(month: string, name: string): Promise<PackFile> {
    const { built } = await this.readClosed(month, async (em, bounds, packed) => {
      if (name === CHARGES_FILE) return toChargesTable(packed, await readMonthCharges(em, bounds));
      return toPackTables(packed, await readMonthFigures(em, bounds, await readBooks(em, bounds))).find(
        (table) => table.name === name,
      );
    });
    if (!built) throw new NotFound('This file of the pack');
    const file = await toPackFile(built);
    await this.assertUnchanged(month, [file]);
    return file;
  }

  /** @param monthParam of an address, unchecked; the current month where it is empty @throws ValidationFailed */
  view(monthParam?: unknown): Promise<MonthView> {
    const now = this.clock.now();
    const month = monthParam === undefined || monthParam === '' ? toMonth(now) : String(monthParam);
    const bounds = getMonthBounds(month);
    const closableFrom = getClosableFrom(bounds);
    return readSnapshot(this.dataSource, async (em) => {
      const closed = await findClosedMonth(em, bounds.start);
      const partnerNames = closed?.partnerNames ?? (await readPartnerNames(em));
      const figures = await readMonthFigures(em, bounds, await readBooksByBalances(em, bounds));
      return {
        month,
        months: await listMonths(em, now),
        closedAt: closed?.closedAt ?? null,
        closedBy: closed ? await readStaffName(em, closed.closedBy) : null,
        closableFrom,
        isClosable: !closed && now >= closableFrom,
        openBefore: await readOpenBefore(em, month, now),
        partnerNames,
        ...figures,
        wallets: sortByPartner(figures.wallets, partnerNames),
        owed: sortByPartner(figures.owed, partnerNames),
      };
    });
  }

  /** @returns whether it was closed before */
  private async closeOnce(
    em: EntityManager,
    caller: Insider,
    month: string,
    bounds: MonthBounds,
    allowEarlierOpen: boolean,
  ): Promise<boolean> {
    if (await findClosedMonth(em, bounds.start)) return true;
    const now = this.clock.now();
    const closableFrom = getClosableFrom(bounds);
    if (now < closableFrom) {
      throw new Conflict('not_allowed_now', `${month} can be closed from ${formatUtcMoment(closableFrom)}.`);
    }
    const openBefore = await readOpenBefore(em, month, now);
    if (openBefore.length > 0 && !allowEarlierOpen) throw new EarlierMonthsOpen(month, openBefore);
    // A process whose clock lags may be booking in that month right now: it commits first, or finds the month closed.
    // All bookings queue behind this lock, so this one gives up soon.
    await queryRows(em, sql`SET LOCAL lock_timeout = '${literal(LOCK_TIMEOUT_MS)}ms'`);
    await queryRows(em, sql`SELECT lock_transfers()`);
    const partnerNames = await readPartnerNames(em);
    const inserted = await queryRow(
      em,
      sql`INSERT INTO closed_month (month, closed_at, closed_by, partner_names)
       VALUES (${formatUtcDay(bounds.start)}::date, ${now}, ${getActorId(caller)}, ${partnerNames})
       ON CONFLICT (month) DO NOTHING RETURNING month`,
    );
    if (!inserted) return true;
    const after = { closedAt: now.toISOString(), ...(openBefore.length > 0 && { openBefore }) };
    await this.audit.record(em, caller, {
      type: 'ledger.month_closed',
      objectId: month,
      internal: { before: null, after },
    });
    return false;
  }

  private readClosed<Built extends PackTable | PackTable[] | undefined>(
    month: string,
    build: (em: EntityManager, bounds: MonthBounds, packed: PackedMonth) => Promise<Built>,
  ): Promise<{ closed: ClosedMonth; built: Built }> {
    const bounds = getMonthBounds(month);
    return readLongSnapshot(this.dataSource, async (em) => {
      const closed = await findClosedMonth(em, bounds.start);
      if (!closed) throw new Conflict('not_allowed_now', `${month} is not closed yet.`);
      return { closed, built: await build(em, bounds, { month, ...closed }) };
    });
  }

  /** Stores the digest of each file when it is first built. @throws Conflict where a stored digest differs */
  private async assertUnchanged(month: string, files: readonly PackFile[]): Promise<void> {
    const names = files.map(({ name }) => name);
    const digests = files.map(({ sha256 }) => sha256);
    const firstDay = `${month}-01`;
    const changed = await this.transactions.run(
      async (em) => {
        await queryRows(
          em,
          sql`INSERT INTO month_pack_file (month, format, name, sha256, made_at)
         SELECT ${firstDay}::date, ${literal(PACK_FORMAT)}, name, sha256, ${this.clock.now()}::timestamptz
           FROM unnest(${names}::text[], ${digests}::text[]) AS file (name, sha256)
         ON CONFLICT DO NOTHING`,
        );
        const first = await queryRows<{ name: string; sha256: string }>(
          em,
          sql`SELECT name, sha256 FROM month_pack_file
          WHERE month = ${firstDay}::date AND format = ${literal(PACK_FORMAT)} AND name = ANY (${names}::text[])`,
        );
        const isSame = (file: PackFile) =>
          first.some(({ name, sha256 }) => name === file.name && sha256 === file.sha256);
        return files.filter((file) => !isSame(file)).map(({ name }) => name);
      },
      { allowClockFault: true },
    );
    if (changed.length === 0) return;
    const differing = `${changed.join(', ')} ${changed.length === 1 ? 'differs' : 'differ'}`;
    throw new Conflict(
      'not_allowed_now',
      `The books of ${month} are not what they were when it was closed (${differing}): someone changed booked transactions, ` +
        'bypassing the database’s rules; contact the database administrator.',
    );
  }
}

/** Names as people order them; the files of the pack keep the order of the ids, so that their bytes stay the same. */
function sortByPartner<Line extends { organizationId: string }>(
  lines: readonly Line[],
  partnerNames: Record<string, string>,
): Line[] {
  const toName = ({ organizationId }: Line) => partnerNames[organizationId] ?? organizationId;
  return lines.toSorted(
    (a, b) => byName.compare(toName(a), toName(b)) || (a.organizationId < b.organizationId ? -1 : 1),
  );
}

function getClosableFrom({ end }: MonthBounds): Date {
  return new Date(end.getTime() + CLOSE_DELAY_MS);
}

function findClosedMonth(em: EntityManager, start: Date): Promise<ClosedMonth | null> {
  return queryRow<ClosedMonth>(
    em,
    sql`SELECT closed_at AS "closedAt", closed_by AS "closedBy", partner_names AS "partnerNames"
      FROM closed_month WHERE month = ${formatUtcDay(start)}::date`,
  );
}

async function readPartnerNames(em: EntityManager): Promise<Record<string, string>> {
  const found = await queryRow<{ names: Record<string, string> }>(
    em,
    sql`SELECT coalesce(jsonb_object_agg(id, name), '{}') AS names FROM organization WHERE NOT sandbox`,
  );
  return found!.names;
}

async function readStaffName(em: EntityManager, staffId: string): Promise<string> {
  const found = await queryRow<{ name: string }>(em, sql`SELECT name FROM staff_user WHERE id = ${staffId}`);
  return found?.name ?? staffId;
}
