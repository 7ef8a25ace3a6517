import React, { type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { formatBalance, formatCode, formatDollars, formatNumber } from '../../lib/format.js';
import { toShownReference } from '../../../wallets/shown-reference.js';
import { toRecordPath } from '../../lib/paths.js';
import { formatMonth, formatUtc } from '../../lib/times.js';
import { DataTable, type Column, type FootRow } from '../../ui/data-table.js';
import { Card, Chip } from '../../ui/elements.js';
import { EmptyState } from '../../ui/states.js';
import type { MonthPageData, Payment, TopUp } from './types.js';

type TableProps = { month: MonthPageData };

/** The field that each column adds up, by the column's id. */
type TotalFields<Row> = Record<string, keyof Row & string>;

const balances = { openingCents: 'openingCents', closingCents: 'closingCents' } as const;
const trialBalanceFields = { ...balances, debitCents: 'debitCents', creditCents: 'creditCents' } as const;
const walletFields = {
  ...balances,
  topUpCents: 'topUpCents',
  leaseChargeCents: 'leaseChargeCents',
  leaseRenewalCents: 'leaseRenewalCents',
  refundCents: 'refundCents',
  adjustmentCents: 'adjustmentCents',
  topUpReversalCents: 'topUpReversalCents',
  payoutCents: 'payoutCents',
} as const;
const owedFields = { ...balances, newlyOwedCents: 'newlyOwedCents', settledCents: 'settledCents' } as const;
const chargeFields = { amountCents: 'amountCents' } as const;
const payoutFields = { amountCents: 'amountCents' } as const;

const accountNames: Record<MonthPageData['trialBalance'][number]['account'], string> = {
  wallet: 'Partners’ wallets',
  owed: 'Owed by partners',
  funding: 'Funding',
  revenue: 'Revenue',
  adjustments: 'Adjustments',
};

/** Every account of the ledger; debits and credits are equal, and the closing balances add up to zero. */
export const TrialBalance: React.FC<TableProps> = ({ month }) => (
  <TableCard
    title="Trial balance"
    foot={[toTotals(month.trialBalance, 'account', trialBalanceFields), toTieOut(month)]}
    aside={<span className="lc-faint">debits minus credits</span>}
    rows={month.trialBalance}
    getRowKey={({ account }) => account}
    empty="Nothing was booked."
    columns={[
      { id: 'account', header: 'Account', cell: ({ account }) => accountNames[account] },
      toAmountColumn('Opening', 'openingCents'),
      toAmountColumn('Debit', 'debitCents'),
      toAmountColumn('Credit', 'creditCents'),
      toAmountColumn('Closing', 'closingCents'),
    ]}
  />
);

/** Each wallet by booking date. */
export const Wallets: React.FC<TableProps> = ({ month }) => (
  <TableCard
    title="Wallets"
    rows={month.wallets}
    foot={[toTotals(month.wallets, 'partner', walletFields)]}
    getRowKey={({ organizationId }) => organizationId}
    empty="No wallet has had a transaction yet."
    columns={[
      toPartnerColumn(month),
      toAmountColumn('Opening', 'openingCents'),
      toAmountColumn('Top-ups', 'topUpCents'),
      toAmountColumn('First months', 'leaseChargeCents'),
      toAmountColumn('Renewals', 'leaseRenewalCents'),
      toAmountColumn('Refunds', 'refundCents'),
      toAmountColumn('Adjustments', 'adjustmentCents'),
      toAmountColumn('Reversals', 'topUpReversalCents'),
      toAmountColumn('Payouts', 'payoutCents'),
      toAmountColumn('Closing', 'closingCents'),
    ]}
  />
);

/** What was charged in the month, by the month that it pays for. */
export const ChargesByPeriod: React.FC<TableProps> = ({ month }) => (
  <TableCard
    title="Charges by billing period"
    rows={month.chargesByPeriod}
    foot={[toTotals(month.chargesByPeriod, 'period', chargeFields)]}
    getRowKey={({ period, kind }) => `${period} ${kind}`}
    empty="Nothing was charged."
    columns={[
      { id: 'period', header: 'Period from', cell: ({ period }) => formatMonth(period) },
      { id: 'kind', header: 'What', cell: ({ kind }) => formatCode(kind) },
      { id: 'count', header: 'How many', isNumber: true, cell: ({ count }) => formatNumber(count) },
      toAmountColumn('Amount', 'amountCents'),
    ]}
  />
);

/** What partners owe from top-ups that came back. */
export const Owed: React.FC<TableProps> = ({ month }) => (
  <TableCard
    title="Owed"
    rows={month.owed}
    foot={[toTotals(month.owed, 'partner', owedFields)]}
    getRowKey={({ organizationId }) => organizationId}
    empty="Nothing is owed."
    columns={[
      toPartnerColumn(month),
      toAmountColumn('Opening', 'openingCents'),
      toAmountColumn('New', 'newlyOwedCents'),
      toAmountColumn('Settled', 'settledCents'),
      toAmountColumn('Closing', 'closingCents'),
    ]}
  />
);

/** A top-up of an earlier month stands here for what came back of it, and brought nothing in this one. */
export const TopUps: React.FC<TableProps> = ({ month }) => (
  <TableCard
    title="Top-ups"
    rows={month.topUps}
    foot={[toTotals(month.topUps, 'reference', { reversed: 'cameBackCents', amount: 'amountCents' })]}
    getRowKey={({ transactionId }) => transactionId}
    empty="None in this month."
    columns={[
      ...toPaymentColumns<TopUp>(month),
      {
        id: 'reversed',
        header: 'Reversed',
        cell: ({ cameBackCents }) => (cameBackCents > 0 ? <Chip tone="bad">{formatDollars(cameBackCents)}</Chip> : '–'),
      },
      {
        id: 'amount',
        header: 'Amount',
        isNumber: true,
        cell: ({ amountCents }) => (amountCents > 0 ? formatDollars(amountCents) : '–'),
      },
    ]}
  />
);

export const Payouts: React.FC<TableProps> = ({ month }) => (
  <TableCard
    title="Payouts"
    rows={month.payouts}
    foot={[toTotals(month.payouts, 'reference', payoutFields)]}
    getRowKey={({ transactionId }) => transactionId}
    empty="None in this month."
    columns={[...toPaymentColumns<Payment>(month), toAmountColumn('Amount', 'amountCents')]}
  />
);

function toTotals<Row>(rows: readonly Row[], firstColumn: string, fields: TotalFields<Row>): FootRow {
  const totals = Object.entries(fields).map(([column, field]) => [column, formatBalance(sumOf(rows, field))]);
  return { key: 'totals', cells: { [firstColumn]: 'Total', ...Object.fromEntries(totals) } };
}

/** The single wallets against the account of the ledger that holds what we owe partners. */
function toTieOut({ trialBalance, wallets }: MonthPageData): FootRow {
  const ledger = trialBalance.find(({ account }) => account === 'wallet');
  const openingCents = sumOf(wallets, 'openingCents');
  const closingCents = sumOf(wallets, 'closingCents');
  const differenceCents = closingCents + (ledger?.closingCents ?? 0);
  const isTied = differenceCents === 0 && openingCents + (ledger?.openingCents ?? 0) === 0;
  return {
    key: 'tie-out',
    cells: {
      account: 'Wallets = what we owe partners',
      openingCents: formatBalance(openingCents),
      creditCents: (
        <Chip tone={isTied ? 'ok' : 'bad'}>{isTied ? 'ties out' : `off by ${formatBalance(differenceCents)}`}</Chip>
      ),
      closingCents: formatBalance(closingCents),
    },
  };
}

function sumOf<Row>(rows: readonly Row[], field: keyof Row): number {
  return rows.reduce((sum, row) => sum + Number(row[field]), 0);
}

function TableCard<Row>(props: {
  title: string;
  foot: FootRow[];
  aside?: ReactNode;
  rows: Row[];
  columns: Column<Row>[];
  getRowKey: (row: Row) => string;
  empty: string;
}) {
  const { title, aside, rows, columns, getRowKey, foot, empty } = props;
  return (
    <Card title={title} aside={aside} bare>
      <DataTable
        label={title}
        className="lc-lines"
        rows={rows}
        columns={columns}
        getRowKey={getRowKey}
        foot={foot}
        empty={<EmptyState title={empty} />}
      />
    </Card>
  );
}

function toAmountColumn<Field extends string>(header: string, field: Field): Column<Record<Field, number>> {
  return { id: field, header, isNumber: true, cell: (row) => formatBalance(row[field]) };
}

function toPaymentColumns<Row extends Payment>(month: MonthPageData): Column<Row>[] {
  return [
    {
      id: 'reference',
      header: 'Reference',
      cell: ({ transactionId, reference }) => (
        <Link to={toRecordPath('ledger-transfers', transactionId)}>{toShownReference(reference)}</Link>
      ),
    },
    toPartnerColumn(month),
    { id: 'booked', header: 'Booked', cell: ({ bookedAt }) => formatUtc(bookedAt) },
  ];
}

function toPartnerColumn<Row extends { organizationId: string }>({ partnerNames }: MonthPageData): Column<Row> {
  return {
    id: 'partner',
    header: 'Partner',
    cell: ({ organizationId }) => (
      <Link to={toRecordPath('wallets', organizationId)}>{partnerNames[organizationId] ?? organizationId}</Link>
    ),
  };
}
