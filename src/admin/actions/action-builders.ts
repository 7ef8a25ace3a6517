import {
  NotFoundError,
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
import type { AfterCommitReading } from '../../core/transaction-control.js';
import { setCallFailure } from '../../partner-api/call-failure.js';
import { isAccessibleTo, toPanelRequest, type PanelRequest } from '../http/panel-request.js';
import { toPanelError, type PanelError } from '../http/error-messages.js';

/** The sentence for the staff member, and further fields of the answer: the page gets them this once. */
export interface ActionResult {
  message: string;
  extra?: Record<string, unknown>;
}

/** An action on one record: one call of one service. */
export interface RecordActionSpec {
  permission: Permission;
  /** The form that asks for the action's input; without one the action runs at once. */
  component?: string;
  /** The question that the browser asks before an action without a form. */
  guard?: string;
  /** Whether the record gets the button. The service checks again whether the action is possible. */
  isOffered?: (record: Record<string, unknown>) => boolean;
  /**
   * The record outlives the action and the service knows whether there is one: it is read after the action alone, and without the records
   * that it refers to, which the page of the record knows.
   */
  readsAfterwards?: boolean;
  /** @param reading reads the record after the change where the service takes it, else the record is read afterwards */
  do(call: PanelRequest, id: string, reading?: AfterCommitReading<Record<string, unknown>>): Promise<ActionResult>;
}

/** A resource that reads a record by one statement. */
interface RecordReader {
  toReading(id: string): AfterCommitReading<Record<string, unknown>>;
}

export interface NewActionSpec {
  permission: Permission;
  do(call: PanelRequest): Promise<ActionResult & { id: string }>;
}

type AdminAction<Answer extends ActionResponse> = Partial<Action<Answer>>;

const handlersThatReadAfterwards = new WeakSet<object>();
const readings = new WeakMap<ActionContext, AfterCommitReading<Record<string, unknown>>>();

/** The row of the record as the action's service has read it after its commit. */
export function getRowAfterCommit(context: ActionContext): Record<string, unknown> | undefined {
  return readings.get(context)?.rows?.[0];
}

/** Whether AdminJS needs no record before it calls the action's handler, see `readsAfterwards`. */
export function isReadAfterwards({ action }: ActionContext): boolean {
  // AdminJS makes a list of it.
  return [action['action'].handler].flat().some((handler) => handlersThatReadAfterwards.has(handler));
}

/** Changes something on POST only; AdminJS runs the handler of a record action on GET too. */
export function recordAction(spec: RecordActionSpec): AdminAction<RecordActionResponse> {
  const handler: Action<RecordActionResponse>['handler'] = (request, response: Response, context) =>
    runOnRecord(spec, request, response, context);
  if (spec.readsAfterwards) handlersThatReadAfterwards.add(handler);
  return {
    actionType: 'record',
    component: spec.component ?? false,
    ...(spec.guard && { guard: spec.guard }),
    isAccessible: isAccessibleTo(spec.permission),
    isVisible: ({ record }) => !record || !spec.isOffered || spec.isOffered(record.params),
    handler,
  };
}

/** AdminJS's `edit` form, saved by a service. */
export function editAction(spec: Pick<RecordActionSpec, 'permission' | 'do'>): AdminAction<RecordActionResponse> {
  return {
    isAccessible: isAccessibleTo(spec.permission),
    handler: (request, response, context) => runOnRecord({ ...spec, component: 'form' }, request, response, context),
  };
}

/** AdminJS's `delete`, done by a service. */
export function deleteAction(
  spec: Pick<RecordActionSpec, 'permission' | 'do' | 'isOffered'>,
): AdminAction<RecordActionResponse> {
  return {
    isAccessible: isAccessibleTo(spec.permission),
    isVisible: ({ record }) => !record || !spec.isOffered || spec.isOffered(record.params),
    handler: async (request, response, context) => {
      const answer = await runOnRecord(spec, request, response, context);
      const isDeleted = answer.notice?.type === 'success';
      return isDeleted
        ? { ...answer, redirectUrl: context.h.resourceUrl({ resourceId: getResourceId(context) }) }
        : answer;
    },
  };
}

/** AdminJS's `new` form, saved by a service. */
export function newAction(spec: NewActionSpec): AdminAction<RecordActionResponse> {
  return {
    isAccessible: isAccessibleTo(spec.permission),
    handler: async (request, response: Response, context) => {
      if (request.method !== 'post') return { record: toEmptyRecord([]), notice: postOnlyNotice };
      const call = toPanelRequest(request);
      try {
        assertFields(call.body);
        const { id, message, extra } = await spec.do(call);
        return { record: await loadCreated(id, context), notice: { type: 'success', message }, ...extra };
      } catch (thrown) {
        const error = toErrorResponse(thrown, call, response);
        return { record: toEmptyRecord(error.fields), ...toRefusal(error) };
      }
    },
  };
}

/** An action on no particular record: one call of one service. */
export function resourceAction(spec: {
  permission: Permission;
  do(call: PanelRequest): Promise<ActionResult>;
}): Partial<Action<ActionResponse>> {
  return {
    actionType: 'resource',
    component: false,
    isAccessible: isAccessibleTo(spec.permission),
    isVisible: false,
    handler: async (request: ActionRequest, response: Response) => {
      if (request.method !== 'post') return { notice: postOnlyNotice };
      const call = toPanelRequest(request);
      try {
        assertFields(call.body);
        const { message, extra } = await spec.do(call);
        return { notice: { type: 'success', message }, ...extra };
      } catch (thrown) {
        return toRefusal(toErrorResponse(thrown, call, response));
      }
    },
  };
}

/** AdminJS's own ways to write bypass the services. */
export const disabledAction = { isAccessible: false, isVisible: false } satisfies AdminAction<ActionResponse>;

const postOnlyNotice = { type: 'error' as const, message: 'This action requires POST; nothing was changed.' };

async function runOnRecord(
  spec: Pick<RecordActionSpec, 'component' | 'readsAfterwards' | 'do'>,
  request: ActionRequest,
  response: Response,
  context: ActionContext,
): Promise<RecordActionResponse> {
  const before = context.record!;
  const call = toPanelRequest(request);
  if (request.method !== 'post') {
    const record = spec.readsAfterwards ? await loadRecord(before.id(), context) : before.toJSON(context.currentAdmin);
    return spec.component ? { record } : { record, notice: postOnlyNotice };
  }
  try {
    assertFields(call.body);
    const reading = spec.readsAfterwards
      ? (context.resource as unknown as RecordReader).toReading(before.id())
      : undefined;
    if (reading) readings.set(context, reading);
    const { message, extra } = await spec.do(call, before.id(), reading);
    return { record: await reloadRecord(before, context), notice: { type: 'success', message }, ...extra };
  } catch (thrown) {
    const error = toErrorResponse(thrown, call, response);
    const record = await reloadRecord(before, context);
    return { record: { ...record, errors: toRecordErrors(error.fields) }, ...toRefusal(error) };
  }
}

/** AdminJS's notice, and beside it the error envelope with its stable code. */
function toRefusal({ sentence, code, details }: PanelError) {
  return { notice: { type: 'error' as const, message: sentence }, error: { code, message: sentence, details } };
}

/** To the services an array would look like an object without fields. */
function assertFields(body: object): void {
  if (Array.isArray(body)) throw new ValidationFailed([{ path: 'body', message: 'must be an object' }]);
}

/** AdminJS's pages read the notice of a 200; only 403 and errors of the service have a status of their own. */
function toErrorResponse(thrown: unknown, call: PanelRequest, response: Response): PanelError {
  setCallFailure(response, thrown);
  const error = toPanelError(thrown, call.caller.callId);
  if (error.status === 403 || error.status >= 500) response.status(error.status);
  if (error.retryAfterSeconds) response.setHeader('Retry-After', String(error.retryAfterSeconds));
  return error;
}

/**
 * The record as it is now. Where it was deleted, or the database is unreachable after the action: as it was before, or its id alone for
 * an action that `readsAfterwards`.
 * @throws NotFoundError for an action that `readsAfterwards`, where there is none
 */
async function reloadRecord(before: BaseRecord, context: ActionContext): Promise<RecordJSON> {
  try {
    return await loadRecord(before.id(), context);
  } catch (error) {
    if (error instanceof NotFoundError && isReadAfterwards(context)) {
      // AdminJS's answer would show it.
      context.record = undefined;
      throw error;
    }
    return before.toJSON(context.currentAdmin);
  }
}

/** The new record; an empty one where the database is unreachable by now: the answer's other fields are shown only this once. */
async function loadCreated(id: string, context: ActionContext): Promise<RecordJSON> {
  try {
    return await loadRecord(id, context);
  } catch {
    return toEmptyRecord([]);
  }
}

async function loadRecord(id: string, context: ActionContext): Promise<RecordJSON> {
  const record = await context.resource.findOne(id, context);
  if (!record) throw new NotFoundError('Record not found', 'Action#handler');
  if (isReadAfterwards(context)) return record.toJSON(context.currentAdmin);
  const [populated] = await populator([record], context);
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
