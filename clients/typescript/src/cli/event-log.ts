import type { Layers } from '../layers.js';

/** The cursor behind all events that there are. */
export async function findEnd(client: Layers, signal?: AbortSignal): Promise<string> {
  let page = await client.events.list({ limit: 500 }, { signal });
  for (let next; (next = await page.nextPage()); page = next);
  return page.nextCursor;
}
