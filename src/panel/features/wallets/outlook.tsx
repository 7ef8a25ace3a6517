import React from 'react';
import { getBusinessNow } from '../../lib/business-clock.js';
import { hasRenewalsDue } from '../../lib/credits.js';
import { formatCount, formatDollars } from '../../lib/format.js';
import { describeLowBalance } from '../../lib/low-balance.js';
import { formatDay, formatDuration, formatMonth, formatUtc } from '../../lib/times.js';
import { DataTable } from '../../ui/data-table.js';
import { Card, Chip } from '../../ui/elements.js';
import { Day } from '../../ui/times.js';
import type { WalletOutlook } from './types.js';

const DAY_MS = 86_400_000;

/** The wallet as money comes into it. */
export function toCreditedWallet({ balanceCents, owedCents, nextRenewalAt }: WalletOutlook) {
  return {
    balanceCents,
    owedCents,
    hasRenewalsDue: hasRenewalsDue(nextRenewalAt ? [{ at: nextRenewalAt }] : [], getBusinessNow()),
  };
}

/** What a wallet holds and how long it lasts. */
export const Outlook: React.FC<{ outlook: WalletOutlook; now: number }> = ({ outlook, now }) => {
  const { balanceCents, owedCents, priceCents, covers, liveLeases, monthlyCommitmentCents } = outlook;
  const { isLow, lowBelowCents, nextRenewalAt, pastDue } = outlook;
  return (
    <>
      <div className="lc-big">
        {formatDollars(balanceCents)} {isLow && <Chip tone="bad">low: {describeLowBalance(lowBelowCents)}</Chip>}
      </div>
      <div className="lc-muted">
        {covers > 0 ? `covers ${formatCount(covers, 'more account')}` : 'covers no further account'}
      </div>
      <dl className="lc-facts">
        {owedCents > 0 && (
          <>
            <dt>Owed</dt>
            <dd>
              <Chip tone="bad">{formatDollars(owedCents)}</Chip>
            </dd>
          </>
        )}
        {pastDue.leases > 0 && (
          <>
            <dt>Past due</dt>
            <dd>
              <Chip tone="bad">{formatCount(pastDue.leases, 'lease')}</Chip>{' '}
              {pastDue.disconnectsAt && (
                <span className="lc-faint" title={formatUtc(pastDue.disconnectsAt)}>
                  disconnected from {formatDay(pastDue.disconnectsAt, now)} on
                </span>
              )}
            </dd>
          </>
        )}
        <dt>Price</dt>
        <dd>{formatDollars(priceCents)} a month each</dd>
        <dt>Committed</dt>
        <dd>
          {liveLeases === 0
            ? 'nothing: no live leases'
            : `${formatDollars(monthlyCommitmentCents)} a month (${formatCount(liveLeases, 'lease')})`}
        </dd>
        {nextRenewalAt && (
          <>
            <dt>Next due</dt>
            <dd>
              <Day iso={nextRenewalAt} now={now} />
            </dd>
          </>
        )}
        <dt>Lasts until</dt>
        <dd>
          <BalanceDepleted outlook={outlook} now={now} />
        </dd>
      </dl>
    </>
  );
};

const BalanceDepleted: React.FC<{ outlook: WalletOutlook; now: number }> = ({ outlook, now }) => {
  const { runsDryAt: balanceDepletedAt, liveLeases } = outlook;
  if (liveLeases === 0) return <>no live leases</>;
  if (!balanceDepletedAt) return <>over 3 years</>;
  const leftMs = Date.parse(balanceDepletedAt) - now;
  const tone = leftMs < 14 * DAY_MS ? 'bad' : leftMs < 45 * DAY_MS ? 'warn' : '';
  return (
    <>
      <Chip tone={tone} title={formatUtc(balanceDepletedAt)}>
        {formatDay(balanceDepletedAt, now)}
      </Chip>{' '}
      <span className="lc-faint">
        {leftMs <= 0
          ? 'a renewal that is due is not covered'
          : `in ${formatApproximately(leftMs)}, if nothing is paid in`}
      </span>
    </>
  );
};

/** Whole days from three days on. */
function formatApproximately(milliseconds: number): string {
  const days = Math.round(milliseconds / DAY_MS);
  return days < 3 ? formatDuration(milliseconds) : `${days} days`;
}

/** The renewals of the months to come, against what the wallet holds. */
export const MonthsAhead: React.FC<{ months: WalletOutlook['monthsAhead'] }> = ({ months }) => (
  <Card title="Months ahead" aside={<span className="lc-faint">UTC, if every lease is kept</span>} bare>
    <DataTable
      label="Renewals of the months ahead"
      className="lc-lines"
      scrolls={false}
      rows={months}
      getRowKey={({ month }) => month}
      columns={[
        { id: 'month', header: 'Month', cellClassName: 'lc-nowrap', cell: ({ month }) => formatMonth(month) },
        {
          id: 'due',
          header: 'Due',
          isNumber: true,
          cell: ({ renewals, dueCents }) => (
            <span title={formatCount(renewals, 'renewal')}>{formatDollars(dueCents)}</span>
          ),
        },
        {
          id: 'left',
          header: 'Then left',
          isNumber: true,
          cell: ({ balanceAfterCents }) =>
            balanceAfterCents < 0 ? (
              <Chip tone="bad">{formatDollars(-balanceAfterCents)} short</Chip>
            ) : (
              formatDollars(balanceAfterCents)
            ),
        },
      ]}
    />
  </Card>
);
