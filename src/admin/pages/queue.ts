import type { ActionRequest } from 'adminjs';
import { ForbiddenRole } from '../../common/errors.js';
import { roles } from '../../staff/permissions.js';
import { callOf } from '../panel-call.js';
import type { PanelServices } from '../panel-services.js';

/**
 * `GET /admin/api/pages/queue?cursor=`: the open requests, oldest first; the dashboard is the same. AdminJS asks nobody's
 * role before pages.
 * @throws ValidationFailed on a cursor of another list
 */
export function queuePage({ queue }: PanelServices) {
  return (request: ActionRequest) => {
    const { caller, query } = callOf(request);
    if (!roles.includes(caller.role)) throw new ForbiddenRole('Your role does not allow this.');
    const cursor: unknown = query?.cursor;
    return queue.page(typeof cursor === 'string' && cursor !== '' ? { cursor } : {});
  };
}
