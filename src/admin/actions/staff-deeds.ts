import type { PanelServices } from '../panel-services.js';
import { editDeed, newDeed, recordDeed } from './deeds.js';

/** What admins do to the people of the panel. A generated password is in that one answer and nowhere else. */
export function staffDeeds({ staff }: PanelServices) {
  return {
    new: newDeed({
      permission: 'manageStaff',
      do: async ({ caller, body }) => {
        const { staffId, name, password } = await staff.create(caller, body);
        const told = password === null ? {} : { also: { password } };
        const once = password === null ? '' : ' The password is shown only now.';
        return { id: staffId, message: `${name} can sign in.${once}`, ...told };
      },
    }),
    edit: editDeed({
      permission: 'manageStaff',
      do: async ({ caller, body }, staffId) => {
        await staff.update(caller, { ...body, staffId });
        return { message: 'Saved. It counts from their next call on.' };
      },
    }),
    setPassword: recordDeed({
      permission: 'manageStaff',
      guard: 'Give this colleague a new password? It is shown once, and all their sessions end.',
      do: async (call, staffId) => {
        const { caller, body, sessionId } = call;
        const isOneself = caller.staffId === staffId;
        const kept = isOneself ? sessionId : undefined;
        const { name, password } = await staff.setPassword(caller, { ...body, staffId }, kept);
        if (isOneself) await call.renewSession();
        const told = password === null ? {} : { also: { password } };
        const once = password === null ? '' : ', shown only now';
        return { message: `${name} has a new password${once}. Other sessions have ended.`, ...told };
      },
    }),
  };
}
