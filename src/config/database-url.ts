import fs from 'node:fs';
import { Malformed } from './settings-reader.js';

/** What may be asked of TLS; `pg` treats the last three the same, and falls back to a plain connection for none. */
const sslModes = ['disable', 'no-verify', 'require', 'verify-ca', 'verify-full'];
const fileParameters = ['sslrootcert', 'sslcert', 'sslkey'];

/**
 * @returns the URL with the strict modes under their one name, which `pg` takes without a warning
 * @throws Malformed without any part of the URL but names of modes and files
 */
export function parseDatabaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new Malformed('must look like postgres://user:password@host:5432/database');
  }
  const { searchParams } = url;
  const mode = searchParams.get('sslmode');
  if (mode !== null && !sslModes.includes(mode)) {
    throw new Malformed(`must have one of ${sslModes.join(', ')} as its sslmode, not "${mode}"`);
  }
  for (const name of fileParameters) assertReadable(name, searchParams.get(name));
  if (!['require', 'verify-ca'].includes(mode ?? '') || searchParams.has('uselibpqcompat')) return text;
  return text.replace(/([?&]sslmode=)(require|verify-ca)(?=&|$)/, '$1verify-full');
}

function assertReadable(parameter: string, file: string | null): void {
  if (file === null) return;
  try {
    fs.accessSync(file, fs.constants.R_OK);
  } catch (error) {
    throw new Malformed(
      `names a file in ${parameter} that cannot be read, ${file} (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}
