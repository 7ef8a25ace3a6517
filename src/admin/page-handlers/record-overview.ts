import type { Action, RecordActionResponse } from 'adminjs';
import { toPanelRequest, type PanelRequest } from '../http/panel-request.js';

/** `…/records/:id/overview`: what a record's page of ours reads beside the record, for everybody who is signed in. */
export function overviewAction(
  read: (call: PanelRequest, id: string) => Promise<object>,
): Partial<Action<RecordActionResponse>> {
  return {
    actionType: 'record',
    component: false,
    isVisible: false,
    isAccessible: ({ currentAdmin }) => currentAdmin !== undefined,
    handler: async (request, _response, { record, currentAdmin }) => ({
      record: record!.toJSON(currentAdmin),
      ...(await read(toPanelRequest(request), record!.id())),
    }),
  };
}
