import { createHash } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { DomainError } from '../core/errors.js';
import { generateWords } from './passwords.js';

const STEP_SECONDS = 30;
const RECOVERY_CODES = 10;
const MAX_CODE_LENGTH = 100;

const wrongCode =
  'This code is wrong, or it was used already. Take the next one that your app shows, or a recovery code.';

/** Neither a code of now nor a recovery code that is left. */
export class WrongCode extends DomainError {
  readonly code = 'VALIDATION';
  constructor(sentence = wrongCode) {
    super(sentence);
  }
}

/** Not the code of the app that is being set up, which no recovery code stands in for. */
export class WrongNewCode extends WrongCode {
  constructor() {
    super('This code is wrong. Type the one that the app you are setting up shows now.');
  }
}

/** A fresh secret for an authenticator app, in base32. */
export function generateSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What the QR code says: the secret, and what the app calls it. */
export function toKeyUri(secret: string, email: string): string {
  return totp(secret, email).toString();
}

/**
 * The step of 30 seconds that `typed` is the code of, one before and one after the present one allowed for clocks that differ.
 * @returns `null` when it is the code of none of them
 */
export function toStep(secret: string, typed: string, now: Date): number | null {
  if (!isAppCode(typed)) return null;
  const timestamp = now.getTime();
  const delta = totp(secret, '').validate({ token: typed, timestamp, window: 1 });
  return delta === null ? null : Math.floor(timestamp / 1000 / STEP_SECONDS) + delta;
}

/** Whether it looks like a code of an app, and not like a recovery code. */
export function isAppCode(typed: string): boolean {
  return /^\d{6}$/.test(typed);
}

/** The step of `typed` as the code of an app that is being set up. @throws WrongNewCode */
export function findNewStep(secret: string, typed: unknown, now: Date): number {
  const step = isCode(typed) ? toStep(secret, normalizeCode(typed), now) : null;
  if (step === null) throw new WrongNewCode();
  return step;
}

/** What somebody typed as a code: apps show it as `123 456`. @throws WrongCode for what can be none */
export function readCode(typed: unknown): string {
  if (!isCode(typed)) throw new WrongCode();
  return normalizeCode(typed);
}

function isCode(typed: unknown): typed is string {
  return typeof typed === 'string' && typed.length <= MAX_CODE_LENGTH;
}

function normalizeCode(typed: string): string {
  return typed.replaceAll(/[\s-]/g, '').toLowerCase();
}

/** Ten codes that each sign in once in the app's place, 80 bits each. */
export function generateRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => generateWords(4, 4));
}

/** What is kept of a recovery code. With its 80 bits it needs no slow hash. */
export function digestRecoveryCode(staffId: string, code: string): Buffer {
  return createHash('sha256')
    .update(`${staffId} ${code.replaceAll('-', '')}`)
    .digest();
}

function totp(secret: string, email: string): TOTP {
  return new TOTP({
    issuer: 'Lease console',
    label: email,
    algorithm: 'SHA1',
    digits: 6,
    period: STEP_SECONDS,
    secret: Secret.fromBase32(secret),
  });
}
