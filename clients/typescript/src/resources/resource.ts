import { ApiPromise } from '../api-promise.js';
import type { paths } from '../openapi.js';
import type { RequestOptions } from '../options.js';
import { fetchPage, type PageBody, type PagePromise } from '../pages.js';
import type { Transport } from '../transport.js';
import type { Answer, HttpMethod } from '../types.js';

interface Input {
  params?: Record<string, string | undefined>;
  query?: object;
  body?: object;
}

type PageOf<Path extends keyof paths> = Extract<Answer<Path, 'get' & keyof paths[Path]>, PageBody>;

/** Routes that belong together. */
export abstract class Resource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  protected get transport(): Transport {
    return this.#transport;
  }

  protected send<Method extends HttpMethod, Path extends keyof paths>(
    method: Method,
    route: Path,
    input: Input,
    options: RequestOptions | undefined,
  ): ApiPromise<Answer<Path, Method & keyof paths[Path]>> {
    return new ApiPromise(this.#transport.send({ method, route, ...input, options }));
  }

  protected listPages<Path extends keyof paths>(
    route: Path,
    { params = {}, query = {} }: Input,
    options: RequestOptions | undefined,
    cursorName: 'cursor' | 'after' = 'cursor',
  ): PagePromise<PageOf<Path>> {
    return fetchPage(this.#transport, { route, params, query, cursorName, options });
  }
}
