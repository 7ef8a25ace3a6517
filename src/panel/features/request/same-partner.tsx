import React from 'react';
import { Link } from 'react-router-dom';
import { formatCount } from '../../lib/format.js';
import { toListPath, toRequestPath } from '../../lib/paths.js';
import { formatDay } from '../../lib/times.js';
import { formatDue } from '../../ui/due.js';
import { Card } from '../../ui/elements.js';
import type { RequestView } from './types.js';

/** The partner's other open requests, and its live leases. */
export const SamePartnerCard: React.FC<{ view: RequestView; now: number }> = ({ view, now }) => {
  const { samePartner, request } = view;
  const { openRequests, liveLeases, since } = samePartner;
  if (openRequests.length === 0 && liveLeases === 0) return null;
  return (
    <Card title="Same partner">
      <ul className="lc-same">
        {openRequests.map((other) => (
          <li key={other.id}>
            <Link className="lc-ellipsis" to={toRequestPath(other.id)}>
              {other.count} × <bdi>{other.vertical}</bdi>
            </Link>
            <span className="lc-faint lc-nowrap">open, {formatDue({ ...other, dueShare: null }, now).text}</span>
          </li>
        ))}
        {liveLeases > 0 && (
          <li>
            <Link to={toListPath('leases', { organizationId: request.partner.id })}>
              {formatCount(liveLeases, 'live lease')}
            </Link>
            {since && <span className="lc-faint lc-nowrap">since {formatDay(since, now)}</span>}
          </li>
        )}
      </ul>
    </Card>
  );
};
