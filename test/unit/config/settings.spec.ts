import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { readSettings, SettingsError } from '../../../src/config/settings.js';
import { allSettings } from './all-settings.js';

const trustProxyOf = (value: string) => readSettings({ TRUST_PROXY: value }).trustProxy;

describe('TRUST_PROXY', () => {
  it.each([
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

describe('A start', () => {
  const DATABASE_URL = 'postgres://nobody:secret@127.0.0.1:9/nowhere';
  const [SESSION_SECRET, SECRETS_KEYS] = ['s'.repeat(32), 'k'.repeat(32)];

  it.each([
    ['a PORT that is no number', { PORT: 'abc' }, /^PORT must be a whole number/],
    ['a PORT out of range', { PORT: '70000' }, /^PORT must be a whole number/],
    [
      'a malformed DATABASE_URL',
      { DATABASE_URL: 'nonsense', SESSION_SECRET, SECRETS_KEYS },
      /^DATABASE_URL must look like/,
    ],
    ['a DATABASE_URL that was not filled in', { DATABASE_URL: '' }, /^DATABASE_URL is set but empty/],
    ['a malformed price', { LEASE_PRICE_CENTS: 'x' }, /^LEASE_PRICE_CENTS must be/],
    ['no SESSION_SECRET beside DATABASE_URL', { DATABASE_URL, SECRETS_KEYS }, /^SESSION_SECRET is required/],
    ['no SECRETS_KEYS beside DATABASE_URL', { DATABASE_URL, SESSION_SECRET }, /^SECRETS_KEYS is required/],
    ['a SESSION_SECRET too short to be one', { SESSION_SECRET: 'short' }, /^SESSION_SECRET must be one or more/],
    ['a switch that is neither on nor off', { REQUIRE_MFA: 'yes' }, /^REQUIRE_MFA must be one of on, off/],
  ])('is stopped with one clear line by %s', (_what, environment, line) => {
    const read = () => readSettings(environment);
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(line);
    expect(read).not.toThrow(/\n/);
  });
});

describe('A retention', () => {
  it.each([
    ['CALL_RETENTION_DAYS', '6', 'must be a whole number from 7 to 3650, not "6"'],
    ['DELIVERY_RETENTION_DAYS', '29', 'must be a whole number from 30 to 3650, not "29"'],
    ['EVENT_RETENTION_DAYS', '29', 'must be a whole number from 30 to 3650, not "29"'],
    ['IDEMPOTENCY_RETENTION_HOURS', '23', 'must be a whole number from 24 to 8760, not "23"'],
    ['DELIVERY_RETENTION_DAYS', '31', 'must be at most EVENT_RETENTION_DAYS: a delivery goes with its event'],
  ])('%s=%s, below what partners are promised, stops the start with one line', (name, value, error) => {
    const read = () => readSettings({ [name]: value });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(new SettingsError(`${name} ${error}.`));
  });

  it('may be longer', () => {
    const env = { DELIVERY_RETENTION_DAYS: '90', EVENT_RETENTION_DAYS: '365', CALL_RETENTION_DAYS: '30' };
    expect(readSettings(env)).toMatchObject({
      deliveryRetentionDays: 90,
      eventRetentionDays: 365,
      callRetentionDays: 30,
    });
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

describe('METRICS_PORT', () => {
  it('is nowhere unless it is set', () => {
    expect(readSettings({}).metricsPort).toBeNull();
    expect(readSettings({ METRICS_PORT: '9464' }).metricsPort).toBe(9464);
  });

  it.each(['0', '65536', '-1', '80.5', 'on'])('refuses %j', (value) =>
    expect(() => readSettings({ METRICS_PORT: value })).toThrow(/^METRICS_PORT must be a whole number from 1 to 65535/),
  );

  it('refuses the port of the API', () => {
    expect(() => readSettings({ METRICS_PORT: '3000' })).toThrow(/^METRICS_PORT must be another port than PORT\.$/);
    expect(readSettings({ METRICS_PORT: '3000', PORT: '3001' }).metricsPort).toBe(3000);
  });
});

describe('STAFF_ALERT_URL', () => {
  it('may be any address, as the operator says', () => {
    expect(readSettings({}).staffAlertUrl).toBeNull();
    for (const url of ['https://hooks.example/T0/B0/token', 'http://10.0.0.5:9093/alerts', 'http://localhost/x']) {
      expect(readSettings({ STAFF_ALERT_URL: url }).staffAlertUrl).toBe(url);
    }
  });

  it.each([
    'hooks.example/planted',
    'ftp://planted',
    'https://user:planted@hooks.example',
    'https://planted@hooks.example',
  ])('refuses %j without showing it', (value) => {
    const message = messageOf(() => readSettings({ STAFF_ALERT_URL: value }));
    expect(message).toMatch(/^STAFF_ALERT_URL must (be an http or https URL|not hold a user or a password)\.$/);
  });
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
  });

  it.each([`${first},`, `,${first}`, `${first},,${second}`, `${first}, `, ',', `${first},short`])(
    'refuses a key that is empty or short: %j',
    (value) => {
      expect(() => readSettings({ SECRETS_KEYS: value })).toThrow(/^SECRETS_KEYS must be one or more of at least 32/);
    },
  );
});

describe('A secret', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'settings-'));
  const file = path.join(folder, 'secret');
  const [first, second] = ['a'.repeat(32), 'b'.repeat(32)];
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  const within = (text: string) => {
    fs.writeFileSync(file, text);
    return file;
  };

  it('may be in a file, with or without a line end', () => {
    expect(readSettings({ SECRETS_KEYS_FILE: within(`${first},${second}\n`) }).secretsKeys).toEqual([first, second]);
    expect(readSettings({ SESSION_SECRET_FILE: within(first) }).sessionSecrets).toEqual([first]);
    const url = 'postgres://u:p@db/x';
    const settings = readSettings({ DATABASE_URL_FILE: within(`${url}\r\n`) }, 'optional');
    expect(settings).toMatchObject({ databaseUrl: url, demo: false, requireMfa: true });
    expect(() => readSettings({ DATABASE_URL_FILE: file })).toThrow(
      /SESSION_SECRET is required .*SECRETS_KEYS is required/,
    );
    const both = { SESSION_SECRET: first, SECRETS_KEYS_FILE: within(second) };
    expect(() => readSettings({ DATABASE_URL: url, ...both })).not.toThrow();
  });

  it('is refused where its file is missing, empty or beside the setting itself, and is never shown', () => {
    const refusal = (environment: NodeJS.ProcessEnv) => messageOf(() => readSettings(environment));
    expect(refusal({ SECRETS_KEYS_FILE: '/nowhere' })).toBe(
      'SECRETS_KEYS_FILE names a file that cannot be read, /nowhere (ENOENT).',
    );
    expect(refusal({ SECRETS_KEYS_FILE: folder })).toContain('EISDIR');
    expect(refusal({ SECRETS_KEYS_FILE: within(' \n') })).toContain('names an empty file');
    expect(refusal({ SESSION_SECRET: first, SESSION_SECRET_FILE: within(second) })).toBe(
      'Set SESSION_SECRET or SESSION_SECRET_FILE, not both.',
    );
    expect(refusal({ SESSION_SECRET_FILE: within('planted') })).toMatch(/^SESSION_SECRET_FILE must be [^\n]+$/);
    expect(refusal({ SESSION_SECRET_FILE: within('planted') })).not.toContain('planted');
  });
});

describe('DATABASE_URL', () => {
  const readUrl = (query: string) =>
    readSettings({ DATABASE_URL: `postgres://u:planted@db/x${query}` }, 'optional').databaseUrl;

  it('keeps its sslmode, but for the strict ones, which are one', () => {
    for (const query of ['', '?sslmode=disable', '?sslmode=no-verify', '?sslmode=verify-full&application_name=a']) {
      expect(readUrl(query)).toBe(`postgres://u:planted@db/x${query}`);
    }
    expect(readUrl('?a=b&sslmode=require&c=d')).toBe('postgres://u:planted@db/x?a=b&sslmode=verify-full&c=d');
    expect(readUrl('?sslmode=verify-ca')).toBe('postgres://u:planted@db/x?sslmode=verify-full');
    expect(readUrl('?sslmode=require&uselibpqcompat=true')).toContain('sslmode=require');
  });

  it.each(['prefer', 'allow', 'requre', ''])('is refused with sslmode=%s', (mode) => {
    const message = messageOf(() => readUrl(`?sslmode=${mode}`));
    expect(message).toMatch(/^DATABASE_URL must have one of disable, no-verify, require, verify-ca, verify-full as/);
    expect(message).not.toContain('planted');
  });

  it('is refused where a file that it names cannot be read', () => {
    for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
      expect(() => readUrl(`?sslmode=verify-full&${name}=/nowhere.pem`)).toThrow(
        `names a file in ${name} that cannot be read, /nowhere.pem (ENOENT)`,
      );
    }
  });
});

describe('Every setting', () => {
  it('is malformed when it is set but empty, which a deployment did not fill in, and that alone is told', () => {
    for (const name of allSettings()) {
      const message = `${name} is set but empty: give it a value or do not set it.`;
      for (const value of ['', '  ']) {
        expect(() => readSettings({ [name]: value })).toThrow(SettingsError);
        expect(messageOf(() => readSettings({ [name]: value }))).toBe(message);
        expect(messageOf(() => readSettings({ [name]: value }, 'optional'))).toBe(message);
      }
    }
    const secret = { SECRETS_KEYS: 'a'.repeat(32), SECRETS_KEYS_FILE: '' };
    expect(messageOf(() => readSettings(secret))).toMatch(/^SECRETS_KEYS_FILE is set but empty: [^.]+\.$/);
  });

  it.each(['LOG_LEVEL', 'NODE_ENV', 'WORKERS', 'DEMO', 'REQUIRE_MFA', 'PREPARED_STATEMENTS'])(
    '%s takes nothing but the values of its list',
    (name) => expect(() => readSettings({ [name]: 'banana' })).toThrow(`${name} must be one of `),
  );

  it('is named at once with all others that are wrong, in one line without a secret', () => {
    const environment = {
      PORT: '0',
      DATABASE_URL: 'mysql://staff:planted-secret@db',
      SECRETS_KEYS: 'planted-secret',
      WORKERS: 'yes',
      HOLIDAYS: '2026-02-30',
      LOG_LEVEL: '',
    };
    const message = messageOf(() => readSettings(environment));
    expect(message.match(/\b(PORT|DATABASE_URL|SECRETS_KEYS|WORKERS|HOLIDAYS|LOG_LEVEL) (must|is set)/g)).toHaveLength(
      6,
    );
    expect(message).toContain('SESSION_SECRET is required');
    expect(message).not.toContain('SECRETS_KEYS is required');
    expect(message).not.toMatch(/planted-secret|\n/);
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It was to fail.');
}
