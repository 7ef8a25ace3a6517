import { hash, randomBytes } from 'node:crypto';

export const apiKeyEnvs = ['live', 'test'] as const;
export type ApiKeyEnv = (typeof apiKeyEnvs)[number];

/** The parts of a key `lp_<env>_<prefix>_<secret>`; the secret itself is never stored. */
export interface ApiKeyParts {
  env: ApiKeyEnv;
  /** 16 characters of Crockford base32, unique and safe to log. */
  prefix: string;
  /** SHA-256 of the secret's text. */
  secretDigest: Buffer;
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const PREFIX = /^[0-9A-HJKMNP-TV-Z]{16}$/;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** `apiKey` is the whole text: shown once and never stored. */
export function newApiKey(env: ApiKeyEnv): ApiKeyParts & { apiKey: string } {
  const prefix = Array.from(randomBytes(16), (byte) => CROCKFORD[byte % 32]).join('');
  const secret = randomBytes(32).toString('base64url');
  return { apiKey: `lp_${env}_${prefix}_${secret}`, env, prefix, secretDigest: digest(secret) };
}

/** `null` for any text that does not have exactly the format of a key. */
export function parseApiKey(text: string): ApiKeyParts | null {
  // The secret itself may contain underscores: only the first three are separators (contract: Auth).
  const [lp, env, prefix, ...rest] = text.split('_', 4);
  if (lp !== 'lp' || !isEnv(env) || prefix === undefined || !PREFIX.test(prefix) || rest.length === 0) return null;
  const secret = text.slice(`lp_${env}_${prefix}_`.length);
  if (!SECRET.test(secret)) return null;
  return { env, prefix, secretDigest: digest(secret) };
}

function isEnv(env: string | undefined): env is ApiKeyEnv {
  return (apiKeyEnvs as readonly (string | undefined)[]).includes(env);
}

function digest(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
