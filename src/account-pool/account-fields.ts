import { canonicalLanguage } from '../common/languages.js';
import { isCountry } from '../common/countries.js';
import { textFault } from '../common/validation.js';
import { normalVertical } from './matching.js';

/** The largest number of followers that an account may have. */
export const MAX_FOLLOWERS = 9_000_000_000;
export const MOST_VERTICALS = 20;
export const MOST_COUNTRIES = 50;
const LONGEST_VERTICAL = 100;
const LONGEST_LANGUAGE = 100;

const HANDLE = /^@?[A-Za-z0-9._]{1,50}$/;

/** What is wrong with a TikTok handle, or `null`. */
export function handleFault(handle: unknown): string | null {
  const fits = typeof handle === 'string' && HANDLE.test(handle.trim());
  return fits ? null : 'must be a TikTok handle: 1 to 50 letters, digits, dots and underscores, with or without @';
}

/** By what a handle is unique: without `@` and case. */
export function handleKey(handle: string): string {
  return stored.handle(handle).toLowerCase();
}

export function verticalFault(vertical: unknown): string | null {
  const fault = textFault(vertical, 1, LONGEST_VERTICAL);
  // Lower case may be longer than what was sent.
  return fault ?? textFault(normalVertical(vertical as string), 1, LONGEST_VERTICAL);
}

export function languageFault(language: unknown): string | null {
  const fits =
    typeof language === 'string' && language.length <= LONGEST_LANGUAGE && canonicalLanguage(language.trim());
  return fits ? null : 'must be a BCP 47 language tag, for example en or pt-BR';
}

export function countryFault(country: unknown): string | null {
  return isCountry(country) ? null : 'must be an ISO 3166 country code in upper case, for example US';
}

/** How an account's fields are stored, so that they compare with what partners ask for. */
export const stored = {
  // Without `@`, which pages put before it: so an exported pool can be imported again, and no spreadsheet runs a handle.
  handle: (handle: string) => handle.trim().replace(/^@/, ''),
  verticals: (verticals: string[]) => [...new Set(verticals.map(normalVertical))],
  language: (language: string) => canonicalLanguage(language.trim())!,
  countries: (countries: string[]) => [...new Set(countries)],
};
