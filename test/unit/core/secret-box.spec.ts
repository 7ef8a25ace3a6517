import { describe, expect, it } from '@jest/globals';
import { SecretBox } from '../../../src/core/secret-box.js';

const older = 'an older key that is long enough, really';
const newer = 'a newer key that is long enough, really';
const boxWith = (...secretsKeys: string[]) => new SecretBox({ secretsKeys });

describe('A sealed secret', () => {
  it('opens under its own key and purpose', () => {
    const box = boxWith(older);
    const sealed = box.seal('JBSWY3DPEHPK3PXP ü', 'of Ana');
    expect(box.open(sealed, 'of Ana')).toBe('JBSWY3DPEHPK3PXP ü');
    expect(sealed.toString('latin1')).not.toContain('JBSWY');
    expect(() => box.open(sealed, 'of Ben')).toThrow('SECRETS_KEYS');
    expect(() => boxWith(newer).open(sealed, 'of Ana')).toThrow('SECRETS_KEYS');
  });

  it('opens with any of the keys and is sealed with the first', () => {
    const before = boxWith(older).seal('before', 'x');
    const rotated = boxWith(newer, older);
    expect(rotated.open(before, 'x')).toBe('before');
    const after = rotated.seal('after', 'x');
    expect(boxWith(newer).open(after, 'x')).toBe('after');
    expect(() => boxWith(older).open(after, 'x')).toThrow('SECRETS_KEYS');
  });

  it('never looks the same twice, and opens no more when a bit of it changes', () => {
    const box = boxWith(older);
    const sealed = box.seal('secret', 'x');
    expect(box.seal('secret', 'x').equals(sealed)).toBe(false);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(() => box.open(changed, 'x')).toThrow('SECRETS_KEYS');
    }
    for (const short of [0, 1, 20, 28]) expect(() => box.open(sealed.subarray(0, short), 'x')).toThrow('SECRETS_KEYS');
  });

  it('is encrypted again under the first key, once', () => {
    const sealed = boxWith(older).seal('secret', 'x');
    const again = boxWith(newer, older).reseal(sealed, 'x')!;
    expect(boxWith(newer).open(again, 'x')).toBe('secret');
    expect(boxWith(newer, older).reseal(again, 'x')).toBeNull();
    expect(() => boxWith(newer).reseal(sealed, 'x')).toThrow('SECRETS_KEYS');
    expect(() => boxWith(newer, older).reseal(sealed, 'y')).toThrow('SECRETS_KEYS');
  });

  it('is not made without a key', () => {
    expect(() => boxWith().seal('secret', 'x')).toThrow('SECRETS_KEYS');
  });
});
