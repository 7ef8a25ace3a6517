import { Unauthenticated } from '../core/errors.js';
import { parseApiKey, type ApiKeyParts } from './api-key-format.js';

const MALFORMED_KEY =
  'The API key is malformed: it must be lp_live_ or lp_test_, 16 characters, an underscore and 43 characters.';

/** Reads the raw headers: of two Authorization headers Node silently keeps the first. @returns what is wrong, where something is */
export function readApiKey(rawHeaders: string[]): ApiKeyParts | Unauthenticated {
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && /^authorization$/i.test(rawHeaders[index - 1]!));
  if (values.length === 0) return new Unauthenticated('The API key is missing: send Authorization: Bearer lp_….');
  if (values.length > 1) return new Unauthenticated('There are several Authorization headers; send one.');
  const token = /^Bearer +(\S+)$/i.exec(values[0]!)?.[1];
  if (!token) {
    return new Unauthenticated('The Authorization header is malformed: it must be Bearer, a space and the API key.');
  }
  return parseApiKey(token) ?? new Unauthenticated(MALFORMED_KEY);
}
