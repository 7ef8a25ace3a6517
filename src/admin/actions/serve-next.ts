import type { PanelServices } from '../panel-services.js';
import { resourceAction } from './action-builders.js';

/** `lease-requests` `serveNext {}`: claims the most urgent request that can be worked on now; `requestId` is null where none can. */
export function serveNextAction({ serveNext }: PanelServices) {
  return resourceAction({
    permission: 'assign',
    do: async ({ caller, body }) => {
      const served = await serveNext.serveNext(caller, body);
      const message =
        'There is nothing to work on right now: every open request is claimed, blocked, or lacks money or accounts.';
      if (!served.claim) return { message, extra: { ...served } };
      return {
        message: `You have claimed this request until ${served.claim.until.toISOString().slice(11, 16)} UTC.`,
        extra: { ...served },
      };
    },
  });
}
