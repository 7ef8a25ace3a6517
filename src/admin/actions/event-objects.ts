import type { ActionContext, RecordJSON } from 'adminjs';
import { isAccessibleTo } from '../http/panel-request.js';
import { getResourceByRecordId } from './record-prefixes.js';

/** AdminJS's answer with one audit event or a page of them. */
interface EventsResponse {
  record?: RecordJSON;
  records?: RecordJSON[];
}

/** Adds the names of the objects of audit events, as far as the role may read them; a deleted object stays an id. */
export async function nameObjects<Answer extends EventsResponse>(
  answer: Answer,
  _request: unknown,
  context: ActionContext,
): Promise<Answer> {
  const events = answer.records ?? (answer.record ? [answer.record] : []);
  const idsByResource = new Map<string, Set<string>>();
  for (const { params } of events) {
    const id = params.objectId as string | null;
    const resourceId = id ? getResourceByRecordId(id) : undefined;
    if (!id || !resourceId || (resourceId === 'staff' && !isAccessibleTo('manageStaff')(context))) continue;
    idsByResource.set(resourceId, (idsByResource.get(resourceId) ?? new Set()).add(id));
  }
  const names = new Map<string, string>();
  for (const [resourceId, ids] of idsByResource) {
    const found = await context._admin.findResource(resourceId).findMany([...ids], context);
    for (const record of found) names.set(String(record.id()), record.toJSON(context.currentAdmin).title);
  }
  for (const { params, populated } of events) {
    const title = names.get(params.objectId as string);
    if (title) populated.objectId = { id: params.objectId, title } as RecordJSON;
  }
  return answer;
}
