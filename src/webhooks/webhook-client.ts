import type { Agent, Dispatcher } from 'undici';
import { loadOnce } from '../core/load-once.js';

/** From the look-up of the name to the last byte of the answer that is read. */
const TIMEOUT_MS = 10_000;
/** Of an answer; whatever comes after is not read. */
const MAX_ANSWER_BYTES = 1_024;

export interface OutgoingEvent {
  url: string;
  eventId: string;
  /** None for receivers that have no secret. */
  signature?: string;
  /** The JSON text that is signed and sent. */
  body: string;
}

/** The outcome of one attempt. */
export interface SendResult {
  /** `null` where no answer came. */
  statusCode: number | null;
  /** `null` where the receiver took the event. */
  error: string | null;
  /** The beginning of the answer's body. */
  answer: string | null;
  retryAfter: string | null;
  durationMs: number;
  /** The name servers that this service asks failed, which tells nothing of the receiver. */
  isOurFault: boolean;
}

const networkErrors: Record<string, string> = {
  ABORT_ERR: 'no answer within 10 s',
  UND_ERR_ABORTED: 'no answer within 10 s',
  UND_ERR_HEADERS_TIMEOUT: 'no answer within 10 s',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within 5 s',
  UND_ERR_SOCKET: 'the connection was closed before an answer',
  ECONNRESET: 'the connection was closed before an answer',
  EPIPE: 'the connection was closed before an answer',
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the host name is unknown',
  ENODATA: 'the host name has no address',
  ETIMEOUT: 'the name server did not answer',
  EAI_AGAIN: 'the name server did not answer',
  ESERVFAIL: 'the name server failed',
  EREFUSED: 'the name server failed',
  FORBIDDEN_ADDRESS: 'the address is not public',
};

const nameServerErrors = new Set(['ETIMEOUT', 'EAI_AGAIN', 'ESERVFAIL', 'EREFUSED']);

const loadUndici = loadOnce(() => import('undici'));

/** Posts events. Connections are reused for 4 s. */
export class WebhookClient {
  /** Made with the first event: many services send none. */
  private agent: Agent | null = null;
  private readonly inFlight = new Set<AbortController>();

  /** @param connect decides which addresses are connected to, or in which time */
  constructor(private readonly connect: Agent.Options['connect']) {}

  /** Never rejects. A 2xx counts as taken whatever its body does; redirects are not followed. */
  async send(event: OutgoingEvent): Promise<SendResult> {
    const startedAtMs = performance.now();
    const abort = new AbortController();
    this.inFlight.add(abort);
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    try {
      const { statusCode, headers, body } = await this.post(event, abort.signal);
      const answer = await readBeginning(body);
      const retryAfter = [429, 503].includes(statusCode) ? toText(headers['retry-after']) : null;
      const durationMs = Math.round(performance.now() - startedAtMs);
      return { statusCode, error: toStatusError(statusCode), answer, retryAfter, durationMs, isOurFault: false };
    } catch (error) {
      const durationMs = Math.round(performance.now() - startedAtMs);
      const cause = findCause(error);
      return {
        ...{ statusCode: null, error: toNetworkError(cause), answer: null, retryAfter: null, durationMs },
        isOurFault: nameServerErrors.has(String(cause.code)),
      };
    } finally {
      clearTimeout(timer);
      this.inFlight.delete(abort);
    }
  }

  /** Cuts off what is in flight. */
  abortAll(): void {
    for (const abort of this.inFlight) abort.abort();
  }

  /** Closes all connections; nothing is sent any more. */
  async close(): Promise<void> {
    await this.agent?.destroy();
  }

  private async post(
    { url, eventId, signature, body }: OutgoingEvent,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { Agent, request } = await loadUndici();
    this.agent ??= new Agent({ connect: this.connect, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    return request(url, {
      dispatcher: this.agent,
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'Layers-Webhooks/1',
        'X-Layers-Event-Id': eventId,
        ...(signature !== undefined && { 'X-Layers-Signature': signature }),
      },
      body,
      signal,
    });
  }
}

/** Leaving the loop closes a connection that has more to tell. */
async function readBeginning(body: Dispatcher.ResponseData['body']): Promise<string> {
  body.on('error', () => undefined);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // It broke off or took too long: the status has decided already.
  }
  // PostgreSQL stores no NUL.
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8').replaceAll('\0', '\ufffd');
}

/** `null` for a header that is missing or was sent twice. */
function toText(header: string | string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}

function toStatusError(statusCode: number): string | null {
  if (statusCode >= 200 && statusCode < 300) return null;
  return statusCode >= 300 && statusCode < 400
    ? `HTTP ${statusCode}: redirects are not followed`
    : `HTTP ${statusCode}`;
}

interface NetworkError {
  code?: unknown;
  name?: string;
  syscall?: unknown;
}

/** The first of several; a name server that refuses the connection has the code of one that does not answer. */
function findCause(error: unknown): NetworkError {
  const [first = error] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const { code, name, syscall } = first as NetworkError;
  const isRefusedQuery = code === 'ECONNREFUSED' && String(syscall).startsWith('query');
  return { code: isRefusedQuery ? 'ETIMEOUT' : code, ...(name !== undefined && { name }) };
}

/** Without the message, which may name addresses. */
function toNetworkError({ code, name }: NetworkError): string {
  if (name === 'AbortError') return networkErrors.ABORT_ERR!;
  if (typeof code !== 'string') return 'the request failed';
  if (code.startsWith('HPE_')) return 'the connection was closed, or the answer is not HTTP';
  return networkErrors[code] ?? `the request failed (${code})`;
}
