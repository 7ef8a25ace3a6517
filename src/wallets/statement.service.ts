import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ValidationFailed } from '../core/errors.js';
import { getMonthBounds } from '../core/months.js';
import { queryRows } from '../core/sql.js';
import { WalletsService } from './wallets.service.js';

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

const PAGE_SIZE = 50;

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

/** What moved in a wallet. */
@Injectable()
export class StatementService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wallets: WalletsService,
  ) {}

  /** @throws ValidationFailed on a cursor that is none */
  async page(organizationId: string, cursor?: string): Promise<StatementPage> {
    const found = await queryRows<StatementLine>(
      this.dataSource.manager,
      `${lines} AND transfer.wallet_seq < $2 ORDER BY transfer.wallet_seq DESC LIMIT ${PAGE_SIZE + 1}`,
      [organizationId, readSeqCursor(cursor)],
    );
    const shown = found.slice(0, PAGE_SIZE);
    return { lines: shown, nextCursor: found.length > PAGE_SIZE ? String(shown.at(-1)!.walletSeq) : null };
  }

  /**
   * A month's movements, oldest first, in chunks.
   * @param month `2026-11`, in UTC as the books are
   * @throws ValidationFailed, NotFound before the first chunk
   */
  async month(organizationId: string, month: string): Promise<AsyncGenerator<StatementLine[]>> {
    const { start, end } = getMonthBounds(month);
    await this.wallets.show(organizationId);
    const page = (after: number) =>
      queryRows<StatementLine>(
        this.dataSource.manager,
        `${lines} AND transfer.booked_at >= $2 AND transfer.booked_at < $3 AND transfer.wallet_seq > $4
         ORDER BY transfer.wallet_seq LIMIT 1000`,
        [organizationId, start, end, after],
      );
    return (async function* () {
      for (let chunk = await page(0); chunk.length > 0; chunk = await page(chunk.at(-1)!.walletSeq)) yield chunk;
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
