import React from 'react';
import { Link } from 'react-router-dom';
import { BasePropertyComponent, flat, type BasePropertyJSON, type RecordJSON, type ResourceJSON } from 'adminjs';
import { formatCountry, formatLanguage } from '../../../core/display-names.js';
import { getResourceByRecordId } from '../../../admin/actions/record-prefixes.js';
import {
  formatBalance,
  formatBoundedCount,
  formatCode,
  formatHandle,
  formatNumber,
  getTone,
  shortenId,
} from '../../lib/format.js';
import { toRecordPath } from '../../lib/paths.js';
import { toShownReference } from '../../../wallets/shown-reference.js';
import { isTimestamp } from '../../lib/times.js';
import { Chip, CopyButton } from '../../ui/elements.js';
import { Moment } from '../../ui/times.js';
import {
  getCountBound,
  getPrecision,
  isCountries,
  isFigure,
  isIdentity,
  isMoment,
  isMoney,
  isStatus,
} from './property-kinds.js';

interface ValueProps {
  property: BasePropertyJSON;
  record: RecordJSON;
  resource: ResourceJSON;
  place: 'list' | 'show';
  now: number;
}

const emptyTexts: Record<string, string> = {
  'organizations.priceCents': 'standard price',
  'wallets.priceCents': 'standard price',
  'wallets.runsDryAt': 'over 3 years',
  'api-keys.lastUsedAt': 'never',
  'staff.lastSignedInAt': 'never',
  'staff.linkUntil': 'no open link',
};

/** A property of any record: money in dollars, moments with their time, statuses as chips, other records by name. */
export const Value: React.FC<ValueProps> = (props) => {
  const { property, record, resource, place } = props;
  if (property.components?.[place]) {
    return <BasePropertyComponent where={place} property={property} record={record} resource={resource} />;
  }
  const value: unknown = flat.get(record.params, property.propertyPath);
  if (isEmpty(value)) {
    return <span className="lc-faint">{emptyTexts[`${resource.id}.${property.propertyPath}`] ?? '—'}</span>;
  }
  if (property.reference) return <Reference {...props} id={String(value)} />;
  if (isMoney(property.propertyPath) && Number.isFinite(Number(value))) return <Money cents={Number(value)} />;
  if (isMoment(property) && isTimestamp(value)) {
    return <Moment iso={value} now={props.now} precision={getPrecision(property)} />;
  }
  if (property.propertyPath === 'isLow' && String(value) === 'true') return <Chip tone="bad">low</Chip>;
  if (typeof value === 'boolean' || property.type === 'boolean') return <>{String(value) === 'true' ? 'yes' : 'no'}</>;
  if (Array.isArray(value)) return <ListValue items={value} path={property.propertyPath} place={place} />;
  if (typeof value === 'object' && value !== null) return <JsonValue value={value} place={place} />;
  return <Text {...props} text={String(value)} />;
};

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

const Text: React.FC<ValueProps & { text: string }> = (props) => {
  const { property, resource, place, text } = props;
  const path = property.propertyPath;
  if (isStatus(property)) {
    // In the pool what is free stands out, what is assigned stays grey.
    const tone = resource.id === 'social-accounts' && text === 'assigned' ? '' : getTone(text);
    return <Chip tone={tone}>{formatCode(text)}</Chip>;
  }
  if (resource.id === 'webhook-deliveries' && path === 'eventType') return <DeliveredEvent {...props} />;
  if (path === 'objectId') return <EventObject {...props} id={text} />;
  if (isIdentity(property)) return <Identity id={text} place={place} />;
  if (isFigure(property) && Number.isFinite(Number(text)))
    return <>{formatBoundedCount(Number(text), getCountBound(property))}</>;
  if (path === 'language') return <span title={text}>{formatLanguage(text)}</span>;
  if (path === 'reference') return <span className="lc-prose">{toShownReference(text)}</span>;
  if (path === 'handle') return <b className={place === 'list' ? 'lc-ellipsis' : 'lc-prose'}>{formatHandle(text)}</b>;
  if (place === 'show') return <span className="lc-prose">{text}</span>;
  return (
    <span className="lc-ellipsis" dir="auto" title={text.length > 40 ? text : undefined}>
      {text}
    </span>
  );
};

