import { formatBoundedCount, formatCount } from '../../lib/format.js';
import { formatAge } from '../../lib/times.js';
import type { QueuePage, QueueView } from '../../lib/types.js';
import type { QueueAddress } from './queue-address.js';

/** Below the heading. @param readAgoMs null where the queue could not be read again */
export function summarizeQueue(
  { rows, counts, wantedCount }: QueuePage,
  now: number,
  readAgoMs: number | null,
): string {
  const freshness = readAgoMs === null ? 'not refreshed' : `refreshed ${formatAge(readAgoMs)}`;
  if (counts.all === 0) return `No open requests · ${freshness}`;
  const [noun, verb] = counts.all === 1 ? ['request', 'wants'] : ['requests', 'want'];
  const oldest = Math.min(...rows.map((row) => Date.parse(row.submittedAt)));
  const age = rows.length === counts.all ? ` · oldest submitted ${formatAge(now - oldest)}` : '';
  const wanted = `${verb} ${formatCount(wantedCount, 'account')}`;
  return `${formatBoundedCount(counts.all)} open ${noun} ${wanted}${age} · ${freshness}`;
}

/** At the foot of the page. */
export function formatShownCount(page: QueuePage, { view, isFiltered }: QueueAddress): string {
  const { rows, counts, nextCursor } = page;
  const more = nextCursor ? ' · more as you scroll' : '';
  const total = formatBoundedCount(counts[view]);
  const verb = rows.length === 1 && !nextCursor ? 'matches' : 'match';
  return isFiltered
    ? `${rows.length}${nextCursor ? '+' : ''} of ${total} ${verb}${more}`
    : `${rows.length} of ${total}${more}`;
}

/** Why a view is empty. */
export const emptyViewTitles: Record<QueueView, string> = {
  all: 'Nothing is waiting.',
  mine: 'You have claimed no requests.',
  unclaimed: 'Every open request is claimed.',
  overdue: 'Nothing is overdue.',
  blocked: 'Nothing is blocked.',
  'wallet-short': 'The wallets cover every request.',
};
