import type { ActionRequest } from 'adminjs';
import { ForbiddenRole, ValidationFailed } from '../../core/errors.js';
import { roles } from '../../authorization/roles.js';
import { toPanelRequest, type PanelRequest } from '../http/panel-request.js';

/**
 * The handler of a page. It checks the role itself: AdminJS checks none before pages.
 * @param known names that the query may hold; others are refused, so that a misspelt filter is not taken for one that applies
 */
export function pageHandler<Answer>(
  known: readonly string[],
  read: (call: PanelRequest, params: Record<string, unknown>) => Promise<Answer>,
): (request: ActionRequest) => Promise<Answer> {
  return async (request) => {
    const call = toPanelRequest(request);
    if (!roles.includes(call.caller.role)) throw new ForbiddenRole('Your role does not allow this.');
    const params: Record<string, unknown> = call.query ?? {};
    assertKnownParams(Object.keys(params), known);
    return read(call, params);
  };
}

function assertKnownParams(names: string[], known: readonly string[]): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const message = `is not supported here; supported are ${known.join(', ')}`;
  throw new ValidationFailed(unknown.slice(0, 5).map((name) => ({ path: `query.${name.slice(0, 50)}`, message })));
}
