import type { PanelServices } from '../panel-services.js';
import { forReaders } from './readers.js';

/** `GET /admin/api/pages/dashboard?days=7|30|90`: the figures of a shift's handover (`DashboardFigures`). */
export function dashboardPage({ dashboard }: PanelServices) {
  return forReaders(['days'], (_call, { days }) => dashboard.figures({ days }));
}
