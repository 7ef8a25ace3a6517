/** Letters that run from right to left, and characters that set a direction. */
const TURNING = /[\p{Bidi_Control}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Embeddings, overrides and isolates: an end without its beginning would end ours. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';

/** A text of others as a part of plain text of ours, whose order it leaves alone. In HTML `<bdi>` does that. */
export function isolated(text: string): string {
  return TURNING.test(text) ? FIRST_STRONG_ISOLATE + text.replace(DIRECTIONS, '') + POP_DIRECTIONAL_ISOLATE : text;
}

/** The tag of a sentence of ours with texts of others in it, each isolated; nothing stands for `null`. */
export function sentence(parts: TemplateStringsArray, ...values: (string | number | null | undefined)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => isolated(String(value ?? ''))));
}
