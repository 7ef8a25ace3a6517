import React from 'react';
import { Link } from 'react-router-dom';
import { dueInWords } from '../../ui/due.js';
import { Card } from '../../ui/elements.js';
import type { Fulfil } from '../../lib/types.js';
import { dayOf } from '../../ui/times.js';
import { howMany } from '../../lib/format.js';

/** The partner's other open requests, and what it leases. */
export const SamePartnerCard: React.FC<{ fulfil: Fulfil; now: number; resourcesPath: string }> = (props) => {
  const { samePartner, request } = props.fulfil;
  const { openRequests, liveLeases, since } = samePartner;
  if (openRequests.length === 0 && liveLeases === 0) return null;
  return (
    <Card title="Same partner">
      <ul className="lc-same">
        {openRequests.map((other) => (
          <li key={other.id}>
            <Link className="lc-ellipsis" to={`${props.resourcesPath}/lease-requests/records/${other.id}/fulfil`}>
              {other.count} × {other.vertical}
            </Link>
            <span className="lc-faint lc-nowrap">
              open, {dueInWords({ ...other, dueShare: null }, props.now).words}
            </span>
          </li>
        ))}
        {liveLeases > 0 && (
          <li>
            <Link to={`${props.resourcesPath}/leases?filters.organizationId=${encodeURIComponent(request.partner.id)}`}>
              {howMany(liveLeases, 'live lease')}
            </Link>
            {since && <span className="lc-faint lc-nowrap">since {dayOf(since, props.now)}</span>}
          </li>
        )}
      </ul>
    </Card>
  );
};
