import type { TestApp } from './app.js';

/**
 * A promise about one span of the database's clock, as its minute is: what was broken while the clock went on to the next
 * is looked at again.
 */
export async function withinOne(seconds: number, { dataSource }: TestApp, promise: () => Promise<void>): Promise<void> {
  const span = async (): Promise<number> =>
    (await dataSource.query('SELECT floor(extract(epoch FROM now()) / $1)::int AS span', [seconds]))[0].span;
  for (;;) {
    const begun = await span();
    try {
      return await promise();
    } catch (broken) {
      if ((await span()) === begun) throw broken;
    }
  }
}
