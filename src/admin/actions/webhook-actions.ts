import { formatCount } from '../../core/counts.js';
import type { ReplayDeliveries } from '../../webhooks/commands.js';
import { Components } from '../bundle/components.js';
import type { PanelServices } from '../panel-services.js';
import { recordAction } from './action-builders.js';

export function webhookEndpointActions({ webhookReplays }: PanelServices) {
  return {
    replay: recordAction({
      permission: 'replayWebhooks',
      component: Components.ReplayDeliveries,
      isOffered: ({ status }) => status === 'active',
      do: async ({ caller, body }, endpointId) => {
        const { scheduled } = await webhookReplays.replayRange(caller, { ...body, endpointId } as ReplayDeliveries);
        if (scheduled === 0) return { message: 'Nothing was scheduled in that time.' };
        return { message: `${formatCount(scheduled, 'event is', 'events are')} sent again.` };
      },
    }),
  };
}

export function webhookDeliveryActions({ webhookReplays }: PanelServices) {
  return {
    replay: recordAction({
      permission: 'replayWebhooks',
      component: Components.ConfirmAction,
      do: async ({ caller, body }, deliveryId) => {
        const { replayDeliveryId } = await webhookReplays.replayOne(caller, { ...body, deliveryId });
        return { message: `Sent again as ${replayDeliveryId}.` };
      },
    }),
  };
}
