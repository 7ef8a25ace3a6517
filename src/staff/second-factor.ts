import { createHash } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { DomainError } from '../core/errors.js';
import { generateWords } from './passwords.js';

const STEP_SECONDS = 30;
const RECOVERY_CODE_COUNT = 10;
const MAX_CODE_LENGTH = 100;

const wrongCode = 'This code is wrong or already used. Enter the next code from your app, or a recovery code.';

/** Neither a current code nor an unused recovery code. */
export class WrongCode extends DomainError {
  readonly code = 'VALIDATION';
  constructor(message = wrongCode) {
    super(message);
  }
}

/** Not a code of the app that is being set up; a recovery code does not count here. */
export class WrongNewCode extends WrongCode {
  constructor() {
    super('This code is wrong. Enter the current code from the app you are setting up.');
  }
}

/** For an authenticator app; base32. */
export function generateSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What the secret of a person's app is sealed for. */
export function toSealPurpose(staffId: string): string {
  return `second factor of ${staffId}`;
}

/** The text of the QR code. */
export function toKeyUri(secret: string, email: string): string {
  return totp(secret, email).toString();
}

/**
 * The time step, of 30 seconds, of a code: the current one, or one before or after it, for clocks that differ.
 * @returns `null` for a code of no such step
 */
export function toStep(secret: string, typed: string, now: Date): number | null {
  if (!isAppCode(typed)) return null;
  const timestamp = now.getTime();
  const delta = totp(secret, '').validate({ token: typed, timestamp, window: 1 });
  return delta === null ? null : Math.floor(timestamp / 1000 / STEP_SECONDS) + delta;
}

/** Whether it has the form of an app's code, unlike a recovery code. */
export function isAppCode(typed: string): boolean {
  return /^\d{6}$/.test(typed);
}

/** The time step of a code of the app that is being set up. @throws WrongNewCode */
export function toNewStep(secret: string, typed: unknown, now: Date): number {
  const step = isCode(typed) ? toStep(secret, normalizeCode(typed), now) : null;
  if (step === null) throw new WrongNewCode();
  return step;
}

/** Removes the spaces and dashes of a typed code: apps show it as `123 456`. @throws WrongCode for anything but a code */
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

/** Each replaces the app's code once; 80 bits. */
export function generateRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODE_COUNT }, () => generateWords(4, 4));
}

/** The stored form of a recovery code. With 80 bits it needs no slow hash. */
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
