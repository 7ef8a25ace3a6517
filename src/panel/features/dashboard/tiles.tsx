import React from 'react';
import { Link } from 'react-router-dom';
import { getBusinessNow } from '../../lib/business-clock.js';
import { formatBoundedCount, formatCount, formatDollars } from '../../lib/format.js';
import { panelPath, toListPath } from '../../lib/paths.js';
import { formatDay, formatDuration, formatMoment, formatUtc } from '../../lib/times.js';
import type { DashboardFigures } from './types.js';

/** The figures of right now; each tile leads to what it counts. */
export const Tiles: React.FC<{ tiles: DashboardFigures['tiles'] }> = ({ tiles }) => {
  const { overdue, blocked, held, walletShort, pastDue, pausedWebhooks, books } = tiles;
  return (
    <ul className="lc-tiles">
      <Tile
        name="Overdue"
        count={formatBoundedCount(overdue.count)}
        bad={overdue.count > 0}
        detail={overdue.oldestMs === null ? 'nothing is late' : `oldest ${formatDuration(overdue.oldestMs)}`}
        to={`${panelPath}?view=overdue`}
      />
      <Tile
        name="Blocked"
        count={formatBoundedCount(blocked.count)}
        detail={blocked.count === 0 ? 'nothing is blocked' : `${formatCount(blocked.accounts, 'account')} waiting`}
        to={`${panelPath}?view=blocked`}
      />
      <Tile
        name="Claimed"
        count={formatBoundedCount(held.count)}
        detail={held.count === 0 ? 'none right now' : `by ${formatCount(held.colleagues, 'colleague')}`}
        to={`${panelPath}?claimed=yes`}
      />
      <Tile
        name="Wallet short"
        count={formatBoundedCount(walletShort.count)}
        detail={walletShort.count === 0 ? 'all are covered' : `${formatDollars(walletShort.missingCents)} missing`}
        to={`${panelPath}?view=wallet-short`}
      />
      <Tile
        name="Past due leases"
        count={formatBoundedCount(pastDue.count)}
        bad={pastDue.count > 0}
        detail={pastDue.since ? `oldest since ${formatDay(pastDue.since)}` : 'all are paid'}
        to={toListPath('leases', { status: 'past_due' })}
      />
      {pausedWebhooks.count > 0 && (
        <Tile
          name="Paused webhooks"
          count={formatBoundedCount(pausedWebhooks.count)}
          bad
          detail={`after failures, of ${formatCount(pausedWebhooks.partners, 'partner')}`}
          to={toListPath('webhook-endpoints', { status: 'auto_paused' })}
        />
      )}
      <LedgerTile verification={books} />
    </ul>
  );
};

/** An older verification missed a morning. */
const MAX_VERIFICATION_AGE_MS = 2 * 86_400_000;

/** The last verification of the ledger. */
const LedgerTile: React.FC<{ verification: DashboardFigures['tiles']['books'] }> = ({ verification }) => {
  const to = toListPath('audit-events', { type: 'ledger.verified' });
  if (!verification) return <Tile name="Books" count="—" detail="not verified yet; done once a day" to={to} />;
  const { verifiedAt, faults } = verification;
  const verified = `verified ${formatMoment(verifiedAt)}`;
  const title = formatUtc(verifiedAt);
  if (getBusinessNow() - Date.parse(verifiedAt) > MAX_VERIFICATION_AGE_MS) {
    return <Tile name="Books" count="not verified" bad detail={`last ${verified}`} to={to} title={title} />;
  }
  return faults === 0 ? (
    <Tile name="Books" count="✓" detail={`${verified}, no errors`} to={to} title={title} />
  ) : (
    <Tile name="Books" count={formatCount(faults, 'error')} bad detail={verified} to={to} title={title} />
  );
};

const Tile: React.FC<{ name: string; count: string; detail: string; to: string; bad?: boolean; title?: string }> = (
  props,
) => (
  <li>
    <Link to={props.to} className={`lc-tile ${props.bad ? 'bad' : ''}`} title={props.title}>
      <span className="lc-muted">{props.name}</span>
      <span className="lc-big">
        {props.bad && <span aria-hidden="true">▲ </span>}
        {props.count}
      </span>
      <span className="lc-faint">{props.detail}</span>
    </Link>
  </li>
);
