import React from 'react';
import { flat, type ActionProps } from 'adminjs';
import { Card, useTitle } from '../../ui/elements.js';
import { dayAndTime } from '../../ui/times.js';
import { formatDollars, inWords } from '../../lib/format.js';
import Show from './show.js';

type Facts = Record<string, unknown>;

/** One event of the trail: who did what to what, and what was different before and after. */
const AuditEvent: React.FC<ActionProps> = (props) => {
  const { record, resource } = props;
  useTitle(record ? `Event ${record.title}` : 'Event');
  if (!record) return null;
  const internal = factsOf(flat.get(record.params, 'internal'));
  const { before, after, ...rest } = internal;
  const shown = resource.showProperties.filter(({ propertyPath }) => !['data', 'internal'].includes(propertyPath));
  const others = { ...factsOf(flat.get(record.params, 'data')), ...rest };
  return (
    <div className="lc-desk lc-event">
      <Show {...props} resource={{ ...resource, showProperties: shown }} />
      <div className="lc-stack">
        {(isGiven(before) || isGiven(after)) && <BeforeAndAfter before={factsOf(before)} after={factsOf(after)} />}
        {Object.keys(others).length > 0 && (
          <Card title="What else it says">
            <dl className="lc-facts wide">
              {Object.entries(others).map(([name, value]) => (
                <React.Fragment key={name}>
                  <dt>{nameOf(name)}</dt>
                  <dd className="lc-prose">{textOf(name, value)}</dd>
                </React.Fragment>
              ))}
            </dl>
          </Card>
        )}
      </div>
    </div>
  );
};

const BeforeAndAfter: React.FC<{ before: Facts; after: Facts }> = ({ before, after }) => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return (
    <Card title="Before and after" bare>
      <table className="lc-table lc-lines" aria-label="Before and after">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const [was, is] = [textOf(name, before[name]), textOf(name, after[name])];
            const changed = was !== is;
            return (
              <tr key={name} className={changed ? 'lc-changed' : 'lc-muted'}>
                <th scope="row">{nameOf(name)}</th>
                <td className="lc-prose">{was}</td>
                <td className="lc-prose">
                  {changed ? (
                    <>
                      <b>{is}</b>
                      <span className="lc-unseen"> (changed)</span>
                    </>
                  ) : (
                    is
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
};

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function factsOf(value: unknown): Facts {
  return typeof value === 'object' && value !== null ? (value as Facts) : {};
}

/** `priceCents` → `Price`, `suspendedAt` → `Suspended at`. */
function nameOf(name: string): string {
  return inWords(
    name
      .replace(/Cents$/, '')
      .replaceAll(/([A-Z])/g, ' $1')
      .toLowerCase(),
  );
}

function pairs(value: object): string {
  return Object.entries(value)
    .map(([name, one]) => `${nameOf(name)}: ${textOf(name, one)}`)
    .join(', ');
}

function isIso(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
}

function textOf(name: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  if (/Cents$/.test(name) && Number.isFinite(Number(value))) return formatDollars(Number(value));
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((item) => textOf('', item)).join(', ');
  if (typeof value === 'object') return pairs(value);
  return isIso(value) ? dayAndTime(value) : String(value);
}

export default AuditEvent;
