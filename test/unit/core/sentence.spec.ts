import { describe, expect, it } from '@jest/globals';
import { isolated, sentence } from '../../../src/core/sentence.js';
import { findTextError } from '../../../src/core/validation.js';

describe('A text of others in a sentence of ours', () => {
  it('stays as it is where it runs as ours does', () => {
    expect(sentence`${'Acme 5 & Söhne'} is suspended: ${3} requests, ${null}.`).toBe(
      'Acme 5 & Söhne is suspended: 3 requests, .',
    );
  });

  it.each([
    ['Hebrew', 'קפה'],
    ['Arabic', 'قهوة'],
    ['a mark', 'a\u200fb'],
  ])('is isolated where it holds %s', (_, name) => {
    expect(sentence`${name} (3) goes on.`).toBe(`\u2068${name}\u2069 (3) goes on.`);
  });

  it('ends no isolate of ours, and turns nothing after it', () => {
    expect(isolated('a\u2069\u202eb\u2067')).toBe('\u2068ab\u2069');
  });
});

describe('A text field', () => {
  it.each([
    ['\u200b\u2060', 'must have at least one visible character'],
    ['\u2800', 'must have at least one visible character'],
    [' ', 'must not be empty'],
    ['\u200bx', null],
  ])('with %j: %j', (text, error) => {
    expect(findTextError(text, 1, 10)).toBe(error);
  });

  it('may be empty where nothing is asked for', () => {
    expect(findTextError('\u200b', 0, 10)).toBeNull();
  });
});
