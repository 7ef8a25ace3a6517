const OWN = 'panel ';

/** A reference of the panel's own, so that an adjustment whose answer was lost can be asked for again. */
export function ownReference(): string {
  return `${OWN}${Date.now().toString(36)} ${Math.random().toString(36).slice(2)}`;
}

/** A reference as people gave it; one of the panel's own says nothing to them. */
export function wordOf(reference: string | null): string | null {
  return reference?.startsWith(OWN) ? null : reference;
}
