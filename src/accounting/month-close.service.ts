import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound } from '../core/errors.js';
import { getMonthBounds, toMonth, listMonthsBack, type MonthBounds } from '../core/months.js';
import { validated, IsText } from '../core/validation.js';
import { readLongSnapshot, readSnapshot } from '../core/snapshot.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import { readFirstBookedAt, readMonthCharges, readMonthFigures, type MonthFigures } from './month-figures.js';
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

export class CloseMonth {
  /** Like `2027-01`, in UTC. */
  @IsText(7, 7)
  month: string;
}

/** A closed month with its files, the same bytes whenever they are made. */
export interface MonthPack {
  month: string;
  closedAt: Date;
  closedBy: string;
  /** Whether an earlier call had closed it. */
  closedBefore: boolean;
  digest: string;
  files: PackFile[];
}

/** A month as the panel shows it, closed or not. */
export interface MonthView extends MonthFigures {
  month: string;
  /** The months that have bookings, the newest first, and the present one. */
  months: string[];
  closedAt: Date | null;
  closedBy: string | null;
  /** From when on it can be closed. */
  closableFrom: Date;
  isClosable: boolean;
  /** Earlier months with bookings that are not closed, the newest first. */
  openBefore: string[];
  partnerNames: Record<string, string>;
}

interface ClosedMonth {
  closedAt: Date;
  closedBy: string;
  partnerNames: Record<string, string>;
}

/** No transaction lives that long, so that what is booked in a month is committed by then. */
const HOUR_MS = 3_600_000;
const MAX_MONTHS = 120;
const MAX_LOCK_WAIT_MS = 2_000;

