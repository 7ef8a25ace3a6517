import type { ActionRequest } from 'adminjs';
import { ForbiddenRole, ValidationFailed } from '../../core/errors.js';
import { roles } from '../../authorization/roles.js';
import { toPanelRequest, type PanelRequest } from '../http/panel-request.js';

/**
 * What a page answers to whoever may read the business. AdminJS asks nobody's role before pages.
 * @param known what an address may ask for; anything else is refused, so that nobody takes a misspelt filter for one that holds
 * @param read gets the call and what the address asks for
 */
export function pageHandler<Answer>(
  known: readonly string[],
  read: (call: PanelRequest, asked: Record<string, unknown>) => Promise<Answer>,
): (request: ActionRequest) => Promise<Answer> {
  return async (request) => {
    const call = toPanelRequest(request);
    if (!roles.includes(call.caller.role)) throw new ForbiddenRole('Your role does not allow this.');
    const asked: Record<string, unknown> = call.query ?? {};
    assertKnownParams(Object.keys(asked), known);
    return read(call, asked);
  };
}

function assertKnownParams(names: string[], known: readonly string[]): void {
  const strange = names.filter((name) => !known.includes(name));
  if (strange.length === 0) return;
  const message = `is not known here; it takes ${known.join(', ')}`;
  throw new ValidationFailed(strange.slice(0, 5).map((name) => ({ path: `query.${name.slice(0, 50)}`, message })));
}
