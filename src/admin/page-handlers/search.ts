import type { PanelServices } from '../panel-services.js';
import { pageHandler } from './page-handler.js';

/** `GET /admin/api/pages/search?q=`: up to five each of requests, accounts, partners, keys and transfers (`SearchAnswer`). */
export function searchPage({ search }: PanelServices) {
  return pageHandler(['q'], (_call, { q }) => search.find(q));
}
