import React from 'react';
import { Link } from 'react-router-dom';
import { BasePropertyComponent, flat, type BasePropertyJSON, type RecordJSON, type ResourceJSON } from 'adminjs';
import { getResourceByRecordId } from '../../../admin/actions/record-prefixes.js';
import { Chip, CopyButton } from '../../ui/elements.js';
import { dayAndTime, inUtc, isMoment, Moment } from '../../ui/times.js';
import { at, counted, formatDollars, inWords, shortId, toneOf } from '../../lib/format.js';

interface ValueProps {
  property: BasePropertyJSON;
  record: RecordJSON;
  resource: ResourceJSON;
  place: 'list' | 'show';
  now: number;
  resourcesPath: string;
}

const statusLike = new Set([
  'status',
  'role',
  'env',
  'tier',
  'visibility',
  'blocker',
  'kind',
  'state',
  'endReason',
  'outcomeReason',
  'closedBy',
  'author',
  'actorKind',
]);

/** What an empty field means, where it means something. */
const emptyWords: Record<string, string> = {
  'organizations.priceCents': 'the house’s price',
  'wallets.priceCents': 'the house’s price',
  'api-keys.lastUsedAt': 'never',
  'staff.lastSignedInAt': 'never',
  'staff.linkUntil': 'no open link',
};

/** Whether a column holds figures, which stand on the right. */
export function isFigure({ propertyPath, type }: BasePropertyJSON): boolean {
  return isMoney(propertyPath) || ['number', 'float', 'currency'].includes(type) || isCount(propertyPath);
}

function isMoney(path: string): boolean {
  return /cents$/i.test(path);
}

function isCount(path: string): boolean {
  return /(^|[a-z])(count|followers|version|seq|liveleases|covers|sessions|held|movements)$/i.test(path);
}

/** How far the server counts it, where it stops. */
function boundOf({ custom }: BasePropertyJSON): number {
  return typeof custom.countedTo === 'number' ? custom.countedTo : Infinity;
}

function isIdentity({ propertyPath, isId }: BasePropertyJSON): boolean {
  return isId || /(Id|^prefix)$/.test(propertyPath);
}

/** A value of any record as staff read it: money in dollars, moments with their time, statuses as chips, others by name. */
export const Value: React.FC<ValueProps> = (props) => {
  const { property, record, resource, place } = props;
  if (property.components?.[place]) {
    return <BasePropertyComponent where={place} property={property} record={record} resource={resource} />;
  }
  const value: unknown = flat.get(record.params, property.propertyPath);
  if (isNothing(value)) {
    return <span className="lc-faint">{emptyWords[`${resource.id}.${property.propertyPath}`] ?? '—'}</span>;
  }
  if (property.reference) return <Reference {...props} id={String(value)} />;
  if (isMoney(property.propertyPath) && Number.isFinite(Number(value))) return <Money cents={Number(value)} />;
  if (['datetime', 'date'].includes(property.type) && isMoment(value)) return <When {...props} iso={value} />;
  if (/At$|Since$/.test(property.propertyPath) && isMoment(value)) return <When {...props} iso={value} />;
  if (property.propertyPath === 'isLow' && String(value) === 'true') return <Chip tone="warn">low</Chip>;
  if (typeof value === 'boolean' || property.type === 'boolean') return <>{String(value) === 'true' ? 'yes' : 'no'}</>;
  if (Array.isArray(value)) return <Several items={value} place={place} />;
  if (typeof value === 'object' && value !== null) return <Structure value={value} place={place} />;
  return <Text {...props} text={String(value)} />;
};

/** A list says it as a colleague would; a record's page says the whole date. */
const When: React.FC<ValueProps & { iso: string }> = ({ place, iso, now }) =>
  place === 'list' ? (
    <Moment iso={iso} now={now} />
  ) : (
    <time dateTime={iso} title={inUtc(iso)}>
      {dayAndTime(iso)}
    </time>
  );

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

