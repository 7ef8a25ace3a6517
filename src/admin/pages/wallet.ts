import type { PanelServices } from '../panel-services.js';
import { overview } from './record-view.js';

/** `GET /admin/api/resources/wallets/records/:id/overview?cursor=`: what the wallet holds, how long it lasts, and a page of its statement. */
export function walletOverview({ statement }: PanelServices) {
  return overview(async ({ query }, organizationId) => {
    const cursor: unknown = query?.cursor;
    const page = await statement.page(organizationId, typeof cursor === 'string' ? cursor : undefined);
    return { outlook: await statement.outlook(organizationId), statement: page };
  });
}
