import { Components } from '../bundle/components.js';
import type { PanelServices } from '../panel-services.js';
import { editAction, newAction, recordAction } from './action-builders.js';

/** The fields that only a partner made whole has: projects, a key and money from the start. */
const ofWholePartner = ['projects', 'projectId', 'walletCents', 'tier'];

/** What is done to organisations. */
export function organizationActions({ organizations }: PanelServices) {
  return {
    new: newAction({
      permission: 'managePartners',
      do: async ({ caller, body }) => {
        if (!ofWholePartner.some((field) => Object.hasOwn(body, field))) {
          const { organizationId, name } = await organizations.createEmpty(caller, body);
          return { id: organizationId, message: `${name} is made; it needs a project, a key and money next.` };
        }
        const { organizationId, apiKey, apiKeyId, projects } = await organizations.create(caller, body);
        const also = { apiKey, apiKeyId, projects };
        return { id: organizationId, message: 'The partner is made. Its key is shown only now.', also };
      },
    }),
    edit: editAction({
      permission: 'managePartners',
      do: async ({ caller, body }, organizationId) => {
        await organizations.update(caller, { ...body, organizationId });
        return { message: 'Saved. A new price counts for leases made from now on.' };
      },
    }),
    suspend: recordAction({
      permission: 'managePartners',
      component: Components.SuspendPartner,
      offered: ({ status }) => status === 'active',
      do: async ({ caller, body }, organizationId) => {
        const { name } = await organizations.suspend(caller, { ...body, organizationId });
        return { message: `${name} is suspended: no API calls, no new assignments.` };
      },
    }),
    resume: recordAction({
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
export function projectActions({ projects }: PanelServices) {
  return {
    new: newAction({
      permission: 'managePartners',
      do: async ({ caller, body }) => {
        const { projectId, name } = await projects.create(caller, body);
        return { id: projectId, message: `The project ${name} is made.` };
      },
    }),
    edit: editAction({
      permission: 'managePartners',
      do: async ({ caller, body }, projectId) => {
        await projects.rename(caller, { ...body, projectId });
        return { message: 'Saved.' };
      },
    }),
  };
}

/** What is done to API keys; a new one's secret is in that one answer and nowhere else. */
export function apiKeyActions({ apiKeys }: PanelServices) {
  return {
    new: newAction({
      permission: 'manageKeys',
      do: async ({ caller, body }) => {
        const { apiKey, apiKeyId } = await apiKeys.create(caller, body);
        return { id: apiKeyId, message: 'The key is made. It is shown only now.', also: { apiKey, apiKeyId } };
      },
    }),
    kill: recordAction({
      permission: 'manageKeys',
      component: Components.ConfirmDeed,
      offered: ({ status }) => status === 'active',
      do: async ({ caller, body }, apiKeyId) => {
        const { name } = await apiKeys.kill(caller, { ...body, apiKeyId });
        return { message: `The key ${name} is off from its next call on.` };
      },
    }),
    resume: recordAction({
      permission: 'manageKeys',
      component: Components.ConfirmDeed,
      offered: ({ status }) => status === 'killed',
      do: async ({ caller, body }, apiKeyId) => {
        const { name } = await apiKeys.resume(caller, { ...body, apiKeyId });
        return { message: `The key ${name} works again.` };
      },
    }),
    revoke: recordAction({
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
