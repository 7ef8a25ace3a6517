import { AsyncLocalStorage } from 'node:async_hooks';
import { Contract } from './contract.mjs';

const CALL_TIMEOUT_MS = 20_000;

/** A partner's program: the client of `clients/typescript`, whose every answer is held against the contract. */
export class Partner {
  #contract = new Contract();
  #exchanges = new AsyncLocalStorage();
  #layers;

  /** @param Layers the client's class */
  constructor(report, Layers, { apiKey, baseUrl }) {
    this.report = report;
    this.#layers = new Layers({
      apiKey,
      baseUrl,
      timeout: CALL_TIMEOUT_MS,
      fetch: (url, init) => this.#fetch(url, init),
    });
  }

  /**
   * Makes a call, prints it as it stands in the code, and checks each answer that it got.
   * @param {(layers: object) => Promise<object>} send calls the client
   * @param {(value: object) => unknown} show what of its answer is printed
   * @returns what `send` returns
   */
  call(send, show) {
    this.report.call(toCode(send));
    return this.finish(this.begin(send), show);
  }

  /** Makes a call that is finished later. */
  async begin(send) {
    const exchanges = [];
    try {
      return { value: await this.#exchanges.run(exchanges, () => send(this.#layers)), exchanges };
    } catch (error) {
      return { error, exchanges };
    }
  }

  /** Waits for what {@link begin} began, prints it and checks it. */
  async finish(begun, show = (value) => value) {
    const { value, error, exchanges } = await begun;
    this.#print(exchanges);
    if (value !== undefined && show(value) !== undefined) this.report.answer(show(value));
    this.#check(exchanges);
    if (error) throw error;
    return value;
  }

  /** Makes a call that is to be refused. @returns the error */
  async refused(send) {
    this.report.call(toCode(send));
    const { error, exchanges } = await this.begin(send);
    this.#print(exchanges);
    if (error) this.report.answer({ name: error.name, status: error.status, code: error.code, message: error.message });
    this.#check(exchanges);
    return error ?? {};
  }

  #print(exchanges) {
    for (const { method, path, status, headers, ms } of exchanges) {
      this.report.exchange(`${method} ${path}  ${status}  ${headers.get('X-Request-Id')}  ${Math.round(ms)} ms`);
    }
  }

  #check(exchanges) {
    const what = exchanges.length === 1 ? 'the answer is' : `${exchanges.length} answers are`;
    const faults = exchanges.flatMap((exchange) => this.#contract.findFaults(exchange));
    this.report.faultless(`${what} as docs/openapi.json has it: status, headers, body`, faults);
  }

  async #fetch(url, init) {
    const startedAt = performance.now();
    const response = await fetch(url, init);
    const body = await response
      .clone()
      .json()
      .catch(() => null);
    const ms = performance.now() - startedAt;
    const { status, headers } = response;
    this.#exchanges.getStore()?.push({ method: init.method, path: new URL(url).pathname, status, headers, body, ms });
    return response;
  }
}

/** The body of an arrow function, in one line. */
export function toCode(send) {
  return String(send)
    .replace(/^[^=]*=>\s*/, '')
    .replace(/^\{\s*([^]*?);?\s*\}$/, '$1')
    .replace(/\s+/g, ' ')
    .replaceAll('( ', '(')
    .replaceAll(', )', ')');
}
