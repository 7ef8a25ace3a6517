import { describe, expect, it } from '@jest/globals';
import { getTypedNameError } from '../../../src/panel/lib/typed-name.js';

describe('A name typed to confirm', () => {
  it.each([
    ['Acme  Coffee', 'Acme Coffee'],
    ['Café Nord', 'Cafe\u0301 nord '],
    ['Кофе\u00a0Москва', 'кофе москва'],
    ['Sealed\u200b', 'sealed'],
  ])('is the name %j as %j', (name, typed) => {
    expect(getTypedNameError('its name', name, typed)).toBeNull();
  });

  it('is refused where it is another name, or none', () => {
    expect(getTypedNameError('its name', 'Acme', 'Acne')).toBe('This is not its name');
    expect(getTypedNameError('its name', 'Acme', ' ')).toBe('Type its name first');
    expect(getTypedNameError('its name', 'Acme', '\u200b')).toBe('This is not its name');
  });
});
