import { createHash, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** argon2id with 19 MiB and two passes: the library's defaults, and what OWASP asks for. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

/** 20 characters that are easy to read out: 100 bits. */
export function generatePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  const letters = [...randomBytes(64)].filter((byte) => byte < 248).map((byte) => alphabet[byte % 31]);
  return [0, 5, 10, 15].map((start) => letters.slice(start, start + 5).join('')).join('-');
}

let hashOfNobody: Promise<string> | undefined;

/** Takes as long for a person without a password, or for nobody at all, as for anybody else. */
export async function isPasswordOf(passwordHash: string | null, password: string): Promise<boolean> {
  hashOfNobody ??= hashPassword(randomBytes(16).toString('hex'));
  const matches = await verify(passwordHash ?? (await hashOfNobody), password);
  return matches && passwordHash !== null;
}

/** Names a password hash without telling it: a session remembers it and ends when the password changes. */
export function credentialOf(passwordHash: string): string {
  return createHash('sha256').update(passwordHash).digest('hex').slice(0, 32);
}
