import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { toPage, readCursor, type Page } from '../core/pages.js';
import { queryRows } from '../core/sql.js';
import { readRenewalGroups } from '../forecast/renewal-groups.js';
import { getUpcomingRenewals } from '../forecast/upcoming-renewals.js';
import { getBalanceDepletedAt } from '../forecast/runway.js';
import { WalletsService } from '../wallets/wallets.service.js';
import type { TransactionsQuery, TransactionView, WalletView } from './dto/wallet.js';

interface TransactionRow extends Omit<TransactionView, 'periodStart' | 'createdAt'> {
  periodStart: Date | null;
  createdAt: Date;
}

/** A partner's own wallet as its program sees it: the same figures as staff see. */
@Injectable()
export class WalletApiService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wallets: WalletsService,
    private readonly clock: Clock,
  ) {}

  /** What it holds, what is committed from it, and what it will not cover. */
  async show({ organizationId }: PartnerCaller): Promise<WalletView> {
    const wallet = await this.wallets.show(organizationId);
    const dues = await readRenewalGroups(this.dataSource.manager, organizationId);
    const freeCents = wallet.balanceCents - wallet.owedCents;
    return {
      organizationId,
      currency: wallet.currency,
      balanceCents: wallet.balanceCents,
      owedCents: wallet.owedCents,
      monthlyCommitmentCents: wallet.monthlyCommitmentCents,
      coversAssignments: wallet.covers,
      nextRenewalAt: wallet.nextRenewalAt?.toISOString() ?? null,
      runsDryAt: getBalanceDepletedAt(freeCents, dues)?.toISOString() ?? null,
      shortfallCents: getUpcomingRenewals(dues, freeCents, this.clock.now()).shortfallCents,
    };
  }

  /** Its movements, newest first. @throws ValidationFailed on a cursor of another list */
  async transactions({ organizationId }: PartnerCaller, query: TransactionsQuery): Promise<Page<TransactionView>> {
    const { kind = null, projectId = null, since = null, until = null, cursor, limit } = query;
    const list = ['transactions', organizationId, kind, projectId, since, until];
    const after = readCursor(cursor, list);
    const found = await queryRows<TransactionRow>(
      this.dataSource.manager,
      `SELECT transfer.id, transfer.kind,
              CASE WHEN starts_with(transfer.debit_account_id, 'wallet:') THEN -transfer.amount_cents ELSE transfer.amount_cents END AS "amountCents",
              transfer.wallet_balance_after AS "balanceAfterCents", lease.social_account_id AS "socialAccountId",
              request.request_id AS "requestId", transfer.period_start AS "periodStart", transfer.booked_at AS "createdAt"
         FROM ledger_transfer transfer
         LEFT JOIN lease ON lease.id = transfer.lease_id
         LEFT JOIN lease_request request ON request.id = lease.lease_request_id
        WHERE transfer.organization_id = $1 AND transfer.wallet_seq IS NOT NULL
          AND ($2::text IS NULL OR transfer.kind = $2)
          AND ($3::text IS NULL OR lease.project_id = $3)
          AND ($4::timestamptz IS NULL OR transfer.booked_at >= $4)
          AND ($5::timestamptz IS NULL OR transfer.booked_at <= $5)
          AND ($6::text IS NULL OR transfer.wallet_seq < (SELECT wallet_seq FROM ledger_transfer WHERE id = $6 AND organization_id = $1))
        ORDER BY transfer.wallet_seq DESC LIMIT $7`,
      [organizationId, kind, projectId, toMoment(since), toMoment(until), after?.id ?? null, limit + 1],
    );
    return toPage(found, limit, list, ({ createdAt, id }) => ({ at: createdAt, id }), toTransaction);
  }
}

/** PostgreSQL itself does not read the year 0. */
function toMoment(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function toTransaction(row: TransactionRow): TransactionView {
  return { ...row, periodStart: row.periodStart?.toISOString() ?? null, createdAt: row.createdAt.toISOString() };
}
