import { useEffect, useState } from 'react';
import { readQueue, unasked } from '../lib/api.js';
import type { QueuePage } from '../lib/types.js';

/** What every page of the panel shows of the house. */
export interface HouseNews {
  /** How many requests are open. */
  open: number;
  /** Why money is frozen, while it is. */
  frozenBecause: string | null;
  /** What the daily proof of the books found wrong. */
  booksFaults: string[];
  /** How far the demo's clock stands ahead of the time of day. */
  clockAheadMs: number;
}

type Listener = (news: HouseNews) => void;
const listeners = new Set<Listener>();
let known: HouseNews | null = null;
let knownAt = 0;

/** The queue page tells the sidebar what it has just read. */
export function tellHouseNews(page: Pick<QueuePage, 'counts' | Exclude<keyof HouseNews, 'open'>>): void {
  const { counts, frozenBecause, booksFaults, clockAheadMs } = page;
  const news = { open: counts.all, frozenBecause, booksFaults, clockAheadMs };
  known = news;
  knownAt = Date.now();
  listeners.forEach((listener) => listener(news));
}

/** The page of renewals, where the clock is moved, tells how far it stands ahead now. */
export function tellClockAhead(clockAheadMs: number): void {
  if (!known) return;
  known = { ...known, clockAheadMs };
  for (const listener of listeners) listener(known);
}

/** For the sidebar; null until it is known. Asks only when no page has told it lately. */
export function useHouseNews(everyMs = 30_000): HouseNews | null {
  const [news, setNews] = useState(known);
  useEffect(() => {
    listeners.add(setNews);
    const ask = () => {
      if (document.visibilityState !== 'visible' || Date.now() - knownAt < everyMs) return;
      readQueue({}, unasked).then(tellHouseNews, () => undefined);
    };
    ask();
    const timer = setInterval(ask, everyMs);
    return () => {
      listeners.delete(setNews);
      clearInterval(timer);
    };
  }, [everyMs]);
  return news;
}
