import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type ReadySettings } from '../config/settings.js';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES;

/**
 * Encrypts short secrets for the database with `SECRETS_KEYS`: AES-256-GCM under a key derived by HKDF from the first of them.
 * All of them decrypt, so a key is rotated by putting a new one in front of it.
 */
@Injectable()
export class SecretBox {
  constructor(@Inject(SETTINGS) private readonly settings: Pick<ReadySettings, 'secretsKeys'>) {}

  /** @param purpose what the secret is for, and whose; it decrypts only under the same purpose */
  seal(secret: string, purpose: string): Buffer {
    const [first] = this.settings.secretsKeys;
    if (!first) throw new Error('There is no key in SECRETS_KEYS to seal a secret with');
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', deriveKey(first), iv).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), sealed]);
  }

  hasKeys(): boolean {
    return this.settings.secretsKeys.length > 0;
  }

  /** Encrypts it again under the first key. @returns `null` where it is already @throws Error as `open` */
  reseal(box: Buffer, purpose: string): Buffer | null {
    const [first] = this.settings.secretsKeys;
    if (first && decrypt(box, purpose, deriveKey(first)) !== null) return null;
    return this.seal(this.open(box, purpose), purpose);
  }

  /** @throws Error when none of the keys decrypts it: it was encrypted under another key or purpose, or changed */
  open(box: Buffer, purpose: string): string {
    for (const key of this.settings.secretsKeys) {
      const secret = decrypt(box, purpose, deriveKey(key));
      if (secret !== null) return secret;
    }
    throw new Error('A stored secret opens with none of SECRETS_KEYS');
  }
}

function decrypt(box: Buffer, purpose: string, key: Buffer): string | null {
  if (box[0] !== VERSION || box.length < HEADER_BYTES) return null;
  const iv = box.subarray(1, 1 + IV_BYTES);
  const tag = box.subarray(1 + IV_BYTES, HEADER_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(tag);
    return Buffer.concat([decipher.update(box.subarray(HEADER_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

/** A separate key for this use: the same `SECRETS_KEYS` protect other things too. */
function deriveKey(key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'lease-console secret box', 32));
}
