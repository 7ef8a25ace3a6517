import type { EntityManager } from 'typeorm';
import { Conflict } from '../core/errors.js';
import { formatDollars } from '../core/money.js';
import { isolated, sentence } from '../core/sentence.js';
import { queryRow, sql } from '../core/sql.js';
import { validationRule } from '../core/validation.js';

/** The values that a form showed when it was opened, by field. */
export type SeenValues = Record<string, unknown>;

/** A field that somebody else has changed after it was read. */
export interface SeenChange {
  field: string;
  from: unknown;
  to: unknown;
}

const MAX_SEEN_FIELDS = 30;
const MAX_SHOWN_LENGTH = 80;
/** How far back the person is looked for. */
const MAX_EVENTS = 20;

export function IsSeenValues(): PropertyDecorator {
  return validationRule('isSeenValues', (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
    return Object.keys(value).length > MAX_SEEN_FIELDS ? `must have at most ${MAX_SEEN_FIELDS} fields` : null;
  });
}

/**
 * Optimistic locking of a record whose row is locked (docs/decisions/025): every field still has the value that was seen.
 * @param current the record's fields as they are now, by the names of `seen`; others are not compared
 * @throws Conflict `stale` with `changes` and, if the audit log tells, `changedBy`
 */
export async function assertAsSeen(
  em: EntityManager,
  objectId: string,
  seen: SeenValues | undefined,
  current: object,
): Promise<void> {
  const changes = Object.entries(current)
    .filter(([field, to]) => seen && Object.hasOwn(seen, field) && toComparable(seen[field]) !== toComparable(to))
    .map(([field, to]): SeenChange => ({ field, from: seen![field], to: to as unknown }));
  if (changes.length === 0) return;
  const changedBy = await findWhoChanged(em, objectId, changes);
  const what = changes.map(
    ({ field, from, to }) => `${toWords(field)} from ${show(field, from)} to ${show(field, to)}`,
  );
  throw new Conflict(
    'stale',
    `${isolated(changedBy ?? 'Someone')} changed this after you opened it: ${what.join('; ')}. Nothing was saved; check the values and save again.`,
    { changes, ...(changedBy && { changedBy }) },
  );
}

async function findWhoChanged(em: EntityManager, objectId: string, changes: SeenChange[]): Promise<string | null> {
  const fields = changes.map(({ field }) => field);
  const event = await queryRow<{ actorName: string }>(
    em,
    sql`SELECT actor_name AS "actorName"
          FROM (SELECT id, occurred_at, actor_name, internal FROM audit_event WHERE object_id = ${objectId}
                 ORDER BY occurred_at DESC LIMIT ${MAX_EVENTS}) AS recent
         WHERE EXISTS (SELECT 1 FROM unnest(${fields}::text[]) AS changed (field)
                        WHERE internal -> 'before' -> changed.field IS DISTINCT FROM internal -> 'after' -> changed.field)
         ORDER BY occurred_at DESC, id DESC LIMIT 1`,
  );
  return event?.actorName ?? null;
}

/** Nothing, an empty text and an empty list are the same to a form. */
function toComparable(value: unknown): string {
  const isEmpty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  return JSON.stringify(isEmpty ? null : value);
}

/** `statusReason` → `status reason`, `priceCents` → `price`. */
function toWords(field: string): string {
  const words = field.replace(/Cents$/, '').replaceAll(/([A-Z])/g, ' $1');
  return words.toLowerCase();
}

function show(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing';
  if (field.endsWith('Cents') && Number.isSafeInteger(value)) return formatDollars(Number(value));
  if (Array.isArray(value) && value.length === 0) return 'nothing';
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  const text = isList ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value);
  const shown = [...text];
  return sentence`“${shown.length > MAX_SHOWN_LENGTH ? `${shown.slice(0, MAX_SHOWN_LENGTH).join('')}…` : text}”`;
}
