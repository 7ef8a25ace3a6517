import { formatDollars } from './format.js';

/** Why a wallet is marked as low. @param thresholdCents its own, or null */
export function describeLowBalance(thresholdCents: number | null): string {
  return thresholdCents === null ? 'less than one month of its leases' : `below ${formatDollars(thresholdCents)}`;
}
