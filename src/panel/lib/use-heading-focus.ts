import { useEffect, useRef } from 'react';

/** A page that is not there by then has no heading. */
const WAIT_MS = 10_000;

/** Focuses the heading of a page that was navigated to, as soon as it shows, unless something of the page has the focus. */
export function useHeadingFocus(pathname: string): void {
  const shown = useRef(pathname);
  useEffect(() => {
    // The browser itself begins at the top of the page that it has loaded.
    if (shown.current === pathname) return;
    shown.current = pathname;
    const observer = new MutationObserver(() => focusHeading() && stop());
    const timer = setTimeout(stop, WAIT_MS);
    function stop() {
      clearTimeout(timer);
      observer.disconnect();
    }
    if (focusHeading()) stop();
    else observer.observe(document.body, { childList: true, subtree: true });
    return stop;
  }, [pathname]);
}

/** @returns whether the page has a focus by now */
function focusHeading(): boolean {
  const heading = document.querySelector<HTMLElement>('main h1');
  if (!heading) return false;
  const { activeElement } = document;
  if (activeElement?.closest('main, dialog[open]')) return true;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return true;
}
