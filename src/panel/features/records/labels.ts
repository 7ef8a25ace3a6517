import type { BasePropertyJSON } from 'adminjs';

/** What a field is called: by the resource's own wish, else by the panel's words. */
export function labelOf(
  { label, resourceId, custom }: BasePropertyJSON,
  translate: (label: string, resourceId: string) => string,
): string {
  return typeof custom.label === 'string' ? custom.label : translate(label, resourceId);
}
