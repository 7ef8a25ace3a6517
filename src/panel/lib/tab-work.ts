import { useEffect, useRef } from 'react';
import { getBusinessNow } from './business-clock.js';

/**
 * What each tab of this browser works on: the requests that it shows, and those that it has claimed while the claim lasts. Each is a
 * Web Lock, which ends with its tab. Browsers have none on pages without TLS (but for localhost): there the tabs know nothing of each other.
 */
const locks: LockManager | undefined = navigator.locks;
const prefix = 'lease-request';
const tabId = crypto.getRandomValues(new Uint32Array(2)).join('-');

/** A claim ends so long after the last work, whatever the business clock says before the first answer. */
const CLAIM_MS = 15 * 60_000;
const STORED_CLAIMS = 'lease-console.claimed-requests';

/** The claimed requests, with the ends of their locks. */
const claimed = new Map<string, { until: string; end: () => void }>();

function occupy(leaseRequestId: string): () => void {
  if (!locks) return () => undefined;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  void locks.request(`${prefix} ${tabId} ${leaseRequestId}`, { mode: 'shared' }, () => released);
  return release;
}

/** This tab has claimed a request. @param until the end of the claim, business time */
export function keepClaimed(leaseRequestId: string, until: string): void {
  const release = occupy(leaseRequestId);
  forgetClaimed(leaseRequestId);
  const leftMs = Math.min(CLAIM_MS, Date.parse(until) - getBusinessNow());
  const timer = setTimeout(() => forgetClaimed(leaseRequestId), leftMs);
  const end = () => {
    clearTimeout(timer);
    release();
  };
  claimed.set(leaseRequestId, { until, end });
  storeClaims();
}

export function forgetClaimed(leaseRequestId: string): void {
  claimed.get(leaseRequestId)?.end();
  claimed.delete(leaseRequestId);
  storeClaims();
}

/** In the tab's own storage, so that they outlive a reload. */
function storeClaims(): void {
  sessionStorage.setItem(STORED_CLAIMS, JSON.stringify([...claimed].map(([id, { until }]) => [id, until])));
}

/** Called once as the panel starts. */
export function restoreClaims(): void {
  const stored = JSON.parse(sessionStorage.getItem(STORED_CLAIMS) ?? '[]') as [id: string, until: string][];
  for (const [id, until] of stored) if (Date.parse(until) > getBusinessNow()) keepClaimed(id, until);
}

/** While the page of a request is shown, and afterwards while the reader's own claim lasts. @param claimedUntil of that claim */
export function useTabWork(leaseRequestId: string, claimedUntil: string | null): void {
  const latest = useRef(claimedUntil);
  useEffect(() => {
    latest.current = claimedUntil;
  });
  useEffect(() => {
    const release = occupy(leaseRequestId);
    return () => {
      if (latest.current) keepClaimed(leaseRequestId, latest.current);
      else forgetClaimed(leaseRequestId);
      release();
    };
  }, [leaseRequestId]);
}

/** The requests that other tabs of this browser work on. */
export async function findWorkElsewhere(): Promise<string[]> {
  const { held = [] } = (await locks?.query()) ?? {};
  const names = held.map(({ name = '' }) => name.split(' '));
  const ids = names.flatMap(([kind, tab, id]) => (kind === prefix && tab !== tabId && id ? [id] : []));
  return [...new Set(ids)];
}

/** One tab after the other: what the first was given is known to the second. */
export function inTurnOfTabs<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  return locks ? locks.request('serve-next', work) : work();
}
