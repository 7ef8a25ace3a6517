import { describe, expect, it } from '@jest/globals';
import { toCountryCode, toLanguageTag } from '../../../src/core/display-names.js';

describe('A language or country as a person types it', () => {
  it.each([
    ['Italian', 'it'],
    [' italian ', 'it'],
    ['it', 'it'],
    ['en-GB', 'en-GB'],
    ['Elvish', 'Elvish'],
  ])('%s is the language %s', (typed, tag) => expect(toLanguageTag(typed)).toBe(tag));

  it.each([
    ['Germany', 'DE'],
    ['united states', 'US'],
    ['de', 'de'],
    ['Atlantis', 'Atlantis'],
  ])('%s is the country %s', (typed, code) => expect(toCountryCode(typed)).toBe(code));
});
