import type { PanelServices } from '../panel-services.js';
import { overviewAction } from './record-overview.js';

/** `GET /admin/api/resources/social-accounts/records/:id/overview`: the account's leases and its turnaround list. */
export function accountOverview({ accountOverview }: PanelServices) {
  return overviewAction((_call, socialAccountId) => accountOverview.overview(socialAccountId));
}