const Text: React.FC<ValueProps & { text: string }> = (props) => {
  const { property, resource, place, text } = props;
  const path = property.propertyPath;
  if (statusLike.has(path) || property.availableValues) {
    // In the pool one looks for what is free; what is out stays grey.
    const tone = resource.id === 'social-accounts' && text === 'assigned' ? '' : toneOf(text);
    return <Chip tone={tone}>{inWords(text)}</Chip>;
  }
  if (path === 'objectId') return <ObjectOfEvent {...props} id={text} />;
  if (isIdentity(property)) return <Identity id={text} place={place} />;
  if (isFigure(property) && Number.isFinite(Number(text))) return <>{counted(Number(text), boundOf(property))}</>;
  if (path === 'handle') return <b className={place === 'list' ? 'lc-ellipsis' : 'lc-prose'}>{at(text)}</b>;
  if (place === 'show') return <span className="lc-prose">{text}</span>;
  return (
    <span className="lc-ellipsis" dir="auto" title={text.length > 40 ? text : undefined}>
      {text}
    </span>
  );
};

const Money: React.FC<{ cents: number }> = ({ cents }) => (
  <span className="lc-nowrap" title={`${cents.toLocaleString('en-US')} cents`}>
    {cents < 0 ? `−${formatDollars(-cents)}` : formatDollars(cents)}
  </span>
);

/** The thing that an event is about, by its name; it may be gone. */
const ObjectOfEvent: React.FC<ValueProps & { id: string }> = ({ record, id, place, resourcesPath }) => {
  const resourceId = getResourceByRecordId(id);
  const name = record.populated.objectId?.title;
  const path = resourceId && `${resourcesPath}/${resourceId}/records/${encodeURIComponent(id)}/show`;
  if (!path || (!name && place === 'list')) return <Identity id={id} place={place} />;
  const link = (
    <Link
      className={place === 'list' ? 'lc-ellipsis' : 'lc-prose'}
      dir="auto"
      to={path}
      title={id}
      aria-label={name ? undefined : `Open ${id}`}
    >
      {place === 'list' ? shortId(name ?? id) : (name ?? 'open')}
    </Link>
  );
  if (place === 'list') return link;
  return (
    <>
      {link} <Identity id={id} place={place} />
    </>
  );
};

/** An id: whole where there is room, else its end, to be copied either way. */
const Identity: React.FC<{ id: string; place: 'list' | 'show' }> = ({ id, place }) => (
  <span className="lc-identity" title={id}>
    <span>{place === 'show' ? id : shortId(id)}</span> <CopyButton text={id} />
  </span>
);

/** Another record, by its name. */
const Reference: React.FC<ValueProps & { id: string }> = ({ property, record, resourcesPath, id, place }) => {
  const other = record.populated[property.propertyPath];
  const name = other?.title;
  if (!name) return <Identity id={id} place={place} />;
  return (
    <Link
      className={place === 'list' ? 'lc-ellipsis' : 'lc-prose'}
      dir="auto"
      to={`${resourcesPath}/${property.reference}/records/${encodeURIComponent(id)}/show`}
      title={place === 'list' && name.length > 40 ? name : id}
    >
      {place === 'show' ? name : shortId(name)}
    </Link>
  );
};

const Several: React.FC<{ items: unknown[]; place: 'list' | 'show' }> = ({ items, place }) => {
  const shown = place === 'list' ? items.slice(0, 5) : items;
  const areCodes = place === 'list' && items.every((item) => String(item).length < 3);
  if (areCodes) {
    return (
      <span className="lc-nowrap" title={items.length > shown.length ? items.join(', ') : undefined}>
        {shown.join(' ')}
        {items.length > shown.length && <span className="lc-faint"> +{items.length - shown.length}</span>}
      </span>
    );
  }
  return (
    <span className="lc-chips" title={items.length > shown.length ? items.join(', ') : undefined}>
      {shown.map((item) => (
        <Chip key={String(item)}>{String(item)}</Chip>
      ))}
      {items.length > shown.length && <span className="lc-faint">+{items.length - shown.length}</span>}
    </span>
  );
};

const Structure: React.FC<{ value: object; place: 'list' | 'show' }> = ({ value, place }) =>
  place === 'show' ? (
    <pre className="lc-structure">{JSON.stringify(value, null, 2)}</pre>
  ) : (
    <span className="lc-ellipsis lc-muted">{JSON.stringify(value)}</span>
  );
