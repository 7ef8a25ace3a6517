import type {
  Action,
  ActionContext,
  ActionResponse,
  PropertyOptions,
  RecordActionResponse,
  ResourceWithOptions,
} from 'adminjs';
import type { EntityTarget, ObjectLiteral } from 'typeorm';
import type { PanelServices } from '../panel-services.js';
import { disabledAction } from '../actions/action-builders.js';
import { ReadOnlyResource, type RowFilter } from './read-only-resource.js';

/** How a thing is listed: which columns, in which order, and what is done to it. */
export interface ResourceSpec {
  entity: EntityTarget<ObjectLiteral>;
  title: string;
  /** Columns of the list, at most eight. */
  list: string[];
  /** Everything that a record's page shows. */
  show: string[];
  filter: string[];
  /** Fields of the forms. */
  edit?: string[];
  /** The newest first, unless it says otherwise. */
  sort: { sortBy: string; direction: 'asc' | 'desc' };
  /** What it can be sorted by beside that; without it, by everything. Of a huge table only what an index has in order. */
  sortable?: string[];
  properties?: Record<string, PropertyOptions>;
  actions?: Record<string, Partial<Action<RecordActionResponse>> | Partial<Action<ActionResponse>>>;
  /** Who may read it at all; everybody who is signed in, unless it says otherwise. */
  readers?: (context: ActionContext) => boolean;
  shownTo?: RowFilter;
}

/** A record's page of its own, for whoever may read the list. */
export function ownRecordPage(component: string): Partial<Action<RecordActionResponse>> {
  return { component, isAccessible: ({ currentAdmin }) => currentAdmin !== undefined };
}

/** Names of other records instead of their ids. */
const references: Record<string, string> = {
  organizationId: 'organizations',
  projectId: 'projects',
  apiKeyId: 'api-keys',
  socialAccountId: 'social-accounts',
  leaseRequestId: 'lease-requests',
  leaseId: 'leases',
};

/** A resource of the panel: read as the listing says, changed by its own actions alone. */
export function buildResource(services: PanelServices, id: string, options: ResourceSpec): ResourceWithOptions {
  const resource = new ReadOnlyResource(services.dataSource, options.entity, options.shownTo);
  const isAccessible = options.readers ?? (({ currentAdmin }: ActionContext) => currentAdmin !== undefined);
  const reading = { isAccessible };
  return {
    resource,
    options: {
      id,
      titleProperty: options.title,
      sort: options.sort,
      listProperties: options.list,
      showProperties: options.show,
      filterProperties: options.filter,
      editProperties: options.edit ?? [options.title],
      properties: getProperties(resource, options),
      actions: {
        list: reading,
        show: reading,
        search: reading,
        new: disabledAction,
        edit: disabledAction,
        delete: disabledAction,
        bulkDelete: disabledAction,
        ...options.actions,
      },
    },
  };
}

function getProperties(
  resource: ReadOnlyResource,
  { sort, sortable, properties }: ResourceSpec,
): Record<string, PropertyOptions> {
  const all: Record<string, PropertyOptions> = { ...getReferences(resource), ...properties };
  if (!sortable) return all;
  const paths = resource.properties().map((property) => property.path());
  for (const path of paths.filter((one) => one !== sort.sortBy && !sortable.includes(one))) {
    all[path] = { ...all[path], isSortable: false };
  }
  return all;
}

function getReferences(resource: ReadOnlyResource): Record<string, PropertyOptions> {
  const referring = resource.properties().filter((property) => Object.hasOwn(references, property.path()));
  return Object.fromEntries(
    referring.map((property) => [property.path(), { reference: references[property.path()]! }]),
  );
}
