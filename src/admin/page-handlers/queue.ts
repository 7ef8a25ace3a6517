import type { PanelServices } from '../panel-services.js';
import { queueQueryNames } from '../../queue/queue-query.js';
import { pageHandler } from './page-handler.js';

/**
 * `GET /admin/api/pages/queue?view=&q=&blocker=&claimed=&vertical=&language=&partner=&cursor=`: the open requests, the most urgent
 * first (`QueuePage`, `QueueQuery`); where one lands after signing in is the same.
 * `booksFaults` is what the daily proof of the books found and `clockAheadMs` how far the demo's clock was moved, which every
 * page of the panel shows.
 */
export function queuePage({ queue }: PanelServices) {
  return pageHandler(queueQueryNames, ({ caller }, asked) => queue.page(caller, asked));
}
