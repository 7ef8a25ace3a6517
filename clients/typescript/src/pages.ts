import { ApiPromise, type WithResponse } from './api-promise.js';
import type { RequestOptions } from './options.js';
import type { Transport } from './transport.js';

export interface PageBody {
  items: unknown[];
  nextCursor: string | null;
  /** Of events, whose cursor never ends. */
  hasMore?: boolean;
}

/** One page of a list, with the fields of its answer. Iterating walks its items and those of the pages after it. */
export type Page<Body extends PageBody> = Body & PageSteps<Body>;

interface PageSteps<Body extends PageBody> extends AsyncIterable<Body['items'][number]> {
  hasNextPage(): boolean;
  /** `null` after the last page. */
  nextPage(): Promise<Page<Body> | null>;
}

export interface PageCall {
  route: string;
  params: Record<string, string | undefined>;
  query: object;
  /** The parameter that takes the cursor. */
  cursorName: 'cursor' | 'after';
  options: RequestOptions | undefined;
}

class PageOf<Body extends PageBody> implements PageSteps<Body> {
  readonly #transport: Transport;
  readonly #call: PageCall;
  readonly #body: Body;

  constructor(transport: Transport, call: PageCall, body: Body) {
    this.#transport = transport;
    this.#call = call;
    this.#body = body;
    Object.assign(this, body);
  }

  hasNextPage(): boolean {
    return this.#body.hasMore ?? this.#body.nextCursor !== null;
  }

  async nextPage(): Promise<Page<Body> | null> {
    if (!this.hasNextPage()) return null;
    const { query, cursorName } = this.#call;
    return fetchPage<Body>(this.#transport, {
      ...this.#call,
      query: { ...query, [cursorName]: this.#body.nextCursor },
    });
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Body['items'][number]> {
    // Each step goes through nextPage of the page before, so that one page at a time is kept.
    let page: Page<Body> | null = this as unknown as Page<Body>;
    while (page) {
      yield* page.items;
      page = await page.nextPage();
    }
  }
}

/** The first page to come; iterating it walks the items of all pages. */
export class PagePromise<Body extends PageBody>
  extends ApiPromise<Page<Body>>
  implements AsyncIterable<Body['items'][number]>
{
  async *[Symbol.asyncIterator](): AsyncIterator<Body['items'][number]> {
    yield* await this;
  }
}

export function fetchPage<Body extends PageBody>(transport: Transport, call: PageCall): PagePromise<Body> {
  const answer = transport.send<Body>({ method: 'get', ...call });
  const toPage = (got: WithResponse<Body>): WithResponse<Page<Body>> => ({
    ...got,
    data: new PageOf(transport, call, got.data) as unknown as Page<Body>,
  });
  return new PagePromise(answer.then(toPage));
}
