import React from 'react';
import { Link } from 'react-router-dom';
import { businessNow } from '../../lib/business-clock.js';
import { dayOf, inUtc, moment, span } from '../../ui/times.js';
import { counted, formatDollars, howMany } from '../../lib/format.js';
import type { Figures } from './figures.js';

/** What the next shift has to know at once; each leads to what it counts. */
export const Tiles: React.FC<{ tiles: Figures['tiles']; queuePath: string; resourcesPath: string }> = (props) => {
  const { tiles, queuePath, resourcesPath } = props;
  const { overdue, blocked, held, walletShort, pastDue, books } = tiles;
  return (
    <ul className="lc-tiles">
      <Tile
        name="Overdue"
        count={counted(overdue.count)}
        bad={overdue.count > 0}
        detail={overdue.oldestMs === null ? 'nothing is late' : `oldest ${span(overdue.oldestMs)}`}
        to={`${queuePath}?view=overdue`}
      />
      <Tile
        name="Blocked"
        count={counted(blocked.count)}
        detail={blocked.count === 0 ? 'nothing is held up' : `hold up ${howMany(blocked.accounts, 'account')}`}
        to={`${queuePath}?view=blocked`}
      />
      <Tile
        name="Held now"
        count={counted(held.count)}
        detail={held.count === 0 ? 'by nobody' : `by ${howMany(held.colleagues, 'colleague')}`}
        to={`${queuePath}?claimed=yes`}
      />
      <Tile
        name="Wallet short"
        count={counted(walletShort.count)}
        detail={walletShort.count === 0 ? 'all are covered' : `${formatDollars(walletShort.missingCents)} missing`}
        to={`${queuePath}?view=wallet-short`}
      />
      <Tile
        name="Past due leases"
        count={counted(pastDue.count)}
        bad={pastDue.count > 0}
        detail={pastDue.since ? `the first since ${dayOf(pastDue.since)}` : 'all are paid'}
        to={`${resourcesPath}/leases?filters.status=past_due`}
      />
      <Books books={books} resourcesPath={resourcesPath} />
    </ul>
  );
};

/** A proof that is older missed a morning. */
const TWO_MORNINGS_MS = 2 * 86_400_000;

/** Whether the books were in order this morning; the trail says what was not. */
const Books: React.FC<{ books: Figures['tiles']['books']; resourcesPath: string }> = ({ books, resourcesPath }) => {
  const to = `${resourcesPath}/audit-events?filters.type=ledger.verified`;
  if (!books) return <Tile name="Books" count="—" detail="proved each morning at six" to={to} />;
  const { verifiedAt, faults } = books;
  const proved = `verified ${moment(verifiedAt)}`;
  if (businessNow() - Date.parse(verifiedAt) > TWO_MORNINGS_MS) {
    return <Tile name="Books" count="not proved" bad detail={`last ${proved}`} to={to} title={inUtc(verifiedAt)} />;
  }
  return faults === 0 ? (
    <Tile name="Books" count="✓" detail={`${proved}, no fault`} to={to} title={inUtc(verifiedAt)} />
  ) : (
    <Tile name="Books" count={howMany(faults, 'fault')} bad detail={proved} to={to} title={inUtc(verifiedAt)} />
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
