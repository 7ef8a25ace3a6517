import http, { type IncomingHttpHeaders } from 'node:http';

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** As it came over the wire: `fetch` would decompress it. */
  body: Buffer;
}

export function rawGet(url: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const call = http.get(url, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    call.on('error', reject);
  });
}

/** The addresses of the scripts, style sheets and icons that a page of the panel loads. */
export function loadedBy(page: string): string[] {
  return [...page.matchAll(/(?:src|href)="(\/admin\/(?:frontend\/)?assets\/[^"]+)"/g)].map(([, address]) => address!);
}
