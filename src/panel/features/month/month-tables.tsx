import React from 'react';
import { Link } from 'react-router-dom';
import { Chip } from '../../ui/elements.js';
import { inUtc } from '../../ui/times.js';
import { formatDollars, inWords } from '../../lib/format.js';
import { monthName } from '../wallets/outlook.js';
import { amounts, FigureTable, type Column } from './figure-table.js';
import type { MonthAnswer, Payment, TopUp } from './types.js';

interface TableProps {
  data: MonthAnswer;
  resources: string;
}

const accounts: Record<string, string> = {
  wallet: 'Partners’ wallets',
  owed: 'Owed by partners',
  funding: 'Funding',
  revenue: 'Revenue',
  adjustments: 'Adjustments',
};

/** Every account of the books; the last column adds up to nothing. */
export const TrialBalance: React.FC<TableProps> = ({ data }) => (
  <FigureTable
    title="Trial balance"
    aside={<span className="lc-faint">debit less credit</span>}
    lines={data.trialBalance}
    keyOf={({ account }) => account}
    empty="Nothing was booked."
    columns={[
      { name: 'Account', of: ({ account }) => accounts[account] ?? account },
      amounts('Opening', 'openingCents'),
      amounts('Debit', 'debitCents'),
      amounts('Credit', 'creditCents'),
      amounts('Closing', 'closingCents'),
    ]}
  />
);

const kinds = [
  ['Top-ups', 'topUpCents'],
  ['First months', 'leaseChargeCents'],
  ['Renewals', 'leaseRenewalCents'],
  ['Refunds', 'refundCents'],
  ['Adjustments', 'adjustmentCents'],
  ['Reversals', 'topUpReversalCents'],
  ['Payouts', 'payoutCents'],
] as const;

/** Each wallet by booking date. */
export const Wallets: React.FC<TableProps> = ({ data, resources }) => (
  <FigureTable
    title="Wallets"
    lines={data.wallets}
    keyOf={({ organizationId }) => organizationId}
    empty="No wallet had a movement yet."
    columns={[
      partnerColumn(data, resources),
      amounts('Opening', 'openingCents'),
      ...kinds.map(([name, field]) => amounts(name, field)),
      amounts('Closing', 'closingCents'),
    ]}
  />
);

/** What was charged in the month, by the month that it pays for. */
export const ChargesByPeriod: React.FC<TableProps> = ({ data }) => (
  <FigureTable
    title="Charges by billing period"
    lines={data.chargesByPeriod}
    keyOf={({ period, kind }) => `${period} ${kind}`}
    empty="Nothing was charged."
    columns={[
      { name: 'Period from', of: ({ period }) => monthName(period) },
      { name: 'What', of: ({ kind }) => inWords(kind) },
      { name: 'How many', isAmount: true, of: ({ count }) => count.toLocaleString('en-US') },
      amounts('Amount', 'amountCents'),
    ]}
  />
);

/** What partners owe from top-ups that came back. */
export const Owed: React.FC<TableProps> = ({ data, resources }) => (
  <FigureTable
    title="Owed"
    lines={data.owed}
    keyOf={({ organizationId }) => organizationId}
    empty="Nobody owes anything."
    columns={[
      partnerColumn(data, resources),
      amounts('Opening', 'openingCents'),
      amounts('New', 'newlyOwedCents'),
      amounts('Settled', 'settledCents'),
      amounts('Closing', 'closingCents'),
    ]}
  />
);

/** Top-ups by their own references; one of an earlier month is there for what came back of it, and brought nothing in this one. */
export const TopUps: React.FC<TableProps> = ({ data, resources }) => (
  <FigureTable
    title="Top-ups"
    lines={data.topUps}
    keyOf={({ transactionId }) => transactionId}
    empty="None in this month."
    columns={[
      ...paymentColumns<TopUp>(data, resources),
      {
        name: 'Came back',
        of: ({ cameBackCents }) => (cameBackCents > 0 ? <Chip tone="bad">{formatDollars(cameBackCents)}</Chip> : '–'),
      },
      {
        name: 'Amount',
        isAmount: true,
        of: ({ amountCents }) => (amountCents > 0 ? formatDollars(amountCents) : '–'),
      },
    ]}
  />
);

/** Payouts by their own references. */
export const Payouts: React.FC<TableProps> = ({ data, resources }) => (
  <FigureTable
    title="Payouts"
    lines={data.payouts}
    keyOf={({ transactionId }) => transactionId}
    empty="None in this month."
    columns={[...paymentColumns<Payment>(data, resources), amounts('Amount', 'amountCents')]}
  />
);

function paymentColumns<Line extends Payment>(data: MonthAnswer, resources: string): Column<Line>[] {
  return [
    {
      name: 'Reference',
      of: ({ transactionId, reference }) => (
        <Link to={`${resources}/ledger-transfers/records/${transactionId}/show`}>{reference}</Link>
      ),
    },
    partnerColumn(data, resources),
    { name: 'Booked', of: ({ bookedAt }) => inUtc(bookedAt) },
  ];
}

function partnerColumn<Line extends { organizationId: string }>(data: MonthAnswer, resources: string): Column<Line> {
  return {
    name: 'Partner',
    of: ({ organizationId }) => (
      <Link to={`${resources}/wallets/records/${organizationId}/show`}>
        {data.partnerNames[organizationId] ?? organizationId}
      </Link>
    ),
  };
}
