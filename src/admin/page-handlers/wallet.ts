import type { PanelServices } from '../panel-services.js';
import { overviewAction } from './record-overview.js';

/** `GET /admin/api/resources/wallets/records/:id/overview?cursor=`: what the wallet holds, how long it lasts, what waits for a second person, and a page of its statement. */
export function walletOverview({ walletOverview }: PanelServices) {
  return overviewAction(({ caller, query }, organizationId) => {
    const cursor: unknown = query?.cursor;
    return walletOverview.overview(caller, organizationId, typeof cursor === 'string' ? cursor : undefined);
  });
}
