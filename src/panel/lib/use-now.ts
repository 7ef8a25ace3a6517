import { useEffect, useState } from 'react';
import { getBusinessNow, subscribeToBusinessClock } from './business-clock.js';

/** Business time in milliseconds, updated every `everyMs` and when the clock is moved. */
export function useNow(everyMs = 15_000): number {
  const [now, setNow] = useState(getBusinessNow);
  useEffect(() => {
    const update = () => setNow(getBusinessNow());
    const timer = setInterval(update, everyMs);
    const unsubscribe = subscribeToBusinessClock(update);
    return () => {
      clearInterval(timer);
      unsubscribe();
    };
  }, [everyMs]);
  return now;
}
