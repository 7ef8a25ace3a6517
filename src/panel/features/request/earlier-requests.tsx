import React from 'react';
import { Link } from 'react-router-dom';
import { formatCode, formatCount } from '../../lib/format.js';
import { toRequestPath } from '../../lib/paths.js';
import { formatDue } from '../../ui/due.js';
import { Card } from '../../ui/elements.js';
import type { RequestView } from './types.js';

type EarlierRequest = NonNullable<RequestView['cover']>['earlier']['requests'][number];

/** The more urgent requests that take this one's money or accounts, and how much. */
export const EarlierRequestsCard: React.FC<{ view: RequestView; now: number }> = ({ view: { cover }, now }) => {
  if (!cover || cover.earlier.count === 0) return null;
  const { count, requests } = cover.earlier;
  const hidden = count - requests.length;
  return (
    <Card title="Ahead in the queue">
      <ul className="lc-earlier">
        {requests.map((earlier) => (
          <li key={earlier.id}>
            <div className="lc-row">
              <Link className="lc-ellipsis lc-grow" to={toRequestPath(earlier.id)} title={earlier.partner}>
                {earlier.wanted} × <bdi>{earlier.vertical}</bdi>, <bdi>{earlier.partner}</bdi>
              </Link>
              <span className="lc-faint lc-nowrap">{describeState(earlier, now)}</span>
            </div>
            <div className="lc-muted">takes {describeTaken(earlier)}</div>
          </li>
        ))}
      </ul>
      {hidden > 0 && <div className="lc-faint">and {formatCount(hidden, 'more request')}</div>}
    </Card>
  );
};

function describeState({ blocker, dueAt, pausedAt }: EarlierRequest, now: number): string {
  return blocker ? formatCode(blocker) : formatDue({ dueAt, pausedAt, dueShare: null }, now).text;
}

function describeTaken({ walletTakes, poolTakes }: EarlierRequest): string {
  const parts = [
    ...(walletTakes > 0 ? [`money for ${formatCount(walletTakes, 'account')}`] : []),
    ...(poolTakes > 0 ? [`up to ${formatCount(poolTakes, 'account')} that ${poolTakes === 1 ? 'fits' : 'fit'}`] : []),
  ];
  return parts.join(' and ');
}
