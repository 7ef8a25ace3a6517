import { createHash, randomBytes, randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** argon2id with 19 MiB and two passes: the library's defaults, and what OWASP asks for. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

/** 20 characters that are easy to read out: 99 bits. */
export function generatePassword(): string {
  return generateWords(4, 5);
}

/** Random words of so many letters that are easy to read out, nearly 5 bits a letter: `k7mvq-…`. */
export function generateWords(words: number, letters: number): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  return Array.from({ length: words }, () =>
    Array.from({ length: letters }, () => alphabet[randomInt(alphabet.length)]).join(''),
  ).join('-');
}

let dummyHash: Promise<string> | undefined;

/** Takes as long for a person without a password, or for nobody at all, as for anybody else. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  dummyHash ??= hashPassword(randomBytes(16).toString('hex'));
  const matches = await verify(passwordHash ?? (await dummyHash), password);
  return matches && passwordHash !== null;
}

/** Names a password hash without telling it: a session remembers it and ends when the password changes. */
export function toCredential(passwordHash: string): string {
  return createHash('sha256').update(passwordHash).digest('hex').slice(0, 32);
}
