import type { Action, RecordActionResponse } from 'adminjs';
import { callOf, type PanelCall } from '../panel-call.js';

/** What a record's own page reads beside the record, for everybody who is signed in: `…/records/:id/overview`. */
export function overview(
  read: (call: PanelCall, id: string) => Promise<object>,
): Partial<Action<RecordActionResponse>> {
  return {
    actionType: 'record',
    component: false,
    isVisible: false,
    isAccessible: ({ currentAdmin }) => currentAdmin !== undefined,
    handler: async (request, _response, { record, currentAdmin }) => ({
      record: record!.toJSON(currentAdmin),
      ...(await read(callOf(request), record!.id())),
    }),
  };
}
