import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { readSettings, SettingsError } from '../../../src/config/settings.js';

const trustProxyOf = (value: string) => readSettings({ TRUST_PROXY: value }).trustProxy;

describe('TRUST_PROXY', () => {
  it.each([
    ['', false],
    ['off', false],
    ['on', 1],
    ['0', 0],
    ['2', 2],
    ['loopback', 'loopback'],
    ['loopback, linklocal,uniquelocal', 'loopback, linklocal,uniquelocal'],
    ['192.0.2.7', '192.0.2.7'],
    ['10.0.0.0/8, 2001:db8::/32', '10.0.0.0/8, 2001:db8::/32'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
    ['2001:db8::1/128', '2001:db8::1/128'],
  ])('takes %j, as Express does', (value, expected) => {
    expect(trustProxyOf(value)).toBe(expected);
    expect(() => express().set('trust proxy', expected)).not.toThrow();
  });

  it.each([
    'abc',
    'true',
    '-1',
    '99999',
    '1.5',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '2001:db8::/129',
    'fe80::1%eth0',
    'loopback,',
    ',',
    'loopback abc',
  ])('refuses %j with a line that names it', (value) => {
    expect(() => trustProxyOf(value)).toThrow(SettingsError);
    expect(() => trustProxyOf(value)).toThrow(/^TRUST_PROXY must be .*$/);
  });
});

describe('WORKERS', () => {
  it.each([
    [undefined, true],
    ['on', true],
    ['off', false],
  ])('%j is read as %j', (value, expected) => {
    expect(readSettings({ WORKERS: value }).workers).toBe(expected);
  });

  it('refuses anything else', () => expect(() => readSettings({ WORKERS: 'no' })).toThrow(/^WORKERS must be one of/));
});

describe('DUAL_CONTROL_CENTS', () => {
  it('is a thousand dollars unless it is set', () => {
    expect(readSettings({}).dualControlCents).toBe(100_000);
    expect(readSettings({ DUAL_CONTROL_CENTS: '0' }).dualControlCents).toBe(0);
  });

  it.each(['-1', '1.5', 'x'])('refuses %j', (value) =>
    expect(() => readSettings({ DUAL_CONTROL_CENTS: value })).toThrow(/^DUAL_CONTROL_CENTS must be a whole number/),
  );
});

describe('SECRETS_KEYS', () => {
  const [first, second] = ['a'.repeat(32), 'b'.repeat(32)];

  it('holds one key or more', () => {
    expect(readSettings({ SECRETS_KEYS: first }).secretsKeys).toEqual([first]);
    expect(readSettings({ SECRETS_KEYS: `${first}, ${second}` }).secretsKeys).toEqual([first, second]);
    expect(readSettings({ SECRETS_KEYS: '' }).secretsKeys).toBeNull();
  });

  it.each([`${first},`, `,${first}`, `${first},,${second}`, `${first}, `, ',', `${first},short`])(
    'refuses a key that is empty or short: %j',
    (value) => {
      expect(() => readSettings({ SECRETS_KEYS: value })).toThrow(
        /^SECRETS_KEYS must be one or more keys of at least 32/,
      );
    },
  );
});
