import { createHash, randomBytes, randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** argon2id with 19 MiB and two passes: the library's defaults, and what OWASP asks for. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

/** 20 characters, 99 bits. */
export function generatePassword(): string {
  return generateWords(4, 5);
}

/** Random words like `k7mvq-…` that are easy to read out; nearly 5 bits a letter. */
export function generateWords(words: number, letters: number): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  return Array.from({ length: words }, () =>
    Array.from({ length: letters }, () => alphabet[randomInt(alphabet.length)]).join(''),
  ).join('-');
}

let dummyHash: Promise<string> | undefined;

/** Takes as long without a hash, so that the time does not tell whether an account exists. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  dummyHash ??= hashPassword(randomBytes(16).toString('hex'));
  const matches = await verify(passwordHash ?? (await dummyHash), password);
  return matches && passwordHash !== null;
}

/** Identifies a password hash in a session, which ends when the password changes. */
export function toCredential(passwordHash: string): string {
  return createHash('sha256').update(passwordHash).digest('hex').slice(0, 32);
}
