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

/** The name of a language where `toLanguageTag` finds the way back, else its tag. */
export function toLanguageOption(tag: string): string {
  const name = formatLanguage(tag);
  return toLanguageTag(name) === tag ? name : tag;
}

const NAME_WITH_COUNTRY = /^(.+) \((.+)\)$/;
let tagsByName: Map<string, string> | null = null;
let codesByName: Map<string, string> | null = null;

/** The tag of a language's English name: `Italian` → `it`, `English (United Kingdom)` → `en-GB`; any other text as it is. */
export function toLanguageTag(text: string): string {
  tagsByName ??= new Map(
    listPairs()
      .filter(isCurrent)
      .map((tag) => [formatLanguage(tag).toLowerCase(), tag]),
  );
  const name = text.trim().toLowerCase();
  const [, language = name, country] = NAME_WITH_COUNTRY.exec(name) ?? [];
  const tag = tagsByName.get(language);
  if (!tag) return text;
  if (!country) return tag;
  const code = findCountryCode(country);
  return code ? `${tag}-${code}` : text;
}

/** The code of a country's English name: `Germany` → `DE`; any other text as it is. */
export function toCountryCode(text: string): string {
  return findCountryCode(text.trim().toLowerCase()) ?? text;
}

function findCountryCode(name: string): string | undefined {
  codesByName ??= new Map(
    listPairs()
      .map((pair) => pair.toUpperCase())
      .filter((code) => isCurrent(`und-${code}`))
      .map((code) => [formatCountry(code).toLowerCase(), code]),
  );
  return codesByName.get(name);
}

/** `aa` to `zz`. */
function listPairs(): string[] {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  return letters.flatMap((first) => letters.map((second) => first + second));
}

/** Hebrew is `he`, the United Kingdom `GB`: their former codes `iw` and `UK` have the same names. */
function isCurrent(tag: string): boolean {
  return Intl.getCanonicalLocales(tag)[0] === tag;
}
