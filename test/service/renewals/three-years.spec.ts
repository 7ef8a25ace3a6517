import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectTheStoryToBeTrue } from './scenario-checks.js';
import { Story } from './scenario.js';

/** Its long form, of a thousand leases, is `three-years.prove.ts`. */
describe('a year and a half of a few dozen leases', () => {
  let story: Story;
  beforeAll(async () => {
    story = await Story.begin({
      ...{
        partners: 4,
        leasesEach: 8,
        walletCents: 400_000,
        days: 500,
        topUpMonths: 4,
        eventsARun: 1,
        killedOn: [200],
        outageFrom: 300,
      },
    });
  });
  afterAll(() => story?.service.close());

  it('leaves books and leases that agree with the calendar, whatever happened and whoever was killed', async () => {
    await story.tell();
    await expectTheStoryToBeTrue(story);
    for (const [deed, times] of Object.entries(story.done)) expect([deed, times]).not.toEqual([deed, 0]);
    expect(
      await story.number("SELECT count(*) AS n FROM lease WHERE end_reason = 'billing_exhausted'"),
    ).toBeGreaterThan(0);
  }, 300_000);
});
