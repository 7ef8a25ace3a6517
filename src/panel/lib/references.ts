const PANEL_PREFIX = 'panel ';

/** An idempotency reference, so that an adjustment whose answer was lost can be sent again. */
export function createPanelReference(): string {
  return `${PANEL_PREFIX}${Date.now().toString(36)} ${Math.random().toString(36).slice(2)}`;
}

/** A reference as people gave it; null for one of the panel's own. */
export function toShownReference(reference: string | null): string | null {
  return reference?.startsWith(PANEL_PREFIX) ? null : reference;
}
