import React, { type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { formatCode, formatDollars, formatNumber } from '../../lib/format.js';
import { toRecordPath } from '../../lib/paths.js';
import { formatMonth, formatUtc } from '../../lib/times.js';
import { DataTable, type Column } from '../../ui/data-table.js';
import { Card, Chip } from '../../ui/elements.js';
import { EmptyState } from '../../ui/states.js';
import type { MonthPageData, Payment, TopUp } from './types.js';

type TableProps = { month: MonthPageData };

const accountNames: Record<MonthPageData['trialBalance'][number]['account'], string> = {
  wallet: 'Partners’ wallets',
  owed: 'Owed by partners',
  funding: 'Funding',
  revenue: 'Revenue',
  adjustments: 'Adjustments',
};

/** Every account of the ledger; the last column adds up to zero. */
export const TrialBalance: React.FC<TableProps> = ({ month }) => (
  <TableCard
    title="Trial balance"
    aside={<span className="lc-faint">debit less credit</span>}
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
    getRowKey={({ organizationId }) => organizationId}
    empty="No wallet had a movement yet."
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
    getRowKey={({ organizationId }) => organizationId}
    empty="Nobody owes anything."
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
    getRowKey={({ transactionId }) => transactionId}
    empty="None in this month."
    columns={[
      ...toPaymentColumns<TopUp>(month),
      {
        id: 'reversed',
        header: 'Came back',
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
    getRowKey={({ transactionId }) => transactionId}
    empty="None in this month."
    columns={[...toPaymentColumns<Payment>(month), toAmountColumn('Amount', 'amountCents')]}
  />
);

function TableCard<Row>(props: {
  title: string;
  aside?: ReactNode;
  rows: Row[];
  columns: Column<Row>[];
  getRowKey: (row: Row) => string;
  empty: string;
}) {
  const { title, aside, rows, columns, getRowKey, empty } = props;
  return (
    <Card title={title} aside={aside} bare>
      <DataTable
        label={title}
        className="lc-lines"
        rows={rows}
        columns={columns}
        getRowKey={getRowKey}
        empty={<EmptyState title={empty} />}
      />
    </Card>
  );
}

function toAmountColumn<Field extends string>(header: string, field: Field): Column<Record<Field, number>> {
  return { id: field, header, isNumber: true, cell: (row) => formatDollars(row[field]) };
}

function toPaymentColumns<Row extends Payment>(month: MonthPageData): Column<Row>[] {
  return [
    {
      id: 'reference',
      header: 'Reference',
      cell: ({ transactionId, reference }) => (
        <Link to={toRecordPath('ledger-transfers', transactionId)}>{reference}</Link>
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
