import React from 'react';
import { Link } from 'react-router-dom';
import { formatCode, formatDollars } from '../../lib/format.js';
import { toRecordPath } from '../../lib/paths.js';
import { Moment } from '../../ui/times.js';
import type { PartnerOverview, PriceChange } from './types.js';

export const EventList: React.FC<{ events: PartnerOverview['events']; now: number }> = ({ events, now }) => (
  <ul className="lc-events">
    {events.map(({ id, type, actorName, occurredAt }) => (
      <li key={id}>
        <Link to={toRecordPath('audit-events', id)}>{formatCode(type)}</Link>
        <span className="lc-faint">
          {actorName} · <Moment iso={occurredAt} now={now} age />
        </span>
      </li>
    ))}
  </ul>
);

export const PriceChangeList: React.FC<{ changes: PriceChange[]; now: number }> = ({ changes, now }) => (
  <ul className="lc-events">
    {changes.map(({ id, beforeCents, afterCents, reason, actorName, occurredAt }) => (
      <li key={id}>
        <Link to={toRecordPath('audit-events', id)}>
          {formatPrice(beforeCents)} → {formatPrice(afterCents)}
        </Link>
        {reason && <bdi>{reason}</bdi>}
        <span className="lc-faint">
          {actorName} · <Moment iso={occurredAt} now={now} age />
        </span>
      </li>
    ))}
  </ul>
);

function formatPrice(cents: number | null): string {
  return cents === null ? 'standard price' : formatDollars(cents);
}
