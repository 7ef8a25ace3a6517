import type { PanelServices } from '../panel-services.js';
import { overviewAction } from './record-overview.js';

/** `GET /admin/api/resources/organizations/records/:id/overview`: everything of a partner on one page. */
export function partnerOverview({ partnerOverview }: PanelServices) {
  return overviewAction((_call, organizationId) => partnerOverview.overview(organizationId));
}
