import { foldedLetters } from './case-folding.js';

/** Control characters, and what Unicode calls default ignorable: joiners, direction marks, variation selectors; the empty Braille cell. */
export const INVISIBLE =
  '\\u0001-\\u0008\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f' +
  '\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb';
/** The same beyond U+FFFF, first and last in hexadecimal. */
export const INVISIBLE_ASTRAL = ['1bca0-1bca3', '1d173-1d17a', 'e0000-e0fff'];
/** White space as Unicode has it. */
export const WHITE_SPACE =
  '\\u0009-\\u000d\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const astral = INVISIBLE_ASTRAL.map((range) => range.replace(/[0-9a-f]+/g, '\\u{$&}')).join('');
const invisible = new RegExp(`[${INVISIBLE}${astral}]+`, 'gu');
const whiteSpace = new RegExp(`[${WHITE_SPACE}]+`, 'gu');
const plainText = /^[ -~]*$/;
const letters = new Map(Object.values(foldedLetters).flatMap((script) => [...script]));

/**
 * A text as it is compared: two texts that a person would call the same have one key. NFKC, full case folding, single spaces,
 * no invisible characters; `text_key` is the same in PostgreSQL, whatever its locale.
 */
export function toTextKey(text: string): string {
  return withSingleSpaces(plainText.test(text) ? text.toLowerCase() : fold(text));
}

function fold(text: string): string {
  const decomposed = text.normalize('NFKD').replace(invisible, '');
  const folded = [...decomposed].map((letter) => letters.get(letter) ?? letter).join('');
  return folded
    .replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
    .replace(/[ßẞ]/g, 'ss')
    .normalize('NFKC');
}

function withSingleSpaces(text: string): string {
  return text.replace(whiteSpace, ' ').replace(/^ | $/g, '');
}

/** What a text with something to see matches, as a pattern of the API's reference. */
export const VISIBLE_PATTERN = '[^\\s\\p{Cc}\\p{Default_Ignorable_Code_Point}\\u2800\\ufff9-\\ufffb]';

/** Whether there is anything to see in a text. */
export function hasVisibleText(text: string): boolean {
  return toTextKey(text) !== '';
}
