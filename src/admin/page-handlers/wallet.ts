import type { PanelServices } from '../panel-services.js';
import { overviewAction } from './record-overview.js';

/** `GET /admin/api/resources/wallets/records/:id/overview?cursor=`: the wallet's balance, runway, proposals that wait for approval, and a page of its statement. */
export function walletOverview({ walletOverview }: PanelServices) {
  return overviewAction(({ caller, query }, organizationId) => {
    const cursor: unknown = query?.cursor;
    return walletOverview.overview(caller, organizationId, typeof cursor === 'string' ? cursor : undefined);
  });
}
