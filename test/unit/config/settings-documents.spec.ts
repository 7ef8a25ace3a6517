import fs from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../../src/config/settings.js';
import { allSettings } from './all-settings.js';

/** The settings of `.env.example`, which stand there as comments. */
const example = [...fs.readFileSync('.env.example', 'utf8').matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(
  ([, name, value]): [name: string, value: string] => [name!, value!],
);
/** The rows of the README's table of settings: names, then their defaults. */
const rows = [...fs.readFileSync('README.md', 'utf8').matchAll(/^\| (`[A-Z_`, ]+`) \| (.*?) \| .* \|$/gm)];
const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
const documented = rows.flatMap(([, names, defaults]) =>
  quoted(names!).map((name, index): [name: string, value: string] => [name, quoted(defaults!)[index] ?? '']),
);

describe('The settings', () => {
  it('are those that the README and .env.example list', () => {
    expect(example.map(([name]) => name)).toEqual(documented.map(([name]) => name));
    expect(example.map(([name]) => name).sort()).toEqual(allSettings().sort());
  });

  it('have the defaults that .env.example gives', () => {
    const withDefault = example.filter(([, value]) => value !== '');
    expect(readSettings(Object.fromEntries(withDefault))).toEqual(readSettings({}));
  });

  it('have the same defaults in the README, where they do not depend on DATABASE_URL', () => {
    const depend = ['SESSION_SECRET', 'SECRETS_KEYS', 'REQUIRE_MFA', 'DEMO', 'WEBHOOK_ALLOW_LOCAL'];
    const fixed = (settings: typeof documented) => settings.filter(([name]) => !depend.includes(name));
    expect(fixed(example)).toEqual(fixed(documented));
  });
});
