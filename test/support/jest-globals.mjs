// What spec files get for `@jest/globals`, which only Jest's own loader can give.
import { jestExpect } from '@jest/expect';

export const expect = jestExpect;
// Of the file that runs now: importers see the new values.
export let afterAll, afterEach, beforeAll, beforeEach, describe, it, jest, test;

export function setJestGlobals(globals) {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, it, jest, test } = globals);
}
