import { formatCount } from '../../lib/format.js';
import type { Candidate, RequestView } from './types.js';
import { wasWithPartner } from './warnings.js';

/** The best accounts that can be marked at once, and why there are no more. */
export interface BestAccounts {
  accounts: Candidate[];
  /** A sentence's end: `the wallet covers no more`. */
  stoppedBecause: string;
}

/**
 * The best accounts without a warning, in the order offered, that with the marked ones are as many as are still wanted, the wallet covers
 * and the pool has, both after earlier requests.
 */
export function findBest({ request, cover }: RequestView, offered: Candidate[], marked: Candidate[]): BestAccounts {
  const wanted = request.count - request.assignedCount;
  const limit = cover ? Math.min(wanted, cover.walletCovers, cover.poolFits) : 0;
  const markedIds = new Set(marked.map(({ socialAccountId }) => socialAccountId));
  const free = offered.filter(
    (one) => one.fits && !wasWithPartner(one) && one.uncheckedSince === null && !markedIds.has(one.socialAccountId),
  );
  const accounts = free.slice(0, Math.max(0, limit - marked.length));
  const isListUsedUp = marked.length + accounts.length < limit;
  return { accounts, stoppedBecause: explainStop(cover, limit, wanted, isListUsedUp) };
}

function explainStop(cover: RequestView['cover'], limit: number, wanted: number, isListUsedUp: boolean): string {
  if (!cover || isListUsedUp) return 'no other account in the list fits without a warning';
  if (limit === wanted) return 'all that is still wanted';
  const [limiting, alone] =
    limit === cover.walletCovers
      ? ['the wallet covers', cover.walletCoversAlone]
      : ['the pool has', cover.poolFitsAlone];
  return `${limiting} ${limit === 0 ? 'none' : 'no more'}${limit < alone ? ' after earlier requests' : ''}`;
}

/** What the key came to. */
export function describeMarked({ accounts, stoppedBecause }: BestAccounts, markedBefore: number): string {
  const total = accounts.length + markedBefore;
  const marked =
    accounts.length === 0
      ? `${formatCount(total, 'account is', 'accounts are')} already marked`
      : `${formatCount(total, 'account')} marked`;
  return `${marked}: ${stoppedBecause}.`;
}
