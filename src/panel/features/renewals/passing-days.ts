import { useCallback, useEffect, useRef, useState } from 'react';
import { actOn } from '../../lib/api.js';
import { readRenewals, type RenewalsAhead } from './types.js';

const DAY_MS = 86_400_000;
const LOOKS_EVERY_MS = 250;
const PATIENCE_MS = 20_000;

/** Of the days that are passing, the one whose renewals are being made. */
export interface Passing {
  day: number;
  of: number;
}

/**
 * Lets days of the demo pass one after the other, each when the renewals of the one before are made: what is past due is
 * attempted on every day, as in a month in which the service runs.
 * @param onDay gets the page as it stands at the end of each day
 */
export function usePassingDays(onDay: (page: RenewalsAhead) => void) {
  const [passing, setPassing] = useState<Passing | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const going = useRef(false);
  const stop = useCallback(() => void (going.current = false), []);
  useEffect(() => stop, [stop]);

  const pass = async (days: number) => {
    if (going.current) return;
    going.current = true;
    setRefusal(null);
    try {
      let page = await readRenewals();
      for (let day = 1; day <= days && going.current; day += 1) {
        setPassing({ day, of: days });
        page = await oneDayAfter(page);
        onDay(page);
      }
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    }
    going.current = false;
    setPassing(null);
  };
  return { passing, refusal, pass, stop };
}

/** @throws with a sentence that may be shown */
async function oneDayAfter({ clock }: RenewalsAhead): Promise<RenewalsAhead> {
  const to = new Date(Date.parse(clock.now) + DAY_MS).toISOString();
  const moved = await actOn('wallets', 'moveClock', { to });
  if (!moved.done) throw new Error(moved.sentence);
  for (const began = Date.now(); ;) {
    const page = await readRenewals();
    // Another process of the service sees the moved clock a moment later.
    const isThere = Date.parse(page.clock.now) >= Date.parse(to);
    if (isThere && (page.waiting === 0 || page.freeze.frozenAt)) return page;
    if (Date.now() - began > PATIENCE_MS) {
      throw new Error(`${page.waiting} leases of this day still wait for their renewal, so the days stand still.`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOKS_EVERY_MS));
  }
}
