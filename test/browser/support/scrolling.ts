import type { Locator } from 'playwright-core';

/** Whether all of it is in the window, below the bar. */
export const isInWindow = (part: Locator) =>
  part.evaluate((one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return top >= 56 && bottom <= innerHeight;
  });

/** Parts of the page that have a scroll bar of their own. */
export const findScrollers = (within: Locator) =>
  within
    .locator('*')
    .evaluateAll((all) =>
      all
        .filter((one) => one.scrollHeight > one.clientHeight && /auto|scroll/.test(getComputedStyle(one).overflowY))
        .map(({ tagName, className }) => `${tagName} ${className}`),
    );
