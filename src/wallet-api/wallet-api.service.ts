import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { toPage, readCursor, type Page, type PagePosition } from '../core/pages.js';
import { joinSql, queryRows, sql, type Sql } from '../core/sql.js';
import { readSnapshot } from '../core/snapshot.js';
import { walletChangeSql } from '../wallets/wallet-sql.js';
import type { TransactionsQuery, TransactionView, WalletView } from './dto/wallet.js';
import { WalletReader } from './wallet-reader.js';

interface TransactionRow extends Omit<TransactionView, 'periodStart' | 'createdAt'> {
  periodStart: Date | null;
  createdAt: Date;
}

/** A partner's own wallet and its transactions. */
@Injectable()
export class WalletApiService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wallets: WalletReader,
  ) {}

  show({ organizationId }: PartnerCaller): Promise<WalletView> {
    return readSnapshot(this.dataSource, (em) => this.wallets.read(em, organizationId));
  }

  /** Newest first. @throws ValidationFailed on a cursor of another list */
  async transactions({ organizationId }: PartnerCaller, query: TransactionsQuery): Promise<Page<TransactionView>> {
    const { kind = null, projectId = null, since = null, until = null, cursor, limit } = query;
    const list = ['transactions', organizationId, kind, projectId, since, until];
    const after = readCursor(cursor, list);
    const conditions = toConditions(organizationId, query, after);
    const rows = await queryRows<TransactionRow>(
      this.dataSource.manager,
      sql`SELECT transfer.id, transfer.kind, ${walletChangeSql('transfer')} AS "amountCents",
                 transfer.wallet_balance_after AS "balanceAfterCents", lease.social_account_id AS "socialAccountId",
                 request.request_id AS "requestId", transfer.period_start AS "periodStart", transfer.booked_at AS "createdAt"
            FROM ledger_transfer transfer
            LEFT JOIN lease ON lease.id = transfer.lease_id
            LEFT JOIN lease_request request ON request.id = lease.lease_request_id
           WHERE ${joinSql(conditions, ' AND ')}
           ORDER BY transfer.wallet_seq DESC LIMIT ${limit + 1}`,
    );
    return toPage(rows, limit, list, ({ createdAt, id }) => ({ at: createdAt, id }), toTransaction);
  }
}

function toConditions(organizationId: string, query: TransactionsQuery, after: PagePosition | null): Sql[] {
  const { kind, projectId, since, until } = query;
  const conditions = [sql`transfer.organization_id = ${organizationId} AND transfer.wallet_seq IS NOT NULL`];
  if (kind) conditions.push(sql`transfer.kind = ${kind}`);
  if (projectId) conditions.push(sql`lease.project_id = ${projectId}`);
  // As `Date`: PostgreSQL does not read the year 0.
  if (since) conditions.push(sql`transfer.booked_at >= ${new Date(since)}`);
  if (until) conditions.push(sql`transfer.booked_at <= ${new Date(until)}`);
  if (after) {
    conditions.push(sql`transfer.wallet_seq < (
      SELECT wallet_seq FROM ledger_transfer WHERE id = ${after.id} AND organization_id = ${organizationId})`);
  }
  return conditions;
}

function toTransaction(row: TransactionRow): TransactionView {
  return { ...row, periodStart: row.periodStart?.toISOString() ?? null, createdAt: row.createdAt.toISOString() };
}
