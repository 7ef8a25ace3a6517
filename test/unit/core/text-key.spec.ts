import { describe, expect, it } from '@jest/globals';
import { hasVisibleText, toTextKey } from '../../../src/core/text-key.js';

describe('The key of a text', () => {
  const one: [what: string, ...texts: string[]][] = [
    ['capitals', 'Кофе Москва', 'КОФЕ МОСКВА', 'кофе москва'],
    ['composed and decomposed', 'Café', 'Cafe\u0301', 'CAFE\u0301'],
    ['full width and ligatures', 'Office 1', 'Ｏﬃce １'],
    ['more than one small letter', 'STRASSE', 'Straße', 'STRAẞE'],
    ['the last sigma', 'ΟΔΟΣ', 'οδος', 'οδοσ'],
    ['an iota below', 'ᾠδή', 'ὨΙΔΉ'],
    ['white space', 'a b', ' a \u00a0\u2003\t\nb ', 'a\u3000b'],
    ['what nobody sees', 'ab', 'a\u200bb', '\ufeffab\u200f', 'a\u00adb', '\u0007ab'],
    ['a joiner before an accent', 'é', 'e\u200d\u0301'],
    ['Cherokee, whose small letters came later', 'Ꮳ', 'ꮳ'],
  ];
  it.each(one)('ignores %s', (_what, ...texts) => {
    expect(new Set(texts.map(toTextKey)).size).toBe(1);
  });

  it.each([
    ['cafe', 'café'],
    ['и', 'й'],
    ['i', 'ı'],
    ['ab', 'a b'],
    ['e', 'е'],
  ])('tells %s from %s', (text, other) => {
    expect(toTextKey(text)).not.toBe(toTextKey(other));
  });

  it('is its own key, for every character and beside others', () => {
    const changed: string[] = [];
    for (let code = 1; code < 0x110000; code += 1) {
      // Surrogates, private use and what Unicode has not assigned.
      if (/[\p{Cs}\p{Co}\p{Cn}]/u.test(String.fromCodePoint(code))) continue;
      for (const text of [String.fromCodePoint(code), `a${String.fromCodePoint(code)}\u0301\u0345b`]) {
        const key = toTextKey(text);
        if (toTextKey(key) !== key) changed.push(`U+${code.toString(16)}`);
      }
    }
    expect(changed).toEqual([]);
  });

  it('knows what has nothing to see', () => {
    for (const text of ['', ' ', '\u200b', '\u2800\u3164', '\u202e\u2069', '\u00a0\ufe0f'])
      expect(hasVisibleText(text)).toBe(false);
    for (const text of ['.', '東', '\u200ba', '🙂']) expect(hasVisibleText(text)).toBe(true);
  });
});
