/** What the service told of the budget that a call took from. */
export interface RateLimit {
  limit: number;
  remaining: number;
  /** When all of it is left again. */
  resetAt: Date;
  endpointClass: string | null;
}

export interface WithResponse<T> {
  data: T;
  /** Its body has been read. */
  response: Response;
  /** The id of the call (`req_…`), to tell support. */
  requestId: string | null;
  /** Whether it is the answer of an earlier call with the same idempotency key. */
  replayed: boolean;
  /** `null` for keys that have no limits. */
  rateLimit: RateLimit | null;
}

/** The answer to come. */
export class ApiPromise<T> implements Promise<T> {
  readonly #answer: Promise<WithResponse<T>>;

  constructor(answer: Promise<WithResponse<T>>) {
    this.#answer = answer;
  }

  /** The answer with its headers. */
  withResponse(): Promise<WithResponse<T>> {
    return this.#answer;
  }

  then<Result = T, Failure = never>(
    onFulfilled?: ((data: T) => Result | PromiseLike<Result>) | null,
    onRejected?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    return this.#answer.then(({ data }) => data).then(onFulfilled, onRejected);
  }

  catch<Failure = never>(
    onRejected?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<T | Failure> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then().finally(onFinally);
  }

  get [Symbol.toStringTag](): string {
    return 'ApiPromise';
  }
}

export function toRateLimit(headers: Headers): RateLimit | null {
  const read = (name: string) => headers.get(`X-RateLimit-${name}`);
  if (read('Limit') === null) return null;
  return {
    limit: Number(read('Limit')),
    remaining: Number(read('Remaining')),
    resetAt: new Date(Number(read('Reset')) * 1_000),
    endpointClass: read('Endpoint-Class'),
  };
}
