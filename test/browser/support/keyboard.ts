import type { Page } from 'playwright-core';

declare global {
  interface Window {
    /** What the keyboard has been at, and what it could not be seen at. */
    visited?: { start: Element | null; reached: Set<Element>; unseen: Set<string> };
  }
}

/**
 * Goes around the page, or around its open dialog, with the Tab key, and back to where it began.
 * @returns what can be clicked but was never reached, and what showed no sign of having the focus
 */
export async function outOfReach(page: Page): Promise<string[]> {
  const count = await page.evaluate(watch);
  for (let n = 0; n < count + 3; n += 1) await page.keyboard.press('Tab');
  return page.evaluate(missed);
}

/** Runs in the page. @returns how many stops there are */
function watch(): number {
  const visited = { start: document.activeElement, reached: new Set<Element>(), unseen: new Set<string>() };
  const isSeen = (element: Element): boolean => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
  };
  document.addEventListener('focusin', ({ target }) => {
    const element = target as HTMLElement;
    visited.reached.add(element);
    // A field may let the box around it show where one is.
    const around = [element, element.parentElement, element.closest('label')];
    if (!around.some((one) => one !== null && isSeen(one))) {
      visited.unseen.add(`no sign of the focus: ${element.outerHTML.slice(0, 120)}`);
    }
  });
  if (document.activeElement) visited.reached.add(document.activeElement);
  window.visited = visited;
  // A day and its time are several stops in one field.
  const fields = document.querySelectorAll('input[type="date"], input[type="datetime-local"], input[type="month"]');
  return (
    document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]').length +
    6 * fields.length
  );
}

/** Runs in the page. */
function missed(): string[] {
  const { start, reached, unseen } = window.visited!;
  if (start instanceof HTMLElement) start.focus();
  const dialogs = document.querySelectorAll('dialog[open]');
  const place = dialogs[dialogs.length - 1] ?? document;
  const chosen = (one: HTMLInputElement) =>
    [...document.querySelectorAll<HTMLInputElement>(`input[type="radio"][name="${one.name}"]`)].some((other) =>
      reached.has(other),
    );
  const stops = [
    ...place.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [tabindex="0"]'),
  ];
  const notReached = stops.filter((one) => {
    if (reached.has(one) || one.matches(':disabled, [type="hidden"]') || !one.checkVisibility()) return false;
    // Arrow keys go on from there: one of several is a stop.
    if (one instanceof HTMLInputElement && one.type === 'radio') return !chosen(one);
    return one.tabIndex >= 0 || !['tab', 'option'].includes(one.getAttribute('role') ?? '');
  });
  // What only the mouse can press, and what is in the way before everything else.
  const skewed = [...place.querySelectorAll('[tabindex]')].filter((one) => Number(one.getAttribute('tabindex')) > 0);
  const named = (what: string) => (one: Element) => `${what}: ${one.outerHTML.slice(0, 160)}`;
  return [...notReached.map(named('out of reach')), ...skewed.map(named('before its turn')), ...unseen];
}
