import { sentence } from '../../../core/sentence.js';
import { postRecordAction, postResourceAction, type ActionAnswer } from '../../lib/actions.js';
import { getBusinessNow } from '../../lib/business-clock.js';
import { findWorkElsewhere, forgetClaimed, inTurnOfTabs, keepClaimed } from '../../lib/tab-work.js';
import { formatClockTime } from '../../lib/times.js';
import { showToast } from '../../lib/toasts.js';
import type { QueueRow } from '../../lib/types.js';
import { useAction } from '../../lib/use-action.js';
import type { Feedback } from '../../lib/use-feedback.js';

interface QueueActionOptions {
  setFeedback: (feedback: Feedback | null) => void;
  /** A colleague holds the row. */
  askToTakeOver: (row: QueueRow) => void;
  openRequest: (leaseRequestId: string) => void;
}

/** Claims and what else is done from the queue without a dialog. */
export function useQueueActions({ setFeedback, askToTakeOver, openRequest }: QueueActionOptions) {
  const onError = ({ message }: Error) => setFeedback({ kind: 'error', message });
  const onSuccess = (message: string) => {
    setFeedback(null);
    showToast({ kind: 'done', message });
  };
  const claim = useAction((row: QueueRow) => claimRow(row), { onSuccess, onError });
  const unclaim = useAction(unclaimRow, { onSuccess, onError });
  const serveNext = useAction(() => inTurnOfTabs(serve), {
    onError,
    onSuccess: ({ requestId, heldBefore, notice }) => {
      if (!requestId || heldBefore) showToast({ kind: 'idle', message: notice?.message ?? '' });
      if (requestId) openRequest(requestId);
    },
  });
  return {
    serveNext: () => serveNext.run(),
    /** Claims a free row, gives up an own claim, or asks before it takes over a colleague's. */
    toggleClaim: (row: QueueRow) => {
      const holder = row.claimedBy && Date.parse(row.claimedBy.until) > getBusinessNow() ? row.claimedBy : null;
      if (!holder) claim.run(row);
      else if (holder.mine) unclaim.run(row);
      else askToTakeOver(row);
    },
    takeOver: async (row: QueueRow) => onSuccess(await claimRow(row, true)),
  };
}

async function serve(): Promise<ActionAnswer> {
  const elsewhere = await findWorkElsewhere();
  const served = await postResourceAction('lease-requests', 'serveNext', { elsewhere });
  if (served.requestId && served.claim) keepClaimed(served.requestId, served.claim.until);
  return served;
}

async function claimRow(row: QueueRow, takeOver?: true): Promise<string> {
  const { claim } = await postRecordAction('lease-requests', row.id, 'claim', takeOver ? { takeOver } : {});
  if (claim) keepClaimed(row.id, claim.until);
  return claim ? `Claimed by you until ${formatClockTime(Date.parse(claim.until))}.` : 'Claimed by you.';
}

/** @throws Error where another tab works on it */
async function unclaimRow(row: QueueRow): Promise<string> {
  if ((await findWorkElsewhere()).includes(row.id))
    throw new Error(
      'You are working on this one in another tab: unclaim it there, or close that tab. Nothing was changed.',
    );
  await postRecordAction('lease-requests', row.id, 'unclaim');
  forgetClaimed(row.id);
  return sentence`Claim on ${row.partner} released.`;
}
