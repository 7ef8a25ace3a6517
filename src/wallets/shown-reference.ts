/** Begins an idempotency reference of the panel's own. */
export const PANEL_PREFIX = 'panel ';

/** That a partner was created with; its id makes it unique. */
const OPENING_BALANCE = /^opening balance of org_\S+$/;

/** A reference as people gave it; null for one of the panel's own. */
export function toShownReference(reference: string | null): string | null {
  if (reference?.startsWith(PANEL_PREFIX)) return null;
  return reference && OPENING_BALANCE.test(reference) ? 'opening balance' : reference;
}
