import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { NotFound, ValidationFailed } from '../common/errors.js';
import { monthBounds, monthsBackFrom } from '../common/months.js';
import { oneRow, rows } from '../database/sql.js';
import { renewingTogether, type RenewingTogether } from '../leases/renewing-together.js';
import { runsDryAt } from './runway.js';
import { WalletsService, type WalletSummary } from './wallets.service.js';

/** One movement of a wallet with what caused it; `amountCents` is negative where it took from the wallet. */
export interface StatementLine {
  transactionId: string;
  walletSeq: number;
  kind: string;
  amountCents: number;
  balanceAfterCents: number;
  bookedAt: Date;
  bookedBy: string;
  leaseId: string | null;
  handle: string | null;
  leaseRequestId: string | null;
  requestId: string | null;
  periodStart: Date | null;
  periodEnd: Date | null;
  reversesId: string | null;
  reference: string | null;
  reason: string | null;
}

/** The newest movements, and where the next page begins. */
export interface StatementPage {
  lines: StatementLine[];
  nextCursor: string | null;
}

/** What falls due in one calendar month (UTC), and what the wallet holds after it if nothing is paid in. */
export interface MonthAhead {
  month: string;
  renewals: number;
  dueCents: number;
  /** Below nothing where the wallet does not cover it. */
  balanceAfterCents: number;
}

export interface WalletOutlook extends WalletSummary {
  partner: string;
  /** Below this the wallet is marked as low; `null` where it never is. */
  lowBelowCents: number | null;
  /** Leases past due, and when the first of them is disconnected if nothing is paid in. */
  pastDue: { leases: number; disconnectsAt: Date | null };
  /**
   * The first renewal that the wallet does not pay for; `null` where nothing is committed or three years are. To the hour
   * where the partner has more than 500 live leases.
   */
  runsDryAt: Date | null;
  monthsAhead: MonthAhead[];
  /** Months (`2026-11`, UTC) that have movements, the newest first. */
  months: string[];
}

const PAGE = 50;
const MONTHS_AHEAD = 6;
const MOST_MONTHS = 60;

const lines = `
  SELECT transfer.id AS "transactionId", transfer.wallet_seq AS "walletSeq", transfer.kind,
         CASE WHEN starts_with(transfer.debit_account_id, 'wallet:') THEN -transfer.amount_cents ELSE transfer.amount_cents END AS "amountCents",
         transfer.wallet_balance_after AS "balanceAfterCents", transfer.booked_at AS "bookedAt",
         coalesce(staff_user.name, transfer.booked_by) AS "bookedBy", transfer.lease_id AS "leaseId",
         coalesce(lease.handle_at_end, account.handle) AS handle, lease.lease_request_id AS "leaseRequestId",
         request.request_id AS "requestId", transfer.period_start AS "periodStart", transfer.period_end AS "periodEnd",
         transfer.reverses_id AS "reversesId", transfer.reference, transfer.reason
    FROM ledger_transfer transfer
    LEFT JOIN staff_user ON staff_user.id = transfer.booked_by
    LEFT JOIN lease ON lease.id = transfer.lease_id
    LEFT JOIN social_account account ON account.id = lease.social_account_id
    LEFT JOIN lease_request request ON request.id = lease.lease_request_id
   WHERE transfer.organization_id = $1 AND transfer.wallet_seq IS NOT NULL`;

