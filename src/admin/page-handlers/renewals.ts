import type { PanelServices } from '../panel-services.js';
import { pageHandler } from './page-handler.js';

/** `GET /admin/api/pages/renewals`: what falls due, what is past due, whether money flows and what the clock says (`RenewalsAhead`). */
export function renewalsPage({ renewalsAhead }: PanelServices) {
  return pageHandler([], () => renewalsAhead.page());
}
