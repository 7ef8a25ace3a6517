/** Of trigrams in common, for two words to be taken for one another: one letter that is missing or wrong leaves more. */
export const MIN_SIMILARITY = 0.4;

/** In SQL: how alike two verticals are written, 0 to 1, also where one is a phrase that holds the other: `coffee brewing`, `coffee`. */
export function similarity(one: string, other: string): string {
  return `greatest(similarity(${one}, ${other}), strict_word_similarity(${one}, ${other}), strict_word_similarity(${other}, ${one}))`;
}