/** What moved in a wallet, newest first, and how long it lasts. */
@Injectable()
export class StatementService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wallets: WalletsService,
    private readonly clock: Clock,
  ) {}

  /** @throws ValidationFailed on a cursor that is none */
  async page(organizationId: string, cursor?: string): Promise<StatementPage> {
    const found = await rows<StatementLine>(
      this.dataSource.manager,
      `${lines} AND transfer.wallet_seq < $2 ORDER BY transfer.wallet_seq DESC LIMIT ${PAGE + 1}`,
      [organizationId, seqOf(cursor)],
    );
    const shown = found.slice(0, PAGE);
    return { lines: shown, nextCursor: found.length > PAGE ? String(shown.at(-1)!.walletSeq) : null };
  }

  /**
   * A month's movements, oldest first, in chunks.
   * @param month `2026-11`, in UTC as the books are
   * @throws ValidationFailed, NotFound before the first chunk
   */
  async month(organizationId: string, month: string): Promise<AsyncGenerator<StatementLine[]>> {
    const { start, end } = monthBounds(month);
    await this.wallets.show(organizationId);
    const page = (after: number) =>
      rows<StatementLine>(
        this.dataSource.manager,
        `${lines} AND transfer.booked_at >= $2 AND transfer.booked_at < $3 AND transfer.wallet_seq > $4
         ORDER BY transfer.wallet_seq LIMIT 1000`,
        [organizationId, start, end, after],
      );
    return (async function* () {
      for (let chunk = await page(0); chunk.length > 0; chunk = await page(chunk.at(-1)!.walletSeq)) yield chunk;
    })();
  }

  /** What a wallet holds, what is committed from it, and until when it lasts. @throws NotFound */
  async outlook(organizationId: string): Promise<WalletOutlook> {
    const em = this.dataSource.manager;
    const summary = await this.wallets.show(organizationId);
    const named = await oneRow<{ name: string; lowBalanceThresholdCents: number | null }>(
      em,
      'SELECT name, low_balance_threshold_cents AS "lowBalanceThresholdCents" FROM organization WHERE id = $1',
      [organizationId],
    );
    if (!named) throw new NotFound('This wallet');
    const dues = await renewingTogether(em, organizationId);
    const pastDue = await oneRow<WalletOutlook['pastDue']>(
      em,
      `SELECT count(*) AS leases, min(disconnects_at) AS "disconnectsAt"
         FROM panel_lease WHERE organization_id = $1 AND status = 'past_due'`,
      [organizationId],
    );
    const free = summary.balanceCents - summary.owedCents;
    return {
      ...summary,
      partner: named.name,
      lowBelowCents: named.lowBalanceThresholdCents,
      pastDue: pastDue!,
      runsDryAt: runsDryAt(free, dues),
      monthsAhead: monthsAhead(free, dues, this.clock.now()),
      months: await this.monthsOf(em, organizationId),
    };
  }

  private async monthsOf(em: EntityManager, organizationId: string): Promise<string[]> {
    const found = await oneRow<{ first: Date | null; last: Date | null }>(
      em,
      `SELECT (SELECT booked_at FROM ledger_transfer WHERE organization_id = $1 AND wallet_seq IS NOT NULL
                ORDER BY wallet_seq LIMIT 1) AS first,
              (SELECT booked_at FROM ledger_transfer WHERE organization_id = $1 AND wallet_seq IS NOT NULL
                ORDER BY wallet_seq DESC LIMIT 1) AS last`,
      [organizationId],
    );
    if (!found?.first || !found.last) return [];
    return monthsBackFrom(found.last, found.first, MOST_MONTHS);
  }
}

/** The renewals of this month and the next ones, month by month, in UTC as leases renew. */
export function monthsAhead(freeCents: number, dues: readonly RenewingTogether[], now: Date): MonthAhead[] {
  const thisMonth = DateTime.fromJSDate(now, { zone: 'utc' }).startOf('month');
  const months = Array.from({ length: MONTHS_AHEAD }, (_, ahead) => ({
    month: thisMonth.plus({ months: ahead }).toFormat('yyyy-MM'),
    renewals: 0,
    dueCents: 0,
    balanceAfterCents: freeCents,
  }));
  for (const { at, leases, cents } of dues) {
    // A lease renews once in every month; what is overdue already falls on this one.
    const first = monthNumber(at) - monthNumber(now);
    for (let ahead = first; ahead < MONTHS_AHEAD; ahead += 1) {
      const month = months[Math.max(0, ahead)]!;
      month.renewals += leases;
      month.dueCents += cents;
    }
  }
  let left = freeCents;
  for (const month of months) month.balanceAfterCents = left -= month.dueCents;
  return months;
}

function monthNumber(at: Date): number {
  return at.getUTCFullYear() * 12 + at.getUTCMonth();
}

function seqOf(cursor: string | undefined): number {
  if (cursor === undefined || cursor === '') return Number.MAX_SAFE_INTEGER;
  if (!/^[1-9]\d{0,14}$/.test(cursor)) {
    throw new ValidationFailed([{ path: 'cursor', message: 'is not a cursor of this statement' }]);
  }
  return Number(cursor);
}
