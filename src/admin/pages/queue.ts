import type { PanelServices } from '../panel-services.js';
import { queueQueryNames } from '../../fulfillment/queue-query.js';
import { forReaders } from './readers.js';

/**
 * `GET /admin/api/pages/queue?view=&q=&blocker=&claimed=&vertical=&language=&partner=&cursor=`: the open requests, the most urgent
 * first (`QueuePage`, `QueueQuery`); where one lands after signing in is the same.
 */
export function queuePage({ queue }: PanelServices) {
  return forReaders(queueQueryNames, ({ caller }, asked) => queue.page(caller, asked));
}
