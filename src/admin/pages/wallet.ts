import type { PanelServices } from '../panel-services.js';
import { overview } from './record-view.js';

/** `GET /admin/api/resources/wallets/records/:id/overview?cursor=`: what the wallet holds, how long it lasts, what waits for a second person, and a page of its statement. */
export function walletOverview({ proposals, statement }: PanelServices) {
  return overview(async ({ caller, query }, organizationId) => {
    const cursor: unknown = query?.cursor;
    const page = await statement.page(organizationId, typeof cursor === 'string' ? cursor : undefined);
    const waiting = await proposals.waiting(caller, organizationId);
    return { outlook: await statement.outlook(organizationId), statement: page, waiting };
  });
}
