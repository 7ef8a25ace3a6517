import { formatChange, formatDollars } from '../../lib/format.js';
import { useOverview } from '../../lib/queries.js';
import type { WalletOverview } from './types.js';

/** Whether an amount waits for a second person; `undefined` until the limit is read. */
export function useApprovalLimit(organizationId: string) {
  const { data } = useOverview<WalletOverview>('wallets', organizationId);
  const limitCents = data?.approvalAboveCents;
  return {
    overview: data,
    /** @param changeCents negative where it takes from the wallet */
    mustWait: (changeCents: number | null): boolean | undefined =>
      limitCents === undefined ? undefined : Math.abs(changeCents ?? 0) > limitCents,
    notice: (changeCents: number | null): string => {
      if (limitCents === undefined) return 'A large amount has to be approved by a second finance person.';
      const limit = formatDollars(limitCents);
      return Math.abs(changeCents ?? 0) > limitCents
        ? `It is over ${limit}: nothing is booked until a colleague from finance approves it.`
        : `Over ${limit} a second finance person has to approve it.`;
    },
  };
}

/** The confirming button of what will wait. */
export function getProposeLabel(changeCents: number): string {
  return `Propose ${formatChange(changeCents)}`;
}
