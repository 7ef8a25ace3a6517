import { PANEL_PREFIX } from '../../wallets/shown-reference.js';

/** An idempotency reference, so that an adjustment whose answer was lost can be sent again. */
export function createPanelReference(): string {
  return `${PANEL_PREFIX}${Date.now().toString(36)} ${Math.random().toString(36).slice(2)}`;
}
