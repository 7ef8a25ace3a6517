import { Components } from '../components.js';
import type { PanelServices } from '../panel-services.js';
import { editDeed, newDeed, recordDeed } from './deeds.js';

/** The fields that only a partner made whole has: projects, a key and money from the start. */
const ofWholePartner = ['projects', 'projectId', 'walletCents', 'tier'];

/** What is done to organisations. */
export function organizationDeeds({ organizations }: PanelServices) {
  return {
    new: newDeed({
      permission: 'managePartners',
      do: async ({ caller, body }) => {
        if (!ofWholePartner.some((field) => Object.hasOwn(body, field))) {
          const { organizationId, name } = await organizations.open(caller, body);
          return { id: organizationId, message: `${name} is made; it needs a project, a key and money next.` };
        }
        const { organizationId, apiKey, apiKeyId, projects } = await organizations.create(caller, body);
        const also = { apiKey, apiKeyId, projects };
        return { id: organizationId, message: 'The partner is made. Its key is shown only now.', also };
      },
    }),
    edit: editDeed({
      permission: 'managePartners',
      do: async ({ caller, body }, organizationId) => {
        await organizations.update(caller, { ...body, organizationId });
        return { message: 'Saved. A new price counts for leases made from now on.' };
      },
    }),
    suspend: recordDeed({
      permission: 'managePartners',
      component: Components.SuspendPartner,
      offered: ({ status }) => status === 'active',
      do: async ({ caller, body }, organizationId) => {
        const { name } = await organizations.suspend(caller, { ...body, organizationId });
        return { message: `${name} is suspended: no API calls, no new assignments.` };
      },
    }),
    resume: recordDeed({
      permission: 'managePartners',
      component: Components.ConfirmDeed,
      offered: ({ status }) => status === 'suspended',
      do: async ({ caller, body }, organizationId) => {
        const { name } = await organizations.resume(caller, { ...body, organizationId });
        return { message: `${name} goes on.` };
      },
    }),
  };
}

/** What is done to projects. */
export function projectDeeds({ projects }: PanelServices) {
  return {
    new: newDeed({
      permission: 'managePartners',
      do: async ({ caller, body }) => {
        const { projectId, name } = await projects.create(caller, body);
        return { id: projectId, message: `The project ${name} is made.` };
      },
    }),
    edit: editDeed({
      permission: 'managePartners',
      do: async ({ caller, body }, projectId) => {
        await projects.rename(caller, { ...body, projectId });
        return { message: 'Saved.' };
      },
    }),
  };
}

/** What is done to API keys; a new one's secret is in that one answer and nowhere else. */
export function apiKeyDeeds({ apiKeys }: PanelServices) {
  return {
    new: newDeed({
      permission: 'manageKeys',
      do: async ({ caller, body }) => {
        const { apiKey, apiKeyId } = await apiKeys.create(caller, body);
        return { id: apiKeyId, message: 'The key is made. It is shown only now.', also: { apiKey, apiKeyId } };
      },
    }),
    kill: recordDeed({
      permission: 'manageKeys',
      component: Components.ConfirmDeed,
      offered: ({ status }) => status === 'active',
      do: async ({ caller, body }, apiKeyId) => {
        const { name } = await apiKeys.kill(caller, { ...body, apiKeyId });
        return { message: `The key ${name} is off from its next call on.` };
      },
    }),
    resume: recordDeed({
      permission: 'manageKeys',
      component: Components.ConfirmDeed,
      offered: ({ status }) => status === 'killed',
      do: async ({ caller, body }, apiKeyId) => {
        const { name } = await apiKeys.resume(caller, { ...body, apiKeyId });
        return { message: `The key ${name} works again.` };
      },
    }),
    revoke: recordDeed({
      permission: 'manageKeys',
      component: Components.ConfirmDeed,
      offered: ({ status }) => status !== 'revoked',
      do: async ({ caller, body }, apiKeyId) => {
        const { name } = await apiKeys.revoke(caller, { ...body, apiKeyId });
        return { message: `The key ${name} is revoked for good.` };
      },
    }),
  };
}
