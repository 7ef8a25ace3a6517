type CodePoints = readonly (readonly [first: number, last: number])[];

/** Embeddings, overrides and isolates: an end without its beginning would end ours. */
export const directionControls: CodePoints = [
  [0x202a, 0x202e],
  [0x2066, 0x2069],
];
/** Letters that run from right to left, and characters that set a direction. */
export const turningCharacters: CodePoints = [
  [0x0590, 0x08ff],
  [0x200e, 0x200f],
  ...directionControls,
  [0xfb1d, 0xfdff],
  [0xfe70, 0xfefe],
  [0x10800, 0x10fff],
  [0x1e800, 0x1efff],
];
export const FIRST_STRONG_ISOLATE = '\u2068';
export const POP_DIRECTIONAL_ISOLATE = '\u2069';

const TURNING = new RegExp(`[${toClass(turningCharacters)}]`, 'u');
const DIRECTIONS = new RegExp(`[${toClass(directionControls)}]`, 'gu');

function toClass(ranges: CodePoints): string {
  return ranges.map((range) => range.map((point) => `\\u{${point.toString(16)}}`).join('-')).join('');
}

/** A text of others as a part of plain text of ours, whose order it leaves alone. In HTML `<bdi>` does that. */
export function isolated(text: string): string {
  return TURNING.test(text) ? FIRST_STRONG_ISOLATE + text.replace(DIRECTIONS, '') + POP_DIRECTIONAL_ISOLATE : text;
}

/** The tag of a sentence of ours with texts of others in it, each isolated; nothing stands for `null`. */
export function sentence(parts: TemplateStringsArray, ...values: (string | number | null | undefined)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => isolated(String(value ?? ''))));
}
