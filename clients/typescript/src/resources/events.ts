import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../pages.js';
import type { EventPage, LayersEvent, Query } from '../types.js';
import { Resource } from './resource.js';

type EventsQuery = Query<'/v1/events'>;

export interface IterateOptions extends Pick<EventsQuery, 'type' | 'projectId' | 'after'> {
  signal?: AbortSignal | undefined;
  /** Milliseconds between two looks for new events. 5,000 by default. */
  pollIntervalMs?: number | undefined;
}

/** What happened, for 30 days, in the order of the commits. */
export class Events extends Resource {
  /** Iterating it ends with the newest event. With `after: 'latest'` the page is empty, and its `nextCursor` the end to go on from. */
  list(query: EventsQuery = {}, options?: RequestOptions): PagePromise<EventPage> {
    return this.listPages('/v1/events', { query }, options, 'after');
  }

  /**
   * The events after `after`, then those to come, without an end; with `after: 'latest'` those to come alone. Keep the `id` of the last one that you have handled: it is the `after` to
   * go on from.
   * @throws the signal’s reason, and what a call throws after its retries
   */
  async *iterate({ signal, pollIntervalMs = 5_000, ...query }: IterateOptions = {}): AsyncGenerator<
    LayersEvent,
    never
  > {
    let after = query.after;
    for (;;) {
      const page: EventPage = await this.list({ ...query, limit: 500, after } as EventsQuery, { signal });
      yield* page.items;
      after = page.nextCursor;
      if (!page.hasMore) await this.transport.runtime.sleep(pollIntervalMs, signal);
    }
  }
}
