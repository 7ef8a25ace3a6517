import { createHash } from 'node:crypto';

/** A digest that is equal for JSON values that are equal, whatever the order of their members. */
export function fingerprint(...values: unknown[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(values.map(sortMembers)))
    .digest();
}

/** Only for values whose shape was checked: it goes as deep as they do. */
function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sortMembers(member)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
