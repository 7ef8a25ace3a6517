import type { Action, RecordActionResponse } from 'adminjs';
import { turnaroundItems, type CheckTurnaround } from '../../account-pool/turnaround.service.js';
import { Components } from '../components.js';
import { allows } from '../panel-call.js';
import type { PanelServices } from '../panel-services.js';
import { deleteDeed, editDeed, newDeed, recordDeed } from './deeds.js';

const isLeased = ({ status }: Record<string, unknown>) => status === 'assigned';

/** What is done to the accounts of the pool. */
export function accountDeeds({ accounts, turnaround }: PanelServices) {
  return {
    new: newDeed({
      permission: 'editAccounts',
      do: async ({ caller, body }) => {
        const { socialAccountId, handle, status } = await accounts.create(caller, body);
        return { id: socialAccountId, message: `@${handle} is in the pool: ${status}.` };
      },
    }),
    edit: editDeed({
      permission: 'editAccounts',
      do: async ({ caller, body }, socialAccountId) => {
        await accounts.edit(caller, { ...body, socialAccountId });
        return { message: 'Saved.' };
      },
    }),
    quarantine: recordDeed({
      permission: 'editAccounts',
      component: Components.ConfirmDeed,
      offered: (account) => !isLeased(account) && account.status !== 'quarantined' && account.status !== 'retired',
      do: async ({ caller, body }, socialAccountId) => {
        const { handle } = await accounts.quarantine(caller, { ...body, socialAccountId });
        return { message: `@${handle} is in quarantine: nobody is offered it.` };
      },
    }),
    checkTurnaround: recordDeed({
      permission: 'editAccounts',
      offered: ({ status }) => status === 'resetting' || status === 'available',
      do: async ({ caller, body }, socialAccountId) => {
        const done = await turnaround.check(caller, { ...body, socialAccountId } as CheckTurnaround);
        const left = turnaroundItems.filter((item) => !done.turnaround.includes(item));
        const what = left.length > 0 ? `still to check: ${left.join(', ')}` : `all is checked, it is ${done.status}`;
        return { message: `@${done.handle}: ${what}.` };
      },
    }),
    import: {
      actionType: 'resource',
      component: Components.ImportAccounts,
      isAccessible: allows('editAccounts'),
      // The file goes by a route of its own (`exports/import-routes.ts`).
      handler: () => ({}) as RecordActionResponse,
    } satisfies Partial<Action<RecordActionResponse>>,
    delete: deleteDeed({
      permission: 'editAccounts',
      offered: (account) => !isLeased(account),
      do: async ({ caller, body }, socialAccountId) => {
        await accounts.remove(caller, { ...body, socialAccountId });
        return { message: 'The account is out of the pool for good.' };
      },
    }),
  };
}
