import { createHmac, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** `whsec_` and 43 base64url characters. All of it, as text, is the key of the HMAC. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/**
 * The value of `X-Layers-Signature`: `t=<unix>,v1=<hex>`, one `v1` for each secret.
 * @param body byte for byte as it is sent
 */
export function sign(secrets: readonly string[], body: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1_000);
  const signatures = secrets.map((secret) => createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'));
  return [`t=${seconds}`, ...signatures.map((signature) => `v1=${signature}`)].join(',');
}

/** What a stored signing secret is encrypted for. */
export function toSecretPurpose(endpointId: string): string {
  return `signing secret ${endpointId}`;
}
