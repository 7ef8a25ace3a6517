import React from 'react';
import { Card, Chip } from '../../ui/elements.js';
import { dayOf, inUtc, span } from '../../ui/times.js';
import { formatDollars, howMany } from '../../lib/format.js';
import type { Outlook as OutlookShape } from './types.js';

const DAY_MS = 86_400_000;

/** What a wallet holds and until when it lasts. */
export const Outlook: React.FC<{ outlook: OutlookShape; now: number }> = ({ outlook, now }) => {
  const { balanceCents, owedCents, priceCents, covers, liveLeases, monthlyCommitmentCents } = outlook;
  const { lowBelowCents, nextRenewalAt, pastDue } = outlook;
  const isLow = lowBelowCents !== null && balanceCents - owedCents < lowBelowCents;
  return (
    <>
      <div className="lc-big">
        {formatDollars(balanceCents)} {isLow && <Chip tone="warn">low: below {formatDollars(lowBelowCents)}</Chip>}
      </div>
      <div className="lc-muted">
        {covers > 0 ? `pays for ${howMany(covers, 'more account')}` : 'pays for no further account'}
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
              <Chip tone="bad">{howMany(pastDue.leases, 'lease')}</Chip>{' '}
              {pastDue.disconnectsAt && (
                <span className="lc-faint" title={inUtc(pastDue.disconnectsAt)}>
                  disconnected from {dayOf(pastDue.disconnectsAt, now)} on
                </span>
              )}
            </dd>
          </>
        )}
        <dt>Price</dt>
        <dd>{formatDollars(priceCents)} a month each</dd>
        <dt>Commits</dt>
        <dd>
          {liveLeases === 0
            ? 'nothing; no live leases'
            : `${formatDollars(monthlyCommitmentCents)} a month (${howMany(liveLeases, 'lease')})`}
        </dd>
        {nextRenewalAt && (
          <>
            <dt>Next due</dt>
            <dd>
              <time dateTime={nextRenewalAt} title={inUtc(nextRenewalAt)}>
                {dayOf(nextRenewalAt, now)}
              </time>
            </dd>
          </>
        )}
        <dt>Runs dry</dt>
        <dd>
          <RunsDry outlook={outlook} now={now} />
        </dd>
      </dl>
    </>
  );
};

const RunsDry: React.FC<{ outlook: OutlookShape; now: number }> = ({ outlook, now }) => {
  const { runsDryAt, liveLeases } = outlook;
  if (liveLeases === 0) return <>never; nothing is committed</>;
  if (!runsDryAt) return <>not within three years</>;
  const left = Date.parse(runsDryAt) - now;
  const tone = left < 14 * DAY_MS ? 'bad' : left < 45 * DAY_MS ? 'warn' : '';
  return (
    <>
      <Chip tone={tone} title={inUtc(runsDryAt)}>
        {dayOf(runsDryAt, now)}
      </Chip>{' '}
      <span className="lc-faint">
        {left <= 0 ? 'already; something due is not covered' : `in ${roughly(left)}, if nothing is paid in`}
      </span>
    </>
  );
};

/** Nobody asks for the hours of a day that is weeks away. */
function roughly(milliseconds: number): string {
  const days = Math.round(milliseconds / DAY_MS);
  return days < 3 ? span(milliseconds) : `${days} days`;
}

const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** `2026-11` → `Nov 2026`. */
export function monthName(month: string): string {
  return monthFormat.format(new Date(`${month}-01T00:00:00Z`));
}

/** The renewals of the months to come, against what the wallet holds. */
export const MonthsAhead: React.FC<{ months: OutlookShape['monthsAhead'] }> = ({ months }) => (
  <Card title="Months ahead" aside={<span className="lc-faint">UTC, if every lease is kept</span>} bare>
    <table className="lc-table lc-lines" aria-label="Renewals of the months ahead">
      <thead>
        <tr>
          <th scope="col">Month</th>
          <th scope="col" className="lc-num">
            Due
          </th>
          <th scope="col" className="lc-num">
            Then left
          </th>
        </tr>
      </thead>
      <tbody>
        {months.map(({ month, renewals, dueCents, balanceAfterCents }) => (
          <tr key={month}>
            <td className="lc-nowrap">{monthName(month)}</td>
            <td className="lc-num" title={howMany(renewals, 'renewal')}>
              {formatDollars(dueCents)}
            </td>
            <td className="lc-num">
              {balanceAfterCents < 0 ? (
                <Chip tone="bad">{formatDollars(-balanceAfterCents)} short</Chip>
              ) : (
                formatDollars(balanceAfterCents)
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Card>
);
