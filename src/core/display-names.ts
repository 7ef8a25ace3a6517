const languageNames = new Intl.DisplayNames('en', { type: 'language', languageDisplay: 'standard' });
const countryNames = new Intl.DisplayNames('en', { type: 'region' });

/** `it` → `Italian`, `en-GB` → `English (United Kingdom)`; a tag that has no name as it is. */
export function formatLanguage(tag: string): string {
  try {
    return languageNames.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** `US` → `United States`. */
export function formatCountry(code: string): string {
  try {
    return countryNames.of(code) ?? code;
  } catch {
    return code;
  }
}
