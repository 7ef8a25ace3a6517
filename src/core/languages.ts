import { parse } from 'bcp-47';

/**
 * A BCP 47 tag in the casing of RFC 5646 (`EN-us` → `en-US`), no subtag replaced; `null` for what is not a well-formed tag.
 * The primary language has 2 or 3 letters, unless the tag is a grandfathered (`i-klingon`) or private one (`x-private`).
 */
export function toCanonicalLanguage(tag: string): string | null {
  const { language, irregular, regular, privateuse } = parse(tag, { normalize: false });
  const known = language ? /^[a-z]{2,3}$/i.test(language) : irregular || regular || privateuse.length > 0;
  return known ? toCanonicalCase(tag) : null;
}

/** RFC 5646, 2.1.1; `Intl.getCanonicalLocales` would throw on grandfathered tags and rewrite others. */
function toCanonicalCase(tag: string): string {
  const subtags = tag.toLowerCase().split('-');
  const singleton = subtags.findIndex((subtag) => subtag.length === 1);
  const plainFrom = singleton === -1 ? subtags.length : singleton;
  return subtags
    .map((subtag, place) => (place > 0 && place < plainFrom ? regionOrScriptCase(subtag) : subtag))
    .join('-');
}

function regionOrScriptCase(subtag: string): string {
  if (subtag.length === 2) return subtag.toUpperCase();
  return /^[a-z]{4}$/.test(subtag) ? subtag[0]!.toUpperCase() + subtag.slice(1) : subtag;
}
