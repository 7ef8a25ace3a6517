import type { Page } from 'playwright-core';

declare global {
  interface Window {
    /** Elements that had the focus, and those that did not show it. */
    visited?: { start: Element | null; reached: Set<Element>; withoutRing: Set<string>; stop: () => void };
  }
}

/**
 * Tabs once around the page, or around its open dialog.
 * @returns what can be clicked but was never reached, and what showed no focus ring
 */
export async function findUnreachable(page: Page): Promise<string[]> {
  const count = await page.evaluate(startWatching);
  await Promise.all(Array.from({ length: count + 3 }, () => page.keyboard.press('Tab')));
  return page.evaluate(listMissed);
}

/** Runs in the page. @returns how many tab stops it or its open dialog has, at most */
function startWatching(): number {
  const dialogs = document.querySelectorAll('dialog[open]');
  const place = dialogs[dialogs.length - 1] ?? document;
  const stopped = new AbortController();
  const visited = {
    start: document.activeElement,
    reached: new Set<Element>(),
    withoutRing: new Set<string>(),
    stop: () => stopped.abort(),
  };
  const hasRing = (element: Element): boolean => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
  };
  const watch = ({ target }: FocusEvent) => {
    const element = target as HTMLElement;
    visited.reached.add(element);
    // The box around a field may show its focus.
    const around = [element, element.parentElement, element.closest('label')];
    if (!around.some((one) => one !== null && hasRing(one))) {
      visited.withoutRing.add(`no focus ring: ${element.outerHTML.slice(0, 120)}`);
    }
  };
  document.addEventListener('focusin', watch, { signal: stopped.signal });
  if (document.activeElement) visited.reached.add(document.activeElement);
  window.visited = visited;
  // Date and time fields have several stops.
  const fields = place.querySelectorAll('input[type="date"], input[type="datetime-local"], input[type="month"]');
  return (
    place.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]').length + 6 * fields.length
  );
}

/** Runs in the page. */
function listMissed(): string[] {
  const { start, reached, withoutRing, stop } = window.visited!;
  stop();
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
    // Of a group of radio buttons one is a tab stop.
    if (one instanceof HTMLInputElement && one.type === 'radio') return !chosen(one);
    return one.tabIndex >= 0 || !['tab', 'option'].includes(one.getAttribute('role') ?? '');
  });
  const reordered = [...place.querySelectorAll('[tabindex]')].filter((one) => Number(one.getAttribute('tabindex')) > 0);
  const named = (what: string) => (one: Element) => `${what}: ${one.outerHTML.slice(0, 160)}`;
  return [...notReached.map(named('out of reach')), ...reordered.map(named('positive tabindex')), ...withoutRing];
}
