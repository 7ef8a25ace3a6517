import type { PanelServices } from '../panel-services.js';
import { pageHandler } from './page-handler.js';

/** `GET /admin/api/pages/dashboard?days=7|30|90`: the figures for a handover between shifts (`DashboardFigures`). */
export function dashboardPage({ dashboard }: PanelServices) {
  return pageHandler(['days'], (_call, { days }) => dashboard.figures({ days }));
}
