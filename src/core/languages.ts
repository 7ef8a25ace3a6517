import { parse } from 'bcp-47';

/**
 * A BCP 47 tag in the casing of RFC 5646 (`EN-us` → `en-US`), no subtag replaced; `null` for what is not a well-formed tag.
 * The primary language has 2 or 3 letters, unless the tag is a grandfathered (`i-klingon`) or private one (`x-private`).
 */
export function toCanonicalLanguage(tag: string): string | null {
  const { language, irregular, regular, privateuse } = parse(tag, { normalize: false });
  const isWellFormed = language ? /^[a-z]{2,3}$/i.test(language) : irregular || regular || privateuse.length > 0;
  return isWellFormed ? toCanonicalCase(tag) : null;
}

/** RFC 5646, 2.1.1; `Intl.getCanonicalLocales` would throw on grandfathered tags and rewrite others. */
function toCanonicalCase(tag: string): string {
  const subtags = tag.toLowerCase().split('-');
  const singleton = subtags.findIndex((subtag) => subtag.length === 1);
  const caseEnd = singleton === -1 ? subtags.length : singleton;
  return subtags
    .map((subtag, index) => (index > 0 && index < caseEnd ? toRegionOrScriptCase(subtag) : subtag))
    .join('-');
}

function toRegionOrScriptCase(subtag: string): string {
  if (subtag.length === 2) return subtag.toUpperCase();
  return /^[a-z]{4}$/.test(subtag) ? subtag[0]!.toUpperCase() + subtag.slice(1) : subtag;
}
