import { Components } from '../bundle/components.js';
import type { PanelServices } from '../panel-services.js';
import { editAction, newAction, recordAction, type RecordActionSpec } from './action-builders.js';
import { sentence } from '../../core/sentence.js';

/** Actions on staff accounts. A generated password or a link is in that one answer alone. */
export function staffActions({ staff, links, secondFactors }: PanelServices) {
  const makeLink: RecordActionSpec['do'] = async ({ caller, body }, staffId) => {
    const { name, token } = await links.reset(caller, { ...body, staffId });
    const message = sentence`${name} can choose a new password. The link is shown only now, and works once, for 24 hours.`;
    return { message, extra: { link: toLink(token) } };
  };
  return {
    new: newAction({
      permission: 'manageStaff',
      do: async ({ caller, body }) => {
        const { staffId, name, password } = await staff.create(caller, body);
        const extra = password === null ? {} : { password };
        const once = password === null ? '' : ' The password is shown only now.';
        return { id: staffId, message: sentence`${name} can sign in.${once}`, extra };
      },
    }),
    invite: {
      ...newAction({
        permission: 'manageStaff',
        do: async ({ caller, body }) => {
          const { staffId, name, token } = await links.invite(caller, body);
          const message = sentence`${name} is invited. The link is shown only now, and works once, for 24 hours.`;
          return { id: staffId, message, extra: { link: toLink(token) } };
        },
      }),
      actionType: 'resource' as const,
      component: Components.InviteColleague,
    },
    inviteAgain: recordAction({
      permission: 'manageStaff',
      isOffered: ({ state }) => state === 'invited' || state === 'invitation_over',
      do: makeLink,
    }),
    reset: recordAction({ permission: 'manageStaff', isOffered: ({ state }) => state === 'active', do: makeLink }),
    resetSecondFactor: recordAction({
      permission: 'manageStaff',
      isOffered: ({ secondFactor }) => secondFactor === true,
      do: async ({ caller, body }, staffId) => {
        const { name } = await secondFactors.reset(caller, { ...body, staffId });
        return { message: sentence`${name} no longer has a second factor and is signed out everywhere.` };
      },
    }),
    edit: editAction({
      permission: 'manageStaff',
      do: async ({ caller, body }, staffId) => {
        await staff.update(caller, { ...body, staffId });
        return { message: 'Saved. It applies immediately.' };
      },
    }),
    disable: recordAction({
      permission: 'manageStaff',
      isOffered: ({ state }) => state !== 'disabled',
      do: async ({ caller, body }, staffId) => {
        const { name } = await staff.disable(caller, { ...body, staffId });
        return { message: sentence`${name} is disabled and signed out everywhere.` };
      },
    }),
    enable: recordAction({
      permission: 'manageStaff',
      isOffered: ({ state }) => state === 'disabled',
      do: async ({ caller, body }, staffId) => {
        const { name } = await staff.enable(caller, { ...body, staffId });
        return { message: sentence`${name} can sign in again.` };
      },
    }),
    setPassword: recordAction({
      permission: 'manageStaff',
      guard: 'Set a new password for this colleague? It is shown once, and all their sessions end.',
      do: async (call, staffId) => {
        const { caller, body, sessionId } = call;
        const isOwnAccount = caller.staffId === staffId;
        const sessionToKeep = isOwnAccount ? sessionId : undefined;
        const { name, password } = await staff.setPassword(caller, { ...body, staffId }, sessionToKeep);
        if (isOwnAccount) await call.renewSession();
        const extra = password === null ? {} : { password };
        const once = password === null ? '' : ', shown only now';
        return { message: sentence`${name} has a new password${once}. Other sessions have ended.`, extra };
      },
    }),
  };
}

/** Without a host: the Host header cannot be trusted with a link that signs in. */
function toLink(token: string): string {
  return `/admin/welcome?token=${token}`;
}
