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

const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const pairs = letters.flatMap((first) => letters.map((second) => first + second));
let tagsByName: Map<string, string> | null = null;
let codesByName: Map<string, string> | null = null;

/** The tag of a language's English name: `Italian` → `it`; any other text as it is. */
export function toLanguageTag(text: string): string {
  tagsByName ??= new Map(pairs.map((tag) => [formatLanguage(tag).toLowerCase(), tag]));
  return tagsByName.get(text.trim().toLowerCase()) ?? text;
}

/** The code of a country's English name: `Germany` → `DE`; any other text as it is. */
export function toCountryCode(text: string): string {
  codesByName ??= new Map(pairs.map((pair) => [formatCountry(pair.toUpperCase()).toLowerCase(), pair.toUpperCase()]));
  return codesByName.get(text.trim().toLowerCase()) ?? text;
}
