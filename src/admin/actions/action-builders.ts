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
import { ValidationFailed, type FieldError } from '../../core/errors.js';
import type { Permission } from '../../authorization/permissions.js';
import { isAccessibleTo, toPanelRequest, type PanelRequest } from '../http/panel-request.js';
import { toPanelError, type PanelError } from '../http/error-messages.js';

/** What a deed did, in a sentence, and what else the page is told this once. */
export interface ActionResult {
  message: string;
  also?: Record<string, unknown>;
}

/** Something that staff do to one record: one call of one service. */
export interface RecordActionSpec {
  permission: Permission;
  /** The page that asks for what the deed needs; without one it is done at once. */
  component?: string;
  /** What the browser asks before it is done at once. */
  guard?: string;
  /** Whether a record like this has the button; whether it works is the service's business. */
  offered?: (record: Record<string, unknown>) => boolean;
  /** @param record as the panel lists it, before the deed */
  do(call: PanelRequest, id: string, record: Record<string, unknown>): Promise<ActionResult>;
}

/** Makes something new: one call of one service. */
export interface NewActionSpec {
  permission: Permission;
  do(call: PanelRequest): Promise<ActionResult & { id: string }>;
}

type AdminAction<Answer extends ActionResponse> = Partial<Action<Answer>>;

/** A deed as AdminJS runs it. It acts on POST alone; AdminJS would run its handler on GET too. */
export function recordAction(deed: RecordActionSpec): AdminAction<RecordActionResponse> {
  return {
    actionType: 'record',
    component: deed.component ?? false,
    ...(deed.guard && { guard: deed.guard }),
    isAccessible: isAccessibleTo(deed.permission),
    isVisible: ({ record }) => !record || !deed.offered || deed.offered(record.params),
    handler: (request, response, context) => runOnRecord(deed, request, response, context),
  };
}

/** A form for one record: AdminJS's own `edit`, saved by a service. */
export function editAction(deed: Pick<RecordActionSpec, 'permission' | 'do'>): AdminAction<RecordActionResponse> {
  return {
    isAccessible: isAccessibleTo(deed.permission),
    handler: (request, response, context) => runOnRecord({ ...deed, component: 'form' }, request, response, context),
  };
}

/** AdminJS's own `delete`, done by a service. */
export function deleteAction(
  deed: Pick<RecordActionSpec, 'permission' | 'do' | 'offered'>,
): AdminAction<RecordActionResponse> {
  return {
    isAccessible: isAccessibleTo(deed.permission),
    isVisible: ({ record }) => !record || !deed.offered || deed.offered(record.params),
    handler: async (request, response, context) => {
      const answer = await runOnRecord(deed, request, response, context);
      const gone = answer.notice?.type === 'success';
      return gone ? { ...answer, redirectUrl: context.h.resourceUrl({ resourceId: getResourceId(context) }) } : answer;
    },
  };
}

/** AdminJS's own `new`, done by a service. */
export function newAction(deed: NewActionSpec): AdminAction<RecordActionResponse> {
  return {
    isAccessible: isAccessibleTo(deed.permission),
    handler: async (request, response: Response, context) => {
      if (request.method !== 'post') return { record: toEmptyRecord([]), notice: postOnlyNotice };
      const call = toPanelRequest(request);
      try {
        assertFields(call.body);
        const { id, message, also } = await deed.do(call);
        return { record: await loadCreated(id, context), notice: { type: 'success', message }, ...also };
      } catch (thrown) {
        const refusal = toErrorResponse(thrown, call, response);
        return { record: toEmptyRecord(refusal.fields), notice: { type: 'error', message: refusal.sentence } };
      }
    },
  };
}

/** Something that staff do to no record that they have chosen: one call of one service. */
export function resourceAction(deed: {
  permission: Permission;
  do(call: PanelRequest): Promise<ActionResult>;
}): Partial<Action<ActionResponse>> {
  return {
    actionType: 'resource',
    component: false,
    isAccessible: isAccessibleTo(deed.permission),
    isVisible: false,
    handler: async (request: ActionRequest, response: Response) => {
      if (request.method !== 'post') return { notice: postOnlyNotice };
      const call = toPanelRequest(request);
      try {
        assertFields(call.body);
        const { message, also } = await deed.do(call);
        return { notice: { type: 'success', message }, ...also };
      } catch (thrown) {
        return { notice: { type: 'error', message: toErrorResponse(thrown, call, response).sentence } };
      }
    },
  };
}

/** Neither offered nor done: AdminJS's own ways to write bypass the services. */
export const disabledAction = { isAccessible: false, isVisible: false } satisfies AdminAction<ActionResponse>;

const postOnlyNotice = { type: 'error' as const, message: 'This is done by POST alone; nothing was changed.' };

async function runOnRecord(
  deed: Pick<RecordActionSpec, 'component' | 'do'>,
  request: ActionRequest,
  response: Response,
  context: ActionContext,
): Promise<RecordActionResponse> {
  const seen = context.record!;
  const call = toPanelRequest(request);
  if (request.method !== 'post') {
    const record = seen.toJSON(context.currentAdmin);
    return deed.component ? { record } : { record, notice: postOnlyNotice };
  }
  try {
    assertFields(call.body);
    const { message, also } = await deed.do(call, seen.id(), seen.params);
    return { record: await reloadRecord(seen, context), notice: { type: 'success', message }, ...also };
  } catch (thrown) {
    const refusal = toErrorResponse(thrown, call, response);
    const record = await reloadRecord(seen, context);
    return {
      record: { ...record, errors: toRecordErrors(refusal.fields) },
      notice: { type: 'error', message: refusal.sentence },
    };
  }
}

/** A list would look like an object without fields. */
function assertFields(body: object): void {
  if (Array.isArray(body)) throw new ValidationFailed([{ path: 'body', message: 'must be an object' }]);
}

/** A refusal is an ordinary answer of the panel; only what is our own trouble says so in its status too. */
function toErrorResponse(thrown: unknown, call: PanelRequest, response: Response): PanelError {
  const refusal = toPanelError(thrown, call.caller.callId);
  if (refusal.status === 403 || refusal.status >= 500) response.status(refusal.status);
  if (refusal.retryAfterSeconds) response.setHeader('Retry-After', String(refusal.retryAfterSeconds));
  return refusal;
}

/** The record as it is now; as it was seen where it is gone, or where the database went away after the deed. */
async function reloadRecord(seen: BaseRecord, context: ActionContext): Promise<RecordJSON> {
  try {
    return await loadRecord(seen.id(), context);
  } catch {
    return seen.toJSON(context.currentAdmin);
  }
}

/** The new record; an empty one where the database went away after the deed, for what else the answer tells is told this once. */
async function loadCreated(id: string, context: ActionContext): Promise<RecordJSON> {
  try {
    return await loadRecord(id, context);
  } catch {
    return toEmptyRecord([]);
  }
}

async function loadRecord(id: string, context: ActionContext): Promise<RecordJSON> {
  const record = await context.resource.findOne(id, context);
  const [populated] = await populator(record ? [record] : [], context);
  return populated!.toJSON(context.currentAdmin);
}

function toRecordErrors(fields: FieldError[]): RecordJSON['errors'] {
  return Object.fromEntries(fields.map(({ path, message }) => [path, { type: 'invalid', message }]));
}

function toEmptyRecord(fields: FieldError[]): RecordJSON {
  const errors = toRecordErrors(fields);
  return { params: {}, populated: {}, baseError: null, errors, id: '', title: '', recordActions: [], bulkActions: [] };
}

function getResourceId({ resource }: ActionContext): string {
  return resource.decorate().id();
}
