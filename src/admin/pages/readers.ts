import type { ActionRequest } from 'adminjs';
import { ForbiddenRole } from '../../common/errors.js';
import { roles } from '../../staff/permissions.js';
import { callOf, type PanelCall } from '../panel-call.js';

/**
 * What a page answers to whoever may read the business. AdminJS asks nobody's role before pages.
 * @param read gets the call and what the address asks for
 */
export function forReaders<Answer>(
  read: (call: PanelCall, asked: Record<string, unknown>) => Promise<Answer>,
): (request: ActionRequest) => Promise<Answer> {
  return async (request) => {
    const call = callOf(request);
    if (!roles.includes(call.caller.role)) throw new ForbiddenRole('Your role does not allow this.');
    return read(call, call.query ?? {});
  };
}
