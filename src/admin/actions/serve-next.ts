import type { ServedRequest } from '../../queue/serve-next.service.js';
import type { PanelServices } from '../panel-services.js';
import { resourceAction } from './action-builders.js';
import { formatUtcClock } from '../../core/utc-times.js';

/** `lease-requests` `serveNext {elsewhere?}`: what the caller holds, else the most urgent request that can be worked on (`ServedRequest`). */
export function serveNextAction({ serveNext }: PanelServices) {
  return resourceAction({
    permission: 'assign',
    do: async ({ caller, body }) => {
      const served = await serveNext.serveNext(caller, body);
      return { message: describe(served), extra: { ...served } };
    },
  });
}

function describe({ claim, heldBefore, isQueueEmpty }: ServedRequest): string {
  if (isQueueEmpty) return 'The queue is empty: no request is open.';
  if (!claim)
    return 'There is nothing to work on right now: every open request is claimed or open in another tab, blocked, or lacks money or accounts.';
  if (heldBefore)
    return 'You have claimed this one already, and your claims come first. Finish it, block it or unclaim it.';
  return `You have claimed this request until ${formatUtcClock(claim.until)}.`;
}
