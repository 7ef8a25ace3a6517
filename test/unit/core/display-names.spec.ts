import { describe, expect, it } from '@jest/globals';
import { toCountryCode, toLanguageOption, toLanguageTag } from '../../../src/core/display-names.js';

describe('A language or country as a person types it', () => {
  it.each([
    ['Italian', 'it'],
    [' italian ', 'it'],
    ['it', 'it'],
    ['en-GB', 'en-GB'],
    ['Elvish', 'Elvish'],
    ['English (United Kingdom)', 'en-GB'],
    ['Indonesian', 'id'],
    ['Hebrew', 'he'],
    ['Yiddish', 'yi'],
  ])('%s is the language %s', (typed, tag) => expect(toLanguageTag(typed)).toBe(tag));

  it.each([
    ['Germany', 'DE'],
    ['united states', 'US'],
    ['de', 'de'],
    ['Atlantis', 'Atlantis'],
  ])('%s is the country %s', (typed, code) => expect(toCountryCode(typed)).toBe(code));

  it.each([
    ['en-US', 'English (United States)'],
    ['it', 'Italian'],
    ['gsw', 'gsw'],
    ['zh-Hans-CN', 'zh-Hans-CN'],
  ])('is offered for %s as %s, which leads back', (tag, option) => {
    expect(toLanguageOption(tag)).toBe(option);
    expect(toLanguageTag(option)).toBe(tag);
  });
});