/** A replay is told from the delivery that it repeats. */
const DeliveredEvent: React.FC<ValueProps & { text: string }> = ({ record, text }) => (
  <span className="lc-nowrap">
    {text} {record.params.replayOf && <Chip title={`Repeats ${String(record.params.replayOf)}`}>replay</Chip>}
  </span>
);

const Money: React.FC<{ cents: number }> = ({ cents }) => (
  <span className="lc-nowrap" title={`${formatNumber(cents)} cents`}>
    {formatBalance(cents)}
  </span>
);

/** The record that an event is about, by its name; it may be gone. */
const EventObject: React.FC<ValueProps & { id: string }> = ({ record, id, place }) => {
  const resourceId = getResourceByRecordId(id);
  const name = record.populated.objectId?.title;
  const path = resourceId && toRecordPath(resourceId, id);
  if (!path || (!name && place === 'list')) return <Identity id={id} place={place} />;
  const link = (
    <Link
      className={place === 'list' ? 'lc-ellipsis' : 'lc-prose'}
      dir="auto"
      to={path}
      title={id}
      aria-label={name ? undefined : `Open ${id}`}
    >
      {place === 'list' ? shortenId(name ?? id) : (name ?? 'open')}
    </Link>
  );
  if (place === 'list') return link;
  return (
    <>
      {link} <Identity id={id} place={place} />
    </>
  );
};

const Identity: React.FC<{ id: string; place: 'list' | 'show' }> = ({ id, place }) => (
  <span className="lc-identity" title={id}>
    <span>{place === 'show' ? id : shortenId(id)}</span> <CopyButton text={id} />
  </span>
);

const Reference: React.FC<ValueProps & { id: string }> = ({ property, record, id, place }) => {
  const name = record.populated[property.propertyPath]?.title;
  if (!name) return <Identity id={id} place={place} />;
  return (
    <Link
      className={place === 'list' ? 'lc-ellipsis' : 'lc-prose'}
      dir="auto"
      to={toRecordPath(property.reference!, id)}
      title={place === 'list' && name.length > 40 ? name : id}
    >
      {place === 'show' ? name : shortenId(name)}
    </Link>
  );
};

const MAX_COUNTRIES = 2;

const ListValue: React.FC<{ items: unknown[]; path: string; place: 'list' | 'show' }> = (props) => {
  const { path, place } = props;
  const areCountries = isCountries(path);
  const items = props.items.map((item) => (areCountries ? formatCountry(String(item)) : String(item)));
  const shown = place === 'list' ? items.slice(0, areCountries ? MAX_COUNTRIES : 5) : items;
  if (areCountries && place === 'list') {
    return (
      <span className="lc-nowrap" title={items.length > shown.length ? items.join(', ') : undefined}>
        {shown.join(', ')}
        {items.length > shown.length && <span className="lc-faint"> +{items.length - shown.length}</span>}
      </span>
    );
  }
  return (
    <span className="lc-chips" title={items.length > shown.length ? items.join(', ') : undefined}>
      {shown.map((item) => (
        <Chip key={item}>{item}</Chip>
      ))}
      {items.length > shown.length && <span className="lc-faint">+{items.length - shown.length}</span>}
    </span>
  );
};

const JsonValue: React.FC<{ value: object; place: 'list' | 'show' }> = ({ value, place }) =>
  place === 'show' ? (
    <pre className="lc-structure">{JSON.stringify(value, null, 2)}</pre>
  ) : (
    <span className="lc-ellipsis lc-muted">{JSON.stringify(value)}</span>
  );
