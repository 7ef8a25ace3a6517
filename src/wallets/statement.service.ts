import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ValidationFailed } from '../core/errors.js';
import { getMonthBounds } from '../core/months.js';
import { literal, queryRows, sql, type Sql } from '../core/sql.js';
import { proposedBySql, walletChangeSql } from './wallet-sql.js';
import { WalletsService } from './wallets.service.js';

/** One transfer of a wallet with its cause. */
export interface StatementLine {
  transactionId: string;
  walletSeq: number;
  kind: string;
  /** Negative where it took from the wallet. */
  amountCents: number;
  balanceAfterCents: number;
  bookedAt: Date;
  bookedBy: string;
  /** Who proposed it, where a second person (`bookedBy`) approved it. */
  proposedBy: string | null;
  leaseId: string | null;
  handle: string | null;
  leaseRequestId: string | null;
  requestId: string | null;
  periodStart: Date | null;
  periodEnd: Date | null;
  reversesId: string | null;
  /** The number of that line on the statement; null where it did not touch the wallet. */
  reversesSeq: number | null;
  reference: string | null;
  reason: string | null;
}

/** Newest first. */
export interface StatementPage {
  lines: StatementLine[];
  /** `null` at the end. */
  nextCursor: string | null;
}

const PAGE_SIZE = 50;
const CHUNK_SIZE = 1_000;

/** @param condition begins with AND */
function linesSql(organizationId: string, condition: Sql): Sql {
  return sql`
  SELECT transfer.id AS "transactionId", transfer.wallet_seq AS "walletSeq", transfer.kind,
         ${walletChangeSql('transfer')} AS "amountCents",
         transfer.wallet_balance_after AS "balanceAfterCents", transfer.booked_at AS "bookedAt",
         coalesce(staff_user.name, transfer.booked_by) AS "bookedBy",
         CASE WHEN transfer.kind IN ('adjustment', 'payout', 'top_up_reversal') THEN ${proposedBySql('transfer')} END AS "proposedBy",
         transfer.lease_id AS "leaseId",
         coalesce(lease.handle_at_end, account.handle) AS handle, lease.lease_request_id AS "leaseRequestId",
         request.request_id AS "requestId", transfer.period_start AS "periodStart", transfer.period_end AS "periodEnd",
         transfer.reverses_id AS "reversesId", reversed.wallet_seq AS "reversesSeq", transfer.reference, transfer.reason
    FROM ledger_transfer transfer
    LEFT JOIN ledger_transfer reversed ON reversed.id = transfer.reverses_id
    LEFT JOIN staff_user ON staff_user.id = transfer.booked_by
    LEFT JOIN lease ON lease.id = transfer.lease_id
    LEFT JOIN social_account account ON account.id = lease.social_account_id
    LEFT JOIN lease_request request ON request.id = lease.lease_request_id
   WHERE transfer.organization_id = ${organizationId} AND transfer.wallet_seq IS NOT NULL ${condition}`;
}

@Injectable()
export class StatementService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wallets: WalletsService,
  ) {}

  /** @throws ValidationFailed on a malformed cursor */
  async page(organizationId: string, cursor?: string): Promise<StatementPage> {
    const before = readSeqCursor(cursor);
    const rows = await queryRows<StatementLine>(
      this.dataSource.manager,
      linesSql(
        organizationId,
        sql`AND transfer.wallet_seq < ${before} ORDER BY transfer.wallet_seq DESC LIMIT ${literal(PAGE_SIZE + 1)}`,
      ),
    );
    const shown = rows.slice(0, PAGE_SIZE);
    return { lines: shown, nextCursor: rows.length > PAGE_SIZE ? String(shown.at(-1)!.walletSeq) : null };
  }

  /**
   * The lines of a month, oldest first, in chunks.
   * @param month `2026-11`, in UTC as the ledger is
   * @throws ValidationFailed, NotFound before the first chunk
   */
  async month(organizationId: string, month: string): Promise<AsyncGenerator<StatementLine[]>> {
    const { start, end } = getMonthBounds(month);
    await this.wallets.show(organizationId);
    const readChunk = (after: number) =>
      queryRows<StatementLine>(
        this.dataSource.manager,
        linesSql(
          organizationId,
          sql`AND transfer.booked_at >= ${start} AND transfer.booked_at < ${end} AND transfer.wallet_seq > ${after}
              ORDER BY transfer.wallet_seq LIMIT ${literal(CHUNK_SIZE)}`,
        ),
      );
    return (async function* () {
      for (let chunk = await readChunk(0); chunk.length > 0; chunk = await readChunk(chunk.at(-1)!.walletSeq))
        yield chunk;
    })();
  }
}

function readSeqCursor(cursor: string | undefined): number {
  if (cursor === undefined || cursor === '') return Number.MAX_SAFE_INTEGER;
  if (!/^[1-9]\d{0,14}$/.test(cursor)) {
    throw new ValidationFailed([{ path: 'cursor', message: 'is not a cursor of this statement' }]);
  }
  return Number(cursor);
}
