import React from 'react';
import { flat, type ActionProps } from 'adminjs';
import { formatCode, formatDollars } from '../../lib/format.js';
import { formatMoment } from '../../lib/times.js';
import { useTitle } from '../../lib/use-title.js';
import { DataTable } from '../../ui/data-table.js';
import { Card } from '../../ui/elements.js';
import Show from './show.js';

type Fields = Record<string, unknown>;

/** One event of the audit log: who did what to what, and what was different before and after. */
const AuditEvent: React.FC<ActionProps> = (props) => {
  const { record, resource } = props;
  useTitle(record ? formatCode(record.title) : 'Event');
  if (!record) return null;
  const { before, after, ...internal } = toFields(flat.get(record.params, 'internal'));
  const shown = resource.showProperties.filter(({ propertyPath }) => !['data', 'internal'].includes(propertyPath));
  const others = { ...toFields(flat.get(record.params, 'data')), ...internal };
  return (
    <div className="lc-two-columns lc-event">
      <Show {...props} resource={{ ...resource, showProperties: shown }} />
      <div className="lc-stack">
        {(isSet(before) || isSet(after)) && <Changes before={toFields(before)} after={toFields(after)} />}
        {Object.keys(others).length > 0 && (
          <Card title="Details">
            <dl className="lc-facts wide">
              {Object.entries(others).map(([name, value]) => (
                <React.Fragment key={name}>
                  <dt>{formatName(name)}</dt>
                  <dd className="lc-prose">{formatValue(name, value)}</dd>
                </React.Fragment>
              ))}
            </dl>
          </Card>
        )}
      </div>
    </div>
  );
};

const Changes: React.FC<{ before: Fields; after: Fields }> = ({ before, after }) => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const rows = names.map((name) => {
    const [was, is] = [formatValue(name, before[name]), formatValue(name, after[name])];
    return { name, was, is, isChanged: was !== is };
  });
  return (
    <Card title="Before and after" bare>
      <DataTable
        label="Before and after"
        className="lc-lines"
        scrolls={false}
        rows={rows}
        getRowKey={({ name }) => name}
        getRowProps={({ isChanged }) => ({ className: isChanged ? 'lc-changed' : 'lc-muted' })}
        columns={[
          { id: 'field', header: 'Field', isRowHeader: true, cell: ({ name }) => formatName(name) },
          { id: 'before', header: 'Before', cellClassName: 'lc-prose', cell: ({ was }) => was },
          {
            id: 'after',
            header: 'After',
            cellClassName: 'lc-prose',
            cell: ({ is, isChanged }) =>
              isChanged ? (
                <>
                  <b>{is}</b>
                  <span className="lc-visually-hidden"> (changed)</span>
                </>
              ) : (
                is
              ),
          },
        ]}
      />
    </Card>
  );
};

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** `priceCents` → `Price`, `suspendedAt` → `Suspended at`. */
function formatName(name: string): string {
  return formatCode(
    name
      .replace(/Cents$/, '')
      .replaceAll(/([A-Z])/g, ' $1')
      .toLowerCase()
      .replace(/ id$/, ' ID'),
  );
}

function formatValue(name: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  if (/Cents$/.test(name) && Number.isFinite(Number(value))) return formatDollars(Number(value));
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((item) => formatValue('', item)).join(', ');
  if (typeof value === 'object') return formatFields(value);
  return isIsoTimestamp(value) ? formatMoment(value) : String(value);
}

function formatFields(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${formatName(name)}: ${formatValue(name, value)}`)
    .join(', ');
}

function isIsoTimestamp(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
}

export default AuditEvent;
