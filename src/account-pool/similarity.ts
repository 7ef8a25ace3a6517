/** The share of trigrams in common from which two verticals may be the same: one letter that is missing or wrong leaves more. */
const MIN_SIMILARITY = 0.4;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** A text with its similarity to another, 0 to 1 in steps of a hundredth. */
export interface SimilarText {
  text: string;
  similarity: number;
}

interface Words {
  text: string;
  /** The trigrams of each word, as pg_trgm has them: of `  word `. */
  words: Set<string>[];
}

/** Finds texts of similar spelling by trigrams. `pg_trgm` does the same, but only for letters of the database's locale. */
export class SimilarTexts {
  private readonly texts: Words[];

  /** @param texts keys of texts, as `toTextKey` makes them */
  constructor(texts: string[]) {
    this.texts = texts.map(toWords);
  }

  /** The texts that are similar, the closest first; also where one is a phrase that holds the other: `coffee brewing`, `coffee`. */
  findClose(text: string): SimilarText[] {
    const wanted = toWords(text);
    return this.texts
      .map((known) => ({ text: known.text, similarity: getSimilarity(wanted, known) }))
      .filter(({ similarity }) => similarity >= MIN_SIMILARITY)
      .sort((one, other) => other.similarity - one.similarity || (one.text < other.text ? -1 : 1))
      .map(({ text: close, similarity }) => ({ text: close, similarity: Math.round(100 * similarity) / 100 }));
  }
}

function toWords(text: string): Words {
  return { text, words: (text.match(WORD) ?? []).map(toTrigrams) };
}

function toTrigrams(word: string): Set<string> {
  const letters = [' ', ' ', ...word, ' '];
  return new Set(letters.slice(2).map((_, place) => letters.slice(place, place + 3).join('')));
}

function getSimilarity(one: Words, other: Words): number {
  if (!one.words.some((word) => other.words.some((otherWord) => haveCommon(word, otherWord)))) return 0;
  return Math.max(getBestExtent(one, other), getBestExtent(other, one));
}

/** The similarity of a text with those words of another that follow each other and are most like it. */
function getBestExtent({ words }: Words, { words: others }: Words): number {
  const wanted = new Set(words.flatMap((trigrams) => [...trigrams]));
  let best = 0;
  for (const first of others.keys()) {
    const extent = new Set<string>();
    let common = 0;
    for (const trigrams of others.slice(first)) {
      for (const trigram of trigrams) {
        if (wanted.has(trigram) && !extent.has(trigram)) common += 1;
        extent.add(trigram);
      }
      best = Math.max(best, common / (wanted.size + extent.size - common));
      // Any longer one has too much that is not wanted.
      if (wanted.size < MIN_SIMILARITY * extent.size) break;
    }
  }
  return best;
}

function haveCommon(one: Set<string>, other: Set<string>): boolean {
  return [...one].some((trigram) => other.has(trigram));
}
