import { hash } from 'node:crypto';

/** A digest that is the same for equal JSON values, whatever the order of their members. */
export function fingerprint(...values: unknown[]): Buffer {
  return hash('sha256', JSON.stringify(values.map(sortMembers)), 'buffer');
}

/** Recursive: only for values whose depth was checked. */
function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sortMembers(member)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
