import { useCallback, useEffect, useRef, useState } from 'react';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { postResourceAction } from '../../lib/actions.js';
import { toPageKey } from '../../lib/queries.js';
import { useAction } from '../../lib/use-action.js';
import type { RenewalsForecast } from './types.js';

const DAY_MS = 86_400_000;
const POLL_MS = 250;
const TIMEOUT_MS = 20_000;

/** The `day`th of `total` days, whose renewals are being made. */
export interface PassingDay {
  day: number;
  total: number;
}

/**
 * Lets days of the demo pass one after the other, each when the renewals of the one before are made: what is past due is
 * attempted on every day, as in a month in which the service runs.
 */
export function usePassingDays() {
  const queryClient = useQueryClient();
  const [passing, setPassing] = useState<PassingDay | null>(null);
  const isStopped = useRef(false);
  const stop = useCallback(() => {
    isStopped.current = true;
  }, []);
  useEffect(() => stop, [stop]);

  const { run, error } = useAction(async (total: number) => {
    isStopped.current = false;
    try {
      let forecast = await readForecast(queryClient);
      for (let day = 1; day <= total && !isStopped.current; day += 1) {
        setPassing({ day, total });
        forecast = await passOneDay(queryClient, forecast);
      }
    } finally {
      setPassing(null);
    }
  });
  return { passing, error, run, stop };
}

/** The page shows what is read here. */
function readForecast(queryClient: QueryClient): Promise<RenewalsForecast> {
  return queryClient.fetchQuery<RenewalsForecast>({ queryKey: toPageKey('renewals') });
}

/** @throws Error with a sentence for staff */
async function passOneDay(queryClient: QueryClient, { clock }: RenewalsForecast): Promise<RenewalsForecast> {
  const to = new Date(Date.parse(clock.now) + DAY_MS).toISOString();
  await postResourceAction('wallets', 'moveClock', { to });
  for (const startedAt = Date.now(); ;) {
    const forecast = await readForecast(queryClient);
    // Another process of the service sees the moved clock a moment later.
    const isMoved = Date.parse(forecast.clock.now) >= Date.parse(to);
    if (isMoved && (forecast.waiting === 0 || forecast.freeze.frozenAt)) return forecast;
    if (Date.now() - startedAt > TIMEOUT_MS) {
      throw new Error(`${forecast.waiting} leases still wait for their renewal on this day, so the clock was stopped.`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
