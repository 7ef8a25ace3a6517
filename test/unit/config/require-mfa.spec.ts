import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../../src/config/settings.js';

const own = {};
const given = {
  DATABASE_URL: 'postgres://staff:secret@127.0.0.1:5432/console',
  SESSION_SECRET: 's'.repeat(32),
  SECRETS_KEYS: 'k'.repeat(32),
};

describe('REQUIRE_MFA', () => {
  it.each([
    ['on with a DATABASE_URL', given, true],
    ['off without', own, false],
    ['off with a DATABASE_URL where it says so', { ...given, REQUIRE_MFA: 'off' }, false],
    ['on where it says so', { ...own, REQUIRE_MFA: 'on' }, true],
  ])('is %s', (_what, environment, expected) => {
    expect(readSettings(environment).requireMfa).toBe(expected);
  });
});
