import { toCanonicalLanguage } from '../core/languages.js';
import { isCountry } from '../core/countries.js';
import { findTextError } from '../core/validation.js';
import { normalizeVertical } from './matching.js';

/** The largest number of followers that an account may have. */
export const MAX_FOLLOWERS = 9_000_000_000;
export const MAX_VERTICALS = 20;
export const MAX_COUNTRIES = 50;
const MAX_VERTICAL_LENGTH = 100;
const MAX_LANGUAGE_LENGTH = 100;

const HANDLE = /^@?[A-Za-z0-9._]{1,50}$/;

/** What is wrong with a TikTok handle, or `null`. */
export function findHandleError(handle: unknown): string | null {
  const fits = typeof handle === 'string' && HANDLE.test(handle.trim());
  return fits ? null : 'must be a TikTok handle: 1 to 50 letters, digits, dots and underscores, with or without @';
}

/** By what a handle is unique: without `@` and case. */
export function toHandleKey(handle: string): string {
  return toStored.handle(handle).toLowerCase();
}

export function findVerticalError(vertical: unknown): string | null {
  const fault = findTextError(vertical, 1, MAX_VERTICAL_LENGTH);
  // Lower case may be longer than what was sent.
  return fault ?? findTextError(normalizeVertical(vertical as string), 1, MAX_VERTICAL_LENGTH);
}

export function findLanguageError(language: unknown): string | null {
  const fits =
    typeof language === 'string' && language.length <= MAX_LANGUAGE_LENGTH && toCanonicalLanguage(language.trim());
  return fits ? null : 'must be a BCP 47 language tag, for example en or pt-BR';
}

export function findCountryError(country: unknown): string | null {
  return isCountry(country) ? null : 'must be an ISO 3166 country code in upper case, for example US';
}

/** How an account's fields are stored, so that they compare with what partners ask for. */
export const toStored = {
  // Without `@`, which pages put before it: so an exported pool can be imported again, and no spreadsheet runs a handle.
  handle: (handle: string) => handle.trim().replace(/^@/, ''),
  verticals: (verticals: string[]) => [...new Set(verticals.map(normalizeVertical))],
  language: (language: string) => toCanonicalLanguage(language.trim())!,
  countries: (countries: string[]) => [...new Set(countries)],
};
