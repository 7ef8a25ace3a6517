import { toCanonicalLanguage } from '../core/languages.js';
import { isCountry } from '../core/countries.js';
import { findTextError } from '../core/validation.js';
import { toTextKey } from '../core/text-key.js';

export const MAX_FOLLOWERS = 9_000_000_000;
export const MAX_VERTICALS = 20;
export const MAX_COUNTRIES = 50;
const MAX_VERTICAL_LENGTH = 100;
const MAX_LANGUAGE_LENGTH = 100;

const HANDLE = /^@?[A-Za-z0-9._]{1,50}$/;

/** Each `find…Error` here returns what is wrong with a value, without the field's name, or `null`. */
export function findHandleError(handle: unknown): string | null {
  const isValid = typeof handle === 'string' && HANDLE.test(handle.trim());
  return isValid ? null : 'must be a TikTok handle: 1 to 50 letters, digits, dots and underscores, with or without @';
}

/** A handle as it is unique. */
export function toHandleKey(handle: string): string {
  return toTextKey(toStored.handle(handle));
}

export function findVerticalError(vertical: unknown): string | null {
  const error =
    findTextError(vertical, 1, MAX_VERTICAL_LENGTH) ??
    ((vertical as string).includes('|') ? 'must not contain |, which separates several values' : null);
  // Its key may be longer than what was sent.
  return error ?? findTextError(toTextKey(vertical as string), 1, MAX_VERTICAL_LENGTH);
}

export function findLanguageError(language: unknown): string | null {
  const isValid =
    typeof language === 'string' && language.length <= MAX_LANGUAGE_LENGTH && toCanonicalLanguage(language.trim());
  return isValid ? null : 'must be a BCP 47 language tag, for example en or pt-BR';
}

export function findCountryError(country: unknown): string | null {
  return isCountry(country) ? null : 'must be an ISO 3166 country code in upper case, for example US';
}

/** An account's fields as they are stored and compared with what partners ask for. */
export const toStored = {
  // Without the `@` that pages show: an exported pool can be imported again, and a spreadsheet does not take a handle for a formula.
  handle: (handle: string) => handle.trim().replace(/^@/, ''),
  verticals: (verticals: string[]) => [...new Set(verticals.map(toTextKey))],
  language: (language: string) => toCanonicalLanguage(language.trim())!,
  countries: (countries: string[]) => [...new Set(countries)],
};
