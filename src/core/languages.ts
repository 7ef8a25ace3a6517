import { parse } from 'bcp-47';

const irregularTags = [
  ...['en-gb-oed', 'i-ami', 'i-bnn', 'i-default', 'i-enochian', 'i-hak', 'i-klingon', 'i-lux', 'i-mingo', 'i-navajo'],
  ...['i-pwn', 'i-tao', 'i-tay', 'i-tsu', 'sgn-be-fr', 'sgn-be-nl', 'sgn-ch-de'],
];

/** The tags that {@link toCanonicalLanguage} takes, for the API reference: RFC 5646, 2.1. */
export const LANGUAGE_PATTERN = toLanguagePattern();

function toLanguagePattern(): string {
  const [letter, sign] = ['[A-Za-z]', '[0-9A-Za-z]'];
  const privateUse = `[Xx](?:-${sign}{1,8})+`;
  const language = `${letter}{2,3}(?:-${letter}{3}){0,3}`;
  const script = `(?:-${letter}{4})?`;
  const region = `(?:-(?:${letter}{2}|[0-9]{3}))?`;
  const variants = `(?:-(?:${sign}{5,8}|[0-9]${sign}{3}))*`;
  const extensions = `(?:-[0-9A-WY-Za-wy-z](?:-${sign}{2,8})+)*`;
  // A pattern has no flag for upper and lower case.
  const irregular = irregularTags.join('|').replace(/[a-z]/g, (one) => `[${one.toUpperCase()}${one}]`);
  return `^(?:${language}${script}${region}${variants}${extensions}(?:-${privateUse})?|${privateUse}|${irregular})$`;
}

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
