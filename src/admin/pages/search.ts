import type { PanelServices } from '../panel-services.js';
import { forReaders } from './readers.js';

/** `GET /admin/api/pages/search?q=`: up to five each of requests, accounts, partners, keys and transfers (`SearchAnswer`). */
export function searchPage({ search }: PanelServices) {
  return forReaders(['q'], (_call, { q }) => search.find(q));
}
