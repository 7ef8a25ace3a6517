import type { Action, RecordActionResponse } from 'adminjs';
import { turnaroundItems, type CheckTurnaround } from '../../account-pool/turnaround.service.js';
import { Components } from '../bundle/components.js';
import { isAccessibleTo } from '../http/panel-request.js';
import type { PanelServices } from '../panel-services.js';
import { deleteAction, editAction, newAction, recordAction } from './action-builders.js';

const isLeased = ({ status }: Record<string, unknown>) => status === 'assigned';

/** Actions on the accounts of the pool. */
export function accountActions({ accounts, turnaround }: PanelServices) {
  return {
    new: newAction({
      permission: 'editAccounts',
      do: async ({ caller, body }) => {
        const { socialAccountId, handle, status } = await accounts.create(caller, body);
        return { id: socialAccountId, message: `@${handle} is in the pool: ${status}.` };
      },
    }),
    edit: editAction({
      permission: 'editAccounts',
      do: async ({ caller, body }, socialAccountId) => {
        await accounts.edit(caller, { ...body, socialAccountId });
        return { message: 'Saved.' };
      },
    }),
    quarantine: recordAction({
      permission: 'editAccounts',
      component: Components.ConfirmAction,
      isOffered: (account) => !isLeased(account) && account.status !== 'quarantined' && account.status !== 'retired',
      do: async ({ caller, body }, socialAccountId) => {
        const { handle } = await accounts.quarantine(caller, { ...body, socialAccountId });
        return { message: `@${handle} is in quarantine: it is not offered for any request.` };
      },
    }),
    checkTurnaround: recordAction({
      permission: 'editAccounts',
      isOffered: ({ status }) => status === 'resetting' || status === 'available',
      do: async ({ caller, body }, socialAccountId) => {
        const checked = await turnaround.check(caller, { ...body, socialAccountId } as CheckTurnaround);
        const unchecked = turnaroundItems.filter((item) => !checked.turnaround.includes(item));
        const progress =
          unchecked.length > 0 ? `still to check: ${unchecked.join(', ')}` : `all checked, now ${checked.status}`;
        return { message: `@${checked.handle}: ${progress}.` };
      },
    }),
    import: {
      actionType: 'resource',
      component: Components.ImportAccounts,
      isAccessible: isAccessibleTo('editAccounts'),
      // The page sends the file to `exports/import-routes.ts`.
      handler: () => ({}) as RecordActionResponse,
    } satisfies Partial<Action<RecordActionResponse>>,
    delete: deleteAction({
      permission: 'editAccounts',
      isOffered: (account) => !isLeased(account),
      do: async ({ caller, body }, socialAccountId) => {
        await accounts.remove(caller, { ...body, socialAccountId });
        return { message: 'The account is deleted from the pool.' };
      },
    }),
  };
}
