import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectTheStoryToBeTrue } from './scenario-checks.js';
import { Story } from './scenario.js';

describe('three years of a thousand leases', () => {
  let story: Story;
  beforeAll(async () => {
    story = await Story.begin({
      ...{ partners: 20, leasesEach: 50, walletCents: 1_500_000, days: 3 * 365 + 1, topUpMonths: 100, eventsARun: 2 },
      ...{ killedOn: [200, 560, 900], outageFrom: 700 },
    });
  }, 600_000);
  afterAll(() => story?.service.close());

  it('leave books and leases that agree with the calendar, whatever happened and whoever was killed', async () => {
    await story.tell();
    await expectTheStoryToBeTrue(story);
    for (const [deed, times] of Object.entries(story.done)) expect([deed, times]).not.toEqual([deed, 0]);
    expect(
      await story.number("SELECT count(*) AS n FROM lease WHERE end_reason = 'billing_exhausted'"),
    ).toBeGreaterThan(0);
    expect(
      await story.number("SELECT count(*) AS n FROM ledger_transfer WHERE kind = 'lease_renewal'"),
    ).toBeGreaterThan(10_000);
  }, 1_800_000);
});