/** Months of the books: looked at, closed once and for all, packed for finance. */
@Injectable()
export class MonthCloseService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Closes a month, an hour after its end at the earliest, and packs it; closed already, the same pack again.
   * From then on the database books nothing in that month any more.
   * @throws Conflict when it is too early, or the closed books are not what they were, ValidationFailed, ForbiddenRole
   */
  async close(caller: Insider, input: CloseMonth): Promise<MonthPack> {
    assertAllowed(caller, 'closeMonth');
    const { month } = validated(CloseMonth, input);
    const bounds = getMonthBounds(month);
    const closedBefore = await this.transactions.run((em) => this.closeOnce(em, caller, month, bounds));
    return { ...(await this.pack(month)), closedBefore };
  }

  /**
   * The pack of a closed month.
   * @throws Conflict when the month is not closed, or the closed books are not what they were, ValidationFailed
   */
  async pack(month: string): Promise<MonthPack> {
    const { closed, made } = await this.read(month, async (em, bounds, packed) => [
      ...toPackTables(packed, await readMonthFigures(em, bounds)),
      toChargesTable(packed, await readMonthCharges(em, bounds)),
    ]);
    const files: PackFile[] = [];
    for (const table of made) files.push(await toPackFile(table));
    await this.assertUnchanged(month, files);
    const { closedAt, closedBy } = closed;
    return { month, closedAt, closedBy, closedBefore: true, digest: digestPack(files), files };
  }

  /**
   * One file of a closed month's pack; only what it needs is read.
   * @throws NotFound where the pack has no such file, Conflict as `pack`, ValidationFailed
   */
  async file(month: string, name: string): Promise<PackFile> {
    const { made } = await this.read(month, async (em, bounds, packed) => {
      if (name === CHARGES_FILE) return toChargesTable(packed, await readMonthCharges(em, bounds));
      return toPackTables(packed, await readMonthFigures(em, bounds)).find((table) => table.name === name);
    });
    if (!made) throw new NotFound('This file of the pack');
    const file = await toPackFile(made);
    await this.assertUnchanged(month, [file]);
    return file;
  }

  /** @throws ValidationFailed */
  view(asked?: unknown): Promise<MonthView> {
    const now = this.clock.now();
    const month = asked === undefined || asked === '' ? toMonth(now) : String(asked);
    const bounds = getMonthBounds(month);
    const closableFrom = new Date(bounds.end.getTime() + HOUR_MS);
    return readSnapshot(this.dataSource, async (em) => {
      const closed = await closedMonth(em, bounds.start);
      const months = listMonthsBack(now, (await readFirstBookedAt(em)) ?? now, MAX_MONTHS);
      const closedMonths = await monthsClosed(em);
      return {
        month,
        months,
        closedAt: closed?.closedAt ?? null,
        closedBy: closed ? await toName(em, closed.closedBy) : null,
        closableFrom,
        isClosable: !closed && now >= closableFrom,
        openBefore: months.filter((one) => one < month && !closedMonths.has(one)),
        partnerNames: closed?.partnerNames ?? (await readNames(em)),
        ...(await readMonthFigures(em, bounds)),
      };
    });
  }

  /** @returns whether it was closed before */
  private async closeOnce(em: EntityManager, caller: Insider, month: string, bounds: MonthBounds): Promise<boolean> {
    if (await closedMonth(em, bounds.start)) return true;
    const now = this.clock.now();
    const closableFrom = new Date(bounds.end.getTime() + HOUR_MS);
    if (now < closableFrom) {
      const from = closableFrom.toISOString().slice(0, 16).replace('T', ' ');
      throw new Conflict('not_allowed_now', `${month} can be closed from ${from} UTC on.`);
    }
    // A process whose clock lags may be booking in that month at this moment: it commits first, or finds the month closed.
    // Whoever wants to book waits behind this lock: rather this is refused as too busy.
    await queryRows(em, `SET LOCAL lock_timeout = '${MAX_LOCK_WAIT_MS}ms'`);
    await queryRows(em, 'LOCK TABLE ledger_transfer IN SHARE MODE');
    const made = await queryRow(
      em,
      `INSERT INTO closed_month (month, closed_at, closed_by, partner_names) VALUES ($1::date, $2, $3, $4)
       ON CONFLICT (month) DO NOTHING RETURNING month`,
      [toDay(bounds.start), now, getActorId(caller), await readNames(em)],
    );
    if (!made) return true;
    const after = { closedAt: now.toISOString() };
    await this.audit.record(em, caller, {
      type: 'ledger.month_closed',
      objectId: month,
      internal: { before: null, after },
    });
    return false;
  }

  /** Reads a closed month in one snapshot. */
  private read<Made extends PackTable | PackTable[] | undefined>(
    month: string,
    make: (em: EntityManager, bounds: MonthBounds, packed: PackedMonth) => Promise<Made>,
  ): Promise<{ closed: ClosedMonth; made: Made }> {
    const bounds = getMonthBounds(month);
    return readLongSnapshot(this.dataSource, async (em) => {
      const closed = await closedMonth(em, bounds.start);
      if (!closed) throw new Conflict('not_allowed_now', `${month} is not closed yet.`);
      return { closed, made: await make(em, bounds, { month, ...closed }) };
    });
  }

  /** Each file has the digest that it had when it was made first. */
  private async assertUnchanged(month: string, files: readonly PackFile[]): Promise<void> {
    const names = files.map(({ name }) => name);
    const changed = await this.transactions.run(async (em) => {
      await queryRows(
        em,
        `INSERT INTO month_pack_file (month, format, name, sha256, made_at)
         SELECT ($1 || '-01')::date, $2, name, sha256, $5 FROM unnest($3::text[], $4::text[]) AS file (name, sha256)
         ON CONFLICT DO NOTHING`,
        [month, PACK_FORMAT, names, files.map(({ sha256 }) => sha256), this.clock.now()],
      );
      const first = await queryRows<{ name: string; sha256: string }>(
        em,
        `SELECT name, sha256 FROM month_pack_file WHERE month = ($1 || '-01')::date AND format = $2 AND name = ANY ($3)`,
        [month, PACK_FORMAT, names],
      );
      const isSame = (file: PackFile) => first.some(({ name, sha256 }) => name === file.name && sha256 === file.sha256);
      return files.filter((file) => !isSame(file)).map(({ name }) => name);
    });
    if (changed.length === 0) return;
    const differing = `${changed.join(', ')} ${changed.length === 1 ? 'differs' : 'differ'}`;
    throw new Conflict(
      'not_allowed_now',
      `The books of ${month} are not what they were when it was closed (${differing}): somebody changed what was booked, ` +
        "past the database's own rules; call whoever runs the database.",
    );
  }
}

function closedMonth(em: EntityManager, start: Date): Promise<ClosedMonth | null> {
  return queryRow<ClosedMonth>(
    em,
    `SELECT closed_at AS "closedAt", closed_by AS "closedBy", partner_names AS "partnerNames" FROM closed_month WHERE month = $1::date`,
    [toDay(start)],
  );
}

async function monthsClosed(em: EntityManager): Promise<Set<string>> {
  const closed = await queryRows<{ month: string }>(em, "SELECT to_char(month, 'YYYY-MM') AS month FROM closed_month");
  return new Set(closed.map(({ month }) => month));
}

async function readNames(em: EntityManager): Promise<Record<string, string>> {
  const found = await queryRow<{ names: Record<string, string> }>(
    em,
    `SELECT coalesce(jsonb_object_agg(id, name), '{}') AS names FROM organization`,
  );
  return found!.names;
}

async function toName(em: EntityManager, staffId: string): Promise<string> {
  const found = await queryRow<{ name: string }>(em, 'SELECT name FROM staff_user WHERE id = $1', [staffId]);
  return found?.name ?? staffId;
}

function toDay(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
