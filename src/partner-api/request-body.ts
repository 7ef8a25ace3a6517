import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { PayloadTooLarge, ValidationFailed } from '../core/errors.js';
import { timeouts } from '../core/timeouts.js';

/** What is taken of a refused body after its answer, so that a client that sends it whole gets to read the answer. */
const MAX_DISCARDED_BYTES = 1024 * 1024;
const MAX_DISCARD_MS = 2_000;

const decoders: Record<string, () => Transform> = {
  br: createBrotliDecompress,
  deflate: createInflate,
  gzip: createGunzip,
};

/** What becomes of calls that asked for `100 Continue` and have not got it. */
const awaitingContinue = new WeakMap<IncomingMessage, () => void>();

/** Lets the reader of a body send `100 Continue`, so that a call that is refused before never sends its body. */
export function continueOnDemand(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const { shouldKeepAlive } = response;
    awaitingContinue.set(request, () => {
      if (response.headersSent) return;
      response.shouldKeepAlive = shouldKeepAlive;
      response.writeContinue();
    });
    // Without it the client may send the body or not, so what follows on this connection cannot be told apart.
    response.shouldKeepAlive = false;
    server.emit('request', request, response);
  });
}

/** Call before a body is read by anything else than `readBody`. */
export function sendContinue(request: IncomingMessage): void {
  awaitingContinue.get(request)?.();
  awaitingContinue.delete(request);
}

export function mayHaveBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Bounds what is read of a body that nobody wants. Call before the response ends.
 * Beyond the bound nothing is read and the connection stays open a moment: closing it with data unread resets it,
 * and a client that is still sending would lose the answer.
 */
export function discardUnread(request: IncomingMessage, response: ServerResponse): void {
  if (!mayHaveBody(request)) return;
  response.once('prefinish', () => {
    if (request.complete || awaitingContinue.has(request)) return;
    let discardedBytes = 0;
    const timer = setTimeout(() => request.socket.destroy(), MAX_DISCARD_MS);
    request.on('data', (chunk: Buffer) => {
      discardedBytes += chunk.length;
      if (discardedBytes > MAX_DISCARDED_BYTES) request.pause();
    });
    request.once('error', () => undefined).once('close', () => clearTimeout(timer));
    request.resume();
  });
}

/**
 * Reads and decompresses a body.
 * @throws PayloadTooLarge as soon as it is over the limit, compressed or not, and leaves the rest unread; ValidationFailed, also where
 *   it does not arrive in time
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const encoding = readContentEncoding(request);
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw new PayloadTooLarge(limitBytes);
    if (!mayHaveBody(request)) return resolve(Buffer.alloc(0));
    sendContinue(request);

    const decoder = encoding === null ? null : decoders[encoding]!();
    const chunks: Buffer[] = [];
    let receivedBytes = 0;
    let decodedBytes = 0;
    const settle = (work: () => void) => {
      clearTimeout(timer);
      request.off('data', receive).off('end', end).off('close', cutOff);
      decoder?.off('data', decode).off('end', succeed).destroy();
      work();
    };
    const fail = (error: Error) =>
      settle(() => {
        request.pause();
        reject(error);
      });
    const succeed = () => settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    const decode = (chunk: Buffer) => {
      decodedBytes += chunk.length;
      if (decodedBytes > limitBytes) fail(new PayloadTooLarge(limitBytes));
      else chunks.push(chunk);
    };
    const receive = (chunk: Buffer) => {
      receivedBytes += chunk.length;
      if (receivedBytes > limitBytes) fail(new PayloadTooLarge(limitBytes));
      else if (decoder) decoder.write(chunk);
      else decode(chunk);
    };
    const end = () => {
      request.off('close', cutOff);
      if (decoder) decoder.end();
      else succeed();
    };
    const cutOff = () => fail(toBodyError('was cut off'));
    const { bodyMs } = timeouts;
    const timer = setTimeout(() => fail(toBodyError(`did not arrive within ${bodyMs / 1_000} s`)), bodyMs);

    decoder?.on('data', decode).once('end', succeed);
    decoder?.on('error', () => fail(toBodyError(`is not well-formed ${encoding}`)));
    request.on('data', receive).once('end', end).once('close', cutOff);
  });
}

/** `null` for a body that is sent as it is. @throws ValidationFailed */
export function readContentEncoding({ headers }: IncomingMessage): string | null {
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return null;
  if (Object.hasOwn(decoders, encoding)) return encoding;
  const known = Object.keys(decoders).join(', ');
  throw new ValidationFailed([{ path: 'header.Content-Encoding', message: `must be one of ${known}, or absent` }]);
}

function toBodyError(message: string): ValidationFailed {
  return new ValidationFailed([{ path: 'body', message }]);
}
