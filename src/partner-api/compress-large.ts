import compression from 'compression';
import type { Request, Response } from 'express';

/** Smaller texts fit a packet anyway. */
const MIN_COMPRESSED_LENGTH = 1024;

const compress = compression({ threshold: MIN_COMPRESSED_LENGTH });

/** Has the response to be sent next compressed where that is worth it and the client takes it. Small responses pay nothing for it. */
export function compressLarge(request: Request, response: Response, body: string): void {
  if (body.length < MIN_COMPRESSED_LENGTH) return;
  if (request.headers['accept-encoding'] === undefined) response.vary('Accept-Encoding');
  else compress(request, response, () => undefined);
}
