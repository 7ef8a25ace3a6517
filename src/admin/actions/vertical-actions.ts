import type { RemoveSynonym, MapVertical } from '../../account-pool/verticals.service.js';
import { Components } from '../bundle/components.js';
import type { PanelServices } from '../panel-services.js';
import { recordAction } from './action-builders.js';
import { sentence } from '../../core/sentence.js';

/** Actions on a vertical, whose record id is its name. */
export function verticalActions({ verticals }: PanelServices) {
  const isInPool = (record: Record<string, unknown>) => record.inPool === true;
  return {
    addSynonym: recordAction({
      permission: 'editAccounts',
      component: Components.AddSynonym,
      isOffered: isInPool,
      do: async ({ caller, body }, vertical) => {
        const done = await verticals.map(caller, { ...body, vertical } as MapVertical);
        return { message: sentence`From now on “${done.synonym}” means ${done.vertical}, on every request.` };
      },
    }),
    standFor: recordAction({
      permission: 'editAccounts',
      component: Components.AddSynonym,
      isOffered: (record) => !isInPool(record),
      do: async ({ caller, body }, synonym) => {
        const done = await verticals.map(caller, { ...body, synonym } as MapVertical);
        return { message: sentence`From now on “${done.synonym}” means ${done.vertical}, on every request.` };
      },
    }),
    forgetSynonym: recordAction({
      permission: 'editAccounts',
      component: Components.ForgetSynonym,
      isOffered: (record) => record['synonyms.0'] !== undefined,
      do: async ({ caller, body }, vertical) => {
        const done = await verticals.removeSynonym(caller, { ...body, vertical } as RemoveSynonym);
        return { message: sentence`“${done.synonym}” is no longer a synonym.` };
      },
    }),
  };
}
