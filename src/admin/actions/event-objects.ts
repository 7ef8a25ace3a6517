import type { ActionContext, RecordJSON } from 'adminjs';
import { isAccessibleTo } from '../http/panel-request.js';
import { getResourceByRecordId } from './record-prefixes.js';

/** An answer with one event or a page of them. */
interface Events {
  record?: RecordJSON;
  records?: RecordJSON[];
}

/** Gives the things that events are about their names, as far as the role reads them; what is gone keeps its id. */
export async function nameObjects<Answer extends Events>(
  answer: Answer,
  _request: unknown,
  context: ActionContext,
): Promise<Answer> {
  const events = answer.records ?? (answer.record ? [answer.record] : []);
  const wanted = new Map<string, Set<string>>();
  for (const { params } of events) {
    const id = params.objectId as string | null;
    const resourceId = id ? getResourceByRecordId(id) : undefined;
    if (!id || !resourceId || (resourceId === 'staff' && !isAccessibleTo('manageStaff')(context))) continue;
    wanted.set(resourceId, (wanted.get(resourceId) ?? new Set()).add(id));
  }
  const names = new Map<string, string>();
  for (const [resourceId, ids] of wanted) {
    const found = await context._admin.findResource(resourceId).findMany([...ids], context);
    for (const record of found) names.set(String(record.id()), record.toJSON(context.currentAdmin).title);
  }
  for (const { params, populated } of events) {
    const title = names.get(params.objectId as string);
    if (title) populated.objectId = { id: params.objectId, title } as RecordJSON;
  }
  return answer;
}
