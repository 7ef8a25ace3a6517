import type { PanelServices } from '../panel-services.js';
import { pageHandler } from './page-handler.js';

/** `GET /admin/api/pages/search?q=&all=on`: up to five of each kind, or all that are read (`SearchAnswer`). */
export function searchPage({ search }: PanelServices) {
  return pageHandler(['q', 'all'], ({ caller }, params) => search.find(caller, params));
}
