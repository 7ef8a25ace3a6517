import type { PanelServices } from '../panel-services.js';
import { pageHandler } from './page-handler.js';

/** `GET /admin/api/pages/renewals`: what falls due, what is past due, whether money is frozen, and the demo's clock (`RenewalsAhead`). */
export function renewalsPage({ renewalsForecast }: PanelServices) {
  return pageHandler([], () => renewalsForecast.page());
}
