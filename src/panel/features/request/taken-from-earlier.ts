import { formatCount } from '../../lib/format.js';
import type { Candidate, RequestView } from './types.js';

/** What assigning these accounts takes that earlier requests are counted for; null for nothing. */
export function describeTakenFromEarlier({ cover }: RequestView, chosen: Candidate[]): string | null {
  if (!cover) return null;
  const fittingCount = chosen.filter(({ fits }) => fits).length;
  const money = cover.walletCovers < cover.walletCoversAlone ? chosen.length - cover.walletCovers : 0;
  const accounts = cover.poolFits < cover.poolFitsAlone ? fittingCount - cover.poolFits : 0;
  const parts = [
    ...(money > 0 ? [`money for ${formatCount(money, 'account')}`] : []),
    ...(accounts > 0 ? [formatCount(accounts, 'account')] : []),
  ];
  return parts.length > 0 ? `Takes from earlier requests: ${parts.join(' and ')}.` : null;
}
