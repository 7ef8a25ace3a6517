import type { BasePropertyJSON } from 'adminjs';
import type { Precision } from '../../lib/times.js';

/** Whether a column holds figures, which stand on the right. */
export function isFigure({ propertyPath, type }: BasePropertyJSON): boolean {
  return isMoney(propertyPath) || ['number', 'float', 'currency'].includes(type) || isCount(propertyPath);
}

export function isMoney(path: string): boolean {
  return /cents$/i.test(path);
}

export function isMoment({ propertyPath, type }: BasePropertyJSON): boolean {
  return ['datetime', 'date'].includes(type) || /At$|Since$/.test(propertyPath);
}

export function getPrecision({ custom }: BasePropertyJSON): Precision {
  return custom.precision === 'second' ? 'second' : 'minute';
}

/** Whether its values are ISO 3166 codes. */
export function isCountries(path: string): boolean {
  return path === 'countries' || path === 'geo';
}

function isCount(path: string): boolean {
  return /(^|[a-z])(count|followers|version|seq|liveleases|covers|sessions|held|movements)$/i.test(path);
}

/** How far the server counts it, where it stops. */
export function getCountBound({ custom }: BasePropertyJSON): number {
  return typeof custom.countedTo === 'number' ? custom.countedTo : Infinity;
}

export function isIdentity({ propertyPath, isId }: BasePropertyJSON): boolean {
  return isId || /(Id|^prefix)$/.test(propertyPath);
}

const statusPaths = new Set([
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

/** Whether its values are a few codes, shown as chips. */
export function isStatus({ propertyPath, availableValues }: BasePropertyJSON): boolean {
  return statusPaths.has(propertyPath) || Boolean(availableValues);
}
