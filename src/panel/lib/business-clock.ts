/** A smaller difference is the answer's way through the network; a larger one is a clock that was moved, or a browser's that is wrong. */
const TOLERANCE_MS = 2_000;

let aheadMs = 0;
let businessTimeZone = 'UTC';
const listeners = new Set<() => void>();

/** The service's business time in milliseconds: what is due or left is measured by it, not by the browser's clock. */
export function getBusinessNow(): number {
  return toBusinessTime(Date.now());
}

/** Business time of a moment of the browser's clock, in milliseconds. */
export function toBusinessTime(browserMs: number): number {
  return browserMs + aheadMs;
}

/** The time zone whose days count: of the SLA, of *look again*, of filters. */
export function getBusinessTimeZone(): string {
  return businessTimeZone;
}

/** Takes the service's time and time zone from the headers of an answer. */
export function syncBusinessClock(headers: Headers): void {
  businessTimeZone = headers.get('X-Business-Time-Zone') ?? businessTimeZone;
  const serviceNow = Date.parse(headers.get('X-Business-Time') ?? '');
  if (Number.isNaN(serviceNow) || Math.abs(serviceNow - getBusinessNow()) < TOLERANCE_MS) return;
  aheadMs = serviceNow - Date.now();
  listeners.forEach((listener) => listener());
}

/** Calls `listener` whenever the business clock was moved. @returns the unsubscribe function */
export function subscribeToBusinessClock(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
