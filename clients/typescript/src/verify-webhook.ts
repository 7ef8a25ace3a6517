import { createHmac, timingSafeEqual } from 'node:crypto';
import { WebhookVerificationError } from './errors.js';
import type { LayersEvent } from './types.js';

/** As fetch, Node’s `http` and the frameworks above it have them; names in any case. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** How far the time of the signature may be from now. 300 by default. */
  toleranceSeconds?: number | undefined;
}

/**
 * The event of a webhook that is genuine.
 * @param rawBody as it came: a body that was parsed and written again has another signature
 * @param secrets `whsec_…` of the endpoint; several while one is rotated
 * @throws WebhookVerificationError; TypeError for what is not a raw body, headers or secrets
 */
export function verifyWebhook(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  { toleranceSeconds = 300 }: VerifyOptions = {},
): LayersEvent {
  if (typeof rawBody !== 'string' && !ArrayBuffer.isView(rawBody)) {
    throw new TypeError(
      'verifyWebhook takes the body as it came, a string or bytes, not what was parsed of it: the signature is of those bytes.',
    );
  }
  if (typeof headers !== 'object' || headers === null)
    throw new TypeError('verifyWebhook takes the headers of the webhook.');
  const { seconds, signatures } = parseSignature(readSignature(headers));
  const isGenuine = [secrets].flat().some((secret) => {
    // An empty secret would be one that everybody knows.
    if (!secret) throw new TypeError('The signing secret is empty.');
    const expected = createHmac('sha256', secret).update(`${seconds}.`).update(rawBody).digest();
    return signatures.some((given) => given.length === expected.length && timingSafeEqual(given, expected));
  });
  if (!isGenuine) {
    throw new WebhookVerificationError('signature_wrong', 'No signature fits this body and these secrets.');
  }
  const ageSeconds = Date.now() / 1_000 - Number(seconds);
  const told = `The signature is of ${new Date(Number(seconds) * 1_000).toISOString()}, more than ${toleranceSeconds} s`;
  if (!(ageSeconds <= toleranceSeconds)) throw new WebhookVerificationError('too_old', `${told} ago.`);
  if (!(ageSeconds >= -toleranceSeconds)) throw new WebhookVerificationError('too_new', `${told} ahead.`);
  return parseEvent(rawBody);
}

function readSignature(headers: WebhookHeaders): string {
  const value = headers instanceof Headers ? headers.get(NAME) : readRecord(headers);
  if (!value) throw new WebhookVerificationError('signature_missing', 'The header X-Layers-Signature is missing.');
  return value;
}

const NAME = 'x-layers-signature';

/** Node joins repeated headers of this kind with a comma, which reads the same. */
function readRecord(headers: Exclude<WebhookHeaders, Headers>): string {
  return Object.entries(headers)
    .flatMap(([name, value]) => (name.toLowerCase() === NAME ? (value ?? []) : []))
    .join(',');
}

function parseSignature(header: string): { seconds: string; signatures: Buffer[] } {
  const parts = header.split(',').map((part) => part.trim().split('='));
  const seconds = parts.find(([name]) => name === 't')?.[1] ?? '';
  const signatures = parts.filter(([name]) => name === 'v1').map(([, hex = '']) => Buffer.from(hex, 'hex'));
  if (!/^\d{1,12}$/.test(seconds) || signatures.length === 0) {
    throw new WebhookVerificationError(
      'signature_malformed',
      'X-Layers-Signature is not of the form t=<unix>,v1=<hex>.',
    );
  }
  return { seconds, signatures };
}

function parseEvent(rawBody: string | Uint8Array): LayersEvent {
  try {
    return JSON.parse(typeof rawBody === 'string' ? rawBody : Buffer.from(rawBody).toString('utf8')) as LayersEvent;
  } catch {
    throw new WebhookVerificationError('body_malformed', 'The body is not JSON.');
  }
}
