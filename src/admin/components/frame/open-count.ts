import { useEffect, useState } from 'react';
import { readQueue, unasked } from '../kit/api.js';

type Listener = (count: number) => void;
const listeners = new Set<Listener>();
let known: number | null = null;
let knownAt = 0;

/** The queue page tells the sidebar what it has just read. */
export function tellOpenCount(count: number): void {
  known = count;
  knownAt = Date.now();
  listeners.forEach((listener) => listener(count));
}

/** How many requests are open, for the sidebar; null until it is known. Asks only when no page has told it lately. */
export function useOpenCount(everyMs = 30_000): number | null {
  const [count, setCount] = useState(known);
  useEffect(() => {
    listeners.add(setCount);
    const ask = () => {
      if (document.visibilityState !== 'visible' || Date.now() - knownAt < everyMs) return;
      readQueue({}, unasked).then(
        (page) => tellOpenCount(page.counts.all),
        () => undefined,
      );
    };
    ask();
    const timer = setInterval(ask, everyMs);
    return () => {
      listeners.delete(setCount);
      clearInterval(timer);
    };
  }, [everyMs]);
  return count;
}
