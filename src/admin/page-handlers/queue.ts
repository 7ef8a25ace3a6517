import type { PanelServices } from '../panel-services.js';
import { queueQueryNames } from '../../queue/queue-query.js';
import { pageHandler } from './page-handler.js';

/**
 * `GET /admin/api/pages/queue?view=&q=&blocker=&claimed=&vertical=&language=&partner=&cursor=`: the open requests, the most urgent
 * first (`QueuePage`, `QueueQuery`); the page after the sign-in is the same.
 */
export function queuePage({ queue }: PanelServices) {
  return pageHandler(queueQueryNames, ({ caller }, params) => queue.page(caller, params));
}
