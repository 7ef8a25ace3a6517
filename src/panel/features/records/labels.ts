import type { BasePropertyJSON } from 'adminjs';

/** A field's name: the resource's own label, else the panel's translation. */
export function getLabel(
  { label, resourceId, custom }: BasePropertyJSON,
  translate: (label: string, resourceId: string) => string,
): string {
  return typeof custom.label === 'string' ? custom.label : translate(label, resourceId);
}
