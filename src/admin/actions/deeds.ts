import {
  populator,
  type Action,
  type ActionContext,
  type ActionRequest,
  type ActionResponse,
  type BaseRecord,
  type RecordActionResponse,
  type RecordJSON,
} from 'adminjs';
import type { Response } from 'express';
import { ValidationFailed, type FieldFault } from '../../common/errors.js';
import type { Permission } from '../../staff/permissions.js';
import { allows, callOf, type PanelCall } from '../panel-call.js';
import { refusalOf, type Refusal } from '../refusals.js';

/** What a deed did, in a sentence, and what else the page is told this once. */
export interface Done {
  message: string;
  also?: Record<string, unknown>;
}

/** Something that staff do to one record: one call of one service. */
export interface RecordDeed {
  permission: Permission;
  /** The page that asks for what the deed needs; without one it is done at once. */
  component?: string;
  /** What the browser asks before it is done at once. */
  guard?: string;
  /** Whether a record like this has the button; whether it works is the service's business. */
  offered?: (record: Record<string, unknown>) => boolean;
  /** @param record as the panel lists it, before the deed */
  do(call: PanelCall, id: string, record: Record<string, unknown>): Promise<Done>;
}

/** Makes something new: one call of one service. */
export interface NewDeed {
  permission: Permission;
  do(call: PanelCall): Promise<Done & { id: string }>;
}

type Deed<Answer extends ActionResponse> = Partial<Action<Answer>>;

/** A deed as AdminJS runs it. It acts on POST alone; AdminJS would run its handler on GET too. */
export function recordDeed(deed: RecordDeed): Deed<RecordActionResponse> {
  return {
    actionType: 'record',
    component: deed.component ?? false,
    ...(deed.guard && { guard: deed.guard }),
    isAccessible: allows(deed.permission),
    isVisible: ({ record }) => !record || !deed.offered || deed.offered(record.params),
    handler: (request, response, context) => onRecord(deed, request, response, context),
  };
}

/** A form for one record: AdminJS's own `edit`, saved by a service. */
export function editDeed(deed: Pick<RecordDeed, 'permission' | 'do'>): Deed<RecordActionResponse> {
  return {
    isAccessible: allows(deed.permission),
    handler: (request, response, context) => onRecord({ ...deed, component: 'form' }, request, response, context),
  };
}

/** AdminJS's own `delete`, done by a service. */
export function deleteDeed(deed: Pick<RecordDeed, 'permission' | 'do' | 'offered'>): Deed<RecordActionResponse> {
  return {
    isAccessible: allows(deed.permission),
    isVisible: ({ record }) => !record || !deed.offered || deed.offered(record.params),
    handler: async (request, response, context) => {
      const answer = await onRecord(deed, request, response, context);
      const gone = answer.notice?.type === 'success';
      return gone ? { ...answer, redirectUrl: context.h.resourceUrl({ resourceId: resourceId(context) }) } : answer;
    },
  };
}

/** AdminJS's own `new`, done by a service. */
export function newDeed(deed: NewDeed): Deed<RecordActionResponse> {
  return {
    isAccessible: allows(deed.permission),
    handler: async (request, response: Response, context) => {
      if (request.method !== 'post') return { record: nothingYet([]), notice: onPostAlone };
      const call = callOf(request);
      try {
        mustBeFields(call.body);
        const { id, message, also } = await deed.do(call);
        return { record: await made(id, context), notice: { type: 'success', message }, ...also };
      } catch (thrown) {
        const refusal = refuse(thrown, call, response);
        return { record: nothingYet(refusal.fields), notice: { type: 'error', message: refusal.sentence } };
      }
    },
  };
}

/** Something that staff do to no record that they have chosen: one call of one service. */
export function resourceDeed(deed: {
  permission: Permission;
  do(call: PanelCall): Promise<Done>;
}): Partial<Action<ActionResponse>> {
  return {
    actionType: 'resource',
    component: false,
    isAccessible: allows(deed.permission),
    isVisible: false,
    handler: async (request: ActionRequest, response: Response) => {
      if (request.method !== 'post') return { notice: onPostAlone };
      const call = callOf(request);
      try {
        mustBeFields(call.body);
        const { message, also } = await deed.do(call);
        return { notice: { type: 'success', message }, ...also };
      } catch (thrown) {
        return { notice: { type: 'error', message: refuse(thrown, call, response).sentence } };
      }
    },
  };
}

/** Neither offered nor done: AdminJS's own ways to write bypass the services. */
export const off = { isAccessible: false, isVisible: false } satisfies Deed<ActionResponse>;

const onPostAlone = { type: 'error' as const, message: 'This is done by POST alone; nothing was changed.' };

async function onRecord(
  deed: Pick<RecordDeed, 'component' | 'do'>,
  request: ActionRequest,
  response: Response,
  context: ActionContext,
): Promise<RecordActionResponse> {
  const seen = context.record!;
  const call = callOf(request);
  if (request.method !== 'post') {
    const record = seen.toJSON(context.currentAdmin);
    return deed.component ? { record } : { record, notice: onPostAlone };
  }
  try {
    mustBeFields(call.body);
    const { message, also } = await deed.do(call, seen.id(), seen.params);
    return { record: await fresh(seen, context), notice: { type: 'success', message }, ...also };
  } catch (thrown) {
    const refusal = refuse(thrown, call, response);
    const record = await fresh(seen, context);
    return {
      record: { ...record, errors: errorsOf(refusal.fields) },
      notice: { type: 'error', message: refusal.sentence },
    };
  }
}

/** A list would look like an object without fields. */
function mustBeFields(body: object): void {
  if (Array.isArray(body)) throw new ValidationFailed([{ path: 'body', message: 'must be an object' }]);
}

/** A refusal is an ordinary answer of the panel; only what is our own trouble says so in its status too. */
function refuse(thrown: unknown, call: PanelCall, response: Response): Refusal {
  const refusal = refusalOf(thrown, call.caller.requestId);
  if (refusal.status === 403 || refusal.status >= 500) response.status(refusal.status);
  if (refusal.retryAfterSeconds) response.setHeader('Retry-After', String(refusal.retryAfterSeconds));
  return refusal;
}

/** The record as it is now; as it was seen where it is gone, or where the database went away after the deed. */
async function fresh(seen: BaseRecord, context: ActionContext): Promise<RecordJSON> {
  try {
    return await shown(seen.id(), context);
  } catch {
    return seen.toJSON(context.currentAdmin);
  }
}

/** The new record; an empty one where the database went away after the deed, for what else the answer tells is told this once. */
async function made(id: string, context: ActionContext): Promise<RecordJSON> {
  try {
    return await shown(id, context);
  } catch {
    return nothingYet([]);
  }
}

async function shown(id: string, context: ActionContext): Promise<RecordJSON> {
  const record = await context.resource.findOne(id, context);
  const [populated] = await populator(record ? [record] : [], context);
  return populated!.toJSON(context.currentAdmin);
}

function errorsOf(fields: FieldFault[]): RecordJSON['errors'] {
  return Object.fromEntries(fields.map(({ path, message }) => [path, { type: 'invalid', message }]));
}

function nothingYet(fields: FieldFault[]): RecordJSON {
  const errors = errorsOf(fields);
  return { params: {}, populated: {}, baseError: null, errors, id: '', title: '', recordActions: [], bulkActions: [] };
}

function resourceId({ resource }: ActionContext): string {
  return resource.decorate().id();
}
