import { createHash, randomBytes, randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** What a hash by argon2id costs: 19 MiB (here in KiB) and two passes, as OWASP asks for. Tests lower it. */
export const hashingCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, hashingCost);
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
