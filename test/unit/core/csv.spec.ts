import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { csvHeader, csvLine, readCell } from '../../../src/core/csv.js';

describe('A cell of CSV', () => {
  it('is read as it was before it was written, whatever it is', () => {
    const parts = ["'", '"', '=', '-', '+', '@', ';', ',', '\t', '\r', '\n', ' ', '|', 'a', '＝', '1'];
    let seed = 1;
    const next = (max: number) => (seed = (seed * 48_271) % 2_147_483_647) % max;
    const texts = Array.from({ length: 20_000 }, () =>
      Array.from({ length: next(7) }, () => parts[next(parts.length)]).join(''),
    );
    const written = texts.map((text) => csvLine([text, 'end'])).join('');
    const rows: string[][] = parse(written, { record_delimiter: '\r\n' });
    expect(rows.map(([text]) => readCell(text!))).toEqual(texts);
  });

  it('leaves an apostrophe of a text as it is', () => {
    expect(["'quoted'", "5 o'clock", "tea;'s"].map(readCell)).toEqual(["'quoted'", "5 o'clock", "tea;'s"]);
  });

  it('comes after a header that says it is UTF-8', () => {
    expect(csvHeader(['a', 'b'])).toBe('\ufeffa,b\r\n');
  });
});
