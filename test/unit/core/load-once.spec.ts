import { describe, expect, it } from '@jest/globals';
import { loadOnce } from '../../../src/core/load-once.js';

describe('What is loaded once', () => {
  it('is loaded by the first call, and shared by those that come meanwhile and later', async () => {
    let loads = 0;
    const load = loadOnce(async () => ({ number: (loads += 1) }));
    expect(loads).toBe(0);
    const [first, second] = await Promise.all([load(), load()]);
    expect(second).toBe(first);
    expect(await load()).toBe(first);
    expect(loads).toBe(1);
  });

  it('is loaded again after a failure, which all that waited get', async () => {
    let loads = 0;
    const load = loadOnce(async () => {
      loads += 1;
      if (loads === 1) throw new Error('no such file');
      return loads;
    });
    expect((await Promise.allSettled([load(), load()])).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await load()).toBe(2);
  });
});
