import type { Layers } from '../layers.js';

/** The cursor behind all events that there are. */
export async function findEnd(client: Layers, signal?: AbortSignal): Promise<string> {
  const { nextCursor } = await client.events.list({ after: 'latest' }, { signal });
  return nextCursor;
}
