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
import { ReadOnlyResource, type RowFilter, type ValueSearches } from './read-only-resource.js';

export interface ResourceSpec {
  entity: EntityTarget<ObjectLiteral>;
  title: string;
  /** Columns of the list, at most eight. */
  list: string[];
  show: string[];
  filter: string[];
  /** Fields of the forms. */
  edit?: string[];
  sort: { sortBy: string; direction: 'asc' | 'desc' };
  /** Further columns that it can be sorted by; all where it is left out. Of a huge table only those with an index. */
  sortable?: string[];
  properties?: Record<string, PropertyOptions>;
  actions?: Record<string, Partial<Action<RecordActionResponse>> | Partial<Action<ActionResponse>>>;
  /** Everybody who is signed in where it is left out. */
  canRead?: (context: ActionContext) => boolean;
  rowFilter?: RowFilter;
  valueSearches?: ValueSearches;
}

/** A `show` action with a component of ours. */
export function ownRecordPage(component: string): Partial<Action<RecordActionResponse>> {
  return { component, isAccessible: ({ currentAdmin }) => currentAdmin !== undefined };
}

/** Resources that ids refer to: AdminJS shows the records' titles instead of the ids. */
const references: Record<string, string> = {
  organizationId: 'organizations',
  projectId: 'projects',
  apiKeyId: 'api-keys',
  socialAccountId: 'social-accounts',
  leaseRequestId: 'lease-requests',
  leaseId: 'leases',
};

/** A resource of the panel: listed as the spec says, changed by its own actions alone. */
export function buildResource(services: PanelServices, id: string, spec: ResourceSpec): ResourceWithOptions {
  const resource = new ReadOnlyResource(
    services.dataSource,
    spec.entity,
    services.settings.businessTimeZone,
    spec.rowFilter,
    spec.valueSearches,
  );
  const isAccessible = spec.canRead ?? (({ currentAdmin }: ActionContext) => currentAdmin !== undefined);
  const readAction = { isAccessible };
  return {
    resource,
    options: {
      id,
      titleProperty: spec.title,
      sort: spec.sort,
      listProperties: spec.list,
      showProperties: spec.show,
      filterProperties: spec.filter,
      editProperties: spec.edit ?? [spec.title],
      properties: getProperties(resource, spec),
      actions: {
        list: readAction,
        show: readAction,
        search: readAction,
        new: disabledAction,
        edit: disabledAction,
        delete: disabledAction,
        bulkDelete: disabledAction,
        ...spec.actions,
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
