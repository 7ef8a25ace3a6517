import { Components } from '../components.js';
import type { PanelServices } from '../panel-services.js';
import { deleteDeed, editDeed, newDeed, recordDeed } from './deeds.js';

const isLeased = ({ status }: Record<string, unknown>) => status === 'assigned';

/** What is done to the accounts of the pool. */
export function accountDeeds({ accounts }: PanelServices) {
  return {
    new: newDeed({
      permission: 'editAccounts',
      do: async ({ caller, body }) => {
        const { socialAccountId, handle, status } = await accounts.create(caller, body);
        return { id: socialAccountId, message: `${handle} is in the pool: ${status}.` };
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
        const because = { reason: 'Set aside by hand in the panel.', ...body };
        const { handle } = await accounts.quarantine(caller, { ...because, socialAccountId });
        return { message: `${handle} is in quarantine: nobody is offered it.` };
      },
    }),
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
