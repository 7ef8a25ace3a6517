import { Components } from '../bundle/components.js';
import type { PanelServices } from '../panel-services.js';
import { editAction, newAction, recordAction } from './action-builders.js';
import { sentence } from '../../core/sentence.js';

/** Any of these fields asks for a partner with projects, a key and money from the start. */
const fullPartnerFields = ['projects', 'projectId', 'walletCents', 'confirmedCents', 'tier'];

/** Actions on organizations. */
export function organizationActions({ organizations, sandboxes }: PanelServices) {
  return {
    new: newAction({
      permission: 'managePartners',
      do: async ({ caller, body }) => {
        if (!fullPartnerFields.some((field) => Object.hasOwn(body, field))) {
          const { organizationId, name } = await organizations.createEmpty(caller, body);
          return {
            id: organizationId,
            message: sentence`${name} is created. Next it needs a project, a key and a top-up.`,
          };
        }
        const { organizationId, apiKey, apiKeyId, projects } = await organizations.create(caller, body);
        const extra = { apiKey, apiKeyId, projects };
        return { id: organizationId, message: 'Partner created. Its key is shown only now.', extra };
      },
    }),
    edit: editAction({
      permission: 'managePartners',
      do: async ({ caller, body }, organizationId) => {
        await organizations.update(caller, { ...body, organizationId });
        return { message: 'Saved. A new price applies to leases that start from now on.' };
      },
    }),
    suspend: recordAction({
      permission: 'managePartners',
      component: Components.SuspendPartner,
      isOffered: ({ status }) => status === 'active',
      do: async ({ caller, body }, organizationId) => {
        const { name } = await organizations.suspend(caller, { ...body, organizationId });
        return { message: sentence`${name} is suspended: no API calls, no new assignments.` };
      },
    }),
    resume: recordAction({
      permission: 'managePartners',
      component: Components.ConfirmAction,
      isOffered: ({ status }) => status === 'suspended',
      do: async ({ caller, body }, organizationId) => {
        const { name } = await organizations.resume(caller, { ...body, organizationId });
        return { message: sentence`${name} is resumed.` };
      },
    }),
    createSandbox: recordAction({
      permission: 'managePartners',
      component: Components.CreateSandbox,
      isOffered: ({ sandbox, sandboxId }) => sandbox === false && !sandboxId,
      do: async ({ caller, body }, organizationId) => {
        const created = await sandboxes.create(caller, { ...body, organizationId });
        const { organizationId: sandboxId, apiKey, apiKeyId, projects } = created;
        return {
          message: 'Sandbox created. Its key is shown only now.',
          extra: { sandboxId, apiKey, apiKeyId, projects },
        };
      },
    }),
  };
}

export function projectActions({ projects }: PanelServices) {
  return {
    new: newAction({
      permission: 'managePartners',
      do: async ({ caller, body }) => {
        const { projectId, name } = await projects.create(caller, body);
        return { id: projectId, message: sentence`The project ${name} is created.` };
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

/** Actions on API keys. A new secret is in the answer of `new` or `rotate` alone. */
export function apiKeyActions({ apiKeys }: PanelServices) {
  return {
    new: newAction({
      permission: 'manageKeys',
      do: async ({ caller, body }) => {
        const { apiKey, apiKeyId } = await apiKeys.create(caller, body);
        return { id: apiKeyId, message: 'Key created. It is shown only now.', extra: { apiKey, apiKeyId } };
      },
    }),
    rotate: recordAction({
      permission: 'manageKeys',
      component: Components.RotateKey,
      isOffered: ({ status }) => status === 'active',
      do: async ({ caller, body }, id) => {
        const { apiKey, apiKeyId, name } = await apiKeys.rotate(caller, { ...body, apiKeyId: id });
        return { message: sentence`The key ${name} is rotated. It is shown only now.`, extra: { apiKey, apiKeyId } };
      },
    }),
    kill: recordAction({
      permission: 'manageKeys',
      component: Components.ConfirmAction,
      isOffered: ({ status }) => status === 'active',
      do: async ({ caller, body }, apiKeyId) => {
        const { name } = await apiKeys.kill(caller, { ...body, apiKeyId });
        return { message: sentence`The key ${name} is killed: all its calls are refused.` };
      },
    }),
    resume: recordAction({
      permission: 'manageKeys',
      component: Components.ConfirmAction,
      isOffered: ({ status }) => status === 'killed',
      do: async ({ caller, body }, apiKeyId) => {
        const { name } = await apiKeys.resume(caller, { ...body, apiKeyId });
        return { message: sentence`The key ${name} works again.` };
      },
    }),
    revoke: recordAction({
      permission: 'manageKeys',
      component: Components.ConfirmAction,
      isOffered: ({ status }) => status !== 'revoked',
      do: async ({ caller, body }, apiKeyId) => {
        const { name } = await apiKeys.revoke(caller, { ...body, apiKeyId });
        return { message: sentence`The key ${name} is revoked permanently.` };
      },
    }),
  };
}
