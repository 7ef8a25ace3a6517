import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { toTextKey } from '../../../src/core/text-key.js';
import { migrate } from '../../../src/database/migrate.js';
import { createEmptyDatabase, databaseLocales, type TestDatabase } from '../../support/database.js';

const locales = Object.keys(databaseLocales) as (keyof typeof databaseLocales)[];

describe.each(locales)('The key of a text in PostgreSQL, in the locale %s', (locale) => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createEmptyDatabase(locale);
    await migrate({ databaseUrl: database.url, preparedStatements: true });
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('SET statement_timeout = 0');
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  /** Node may know characters that PostgreSQL does not yet. */
  const findDifferent = async (texts: string, values: string[] = []): Promise<string[]> => {
    const { rows } = await client.query<{ text: string; key: string }>(
      `SELECT text, text_key(text) AS key FROM (${texts}) AS made (text) WHERE unicode_assigned(text)`,
      values,
    );
    expect(rows.length).toBeGreaterThan(1_000);
    return rows.filter(({ text, key }) => toTextKey(text) !== key).map(({ text }) => JSON.stringify(text));
  };

  it('is the same as in code for every character', async () => {
    const codes = 'generate_series(1, 1114111) AS code WHERE code NOT BETWEEN 55296 AND 57343';
    // With an x between them, which needs far fewer calls than each alone.
    const together = `SELECT string_agg(chr(code), 'x' ORDER BY code) FROM ${codes} AND unicode_assigned(chr(code)) GROUP BY code / 128`;
    expect(await findDifferent(together)).toEqual([]);
    // Those of alphabets alone too, in the first locale.
    const ideographs = '(code BETWEEN 13312 AND 40959 OR code BETWEEN 44032 AND 63743 OR code > 131071)';
    if (locale === 'C') expect(await findDifferent(`SELECT chr(code) FROM ${codes} AND NOT ${ideographs}`)).toEqual([]);
  });

  it('is the same as in code where characters meet', async () => {
    // Letters, accents, joiners and spaces of all kinds in many orders, the same ones each time.
    const chosen =
      "aBß \u0130ı\u03a3ςσ\u0390\u1fa4\u0301\u0345\u200b\u200d\u00a0\u2003\t\nКйЙ\u0418\u0306Ё\uff21ﬃ①ﷺ가\u1100\u1161ꮳᏣ\u00ad\u202e\u2800e'";
    const letter = (n: string) => `substr($1, 1 + (hashint8(${n} * seed) & 65535) % char_length($1), 1)`;
    const texts = `SELECT ${['7', '13', '29', '31', '37'].map(letter).join(' || ')} FROM generate_series(1, 20000) AS seed`;
    expect(await findDifferent(texts, [chosen])).toEqual([]);
  });

  it('has the order of code points', async () => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT name FROM unnest(ARRAY['я', 'Zoe', 'élan', 'Ада', 'adam', 'ID', 'ie']) AS name ORDER BY text_key(name) COLLATE "C"`,
    );
    expect(rows.map(({ name }) => name)).toEqual(['adam', 'ID', 'ie', 'Zoe', 'élan', 'Ада', 'я']);
  });
});
