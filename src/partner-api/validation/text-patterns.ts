import { VISIBLE_PATTERN } from '../../core/text-key.js';

/** Patterns of the API reference for texts that can be stored and have something to see. */

const STORABLE = '[^\\u0000\\uD800-\\uDFFF]';
const STORABLE_INK = '[^\\s\\u0000\\uD800-\\uDFFF]';
const HAS_VISIBLE = `(?=[\\s\\S]*${VISIBLE_PATTERN})`;

/** What is taken besides a text with something to see. */
const alternatives = { nothing: null, empty: '', blank: '\\s*' };

/** A text whose length is stated beside the pattern. */
export function toTextPattern(alternative: keyof typeof alternatives): string {
  const text = `${HAS_VISIBLE}${STORABLE}*`;
  const other = alternatives[alternative];
  return other === null ? `^${text}$` : `^(?:${other}|${text})$`;
}

/** A text of at most `max` code points, 2 or more, without the white space around it. */
export function toTrimmedTextPattern(max: number): string {
  return `^${HAS_VISIBLE}\\s*${STORABLE_INK}(?:${STORABLE}{0,${max - 2}}${STORABLE_INK})?\\s*$`;
}
