/** Less is the way of an answer through the network; more is a clock that was moved, or a browser's that is wrong. */
const NOTED_FROM_MS = 2_000;

let aheadMs = 0;
const listeners = new Set<() => void>();

/** The time that the house goes by, in milliseconds: what is due, over or left is measured by it, not by the browser's clock. */
export function businessNow(): number {
  return Date.now() + aheadMs;
}

/** Every answer of the panel tells the house's time; what shows ages is told where the clock was moved. */
export function hearBusinessTime(headers: object | undefined): void {
  const told = Date.parse(String((headers as Record<string, unknown> | undefined)?.['x-business-time']));
  if (Number.isNaN(told) || Math.abs(told - businessNow()) < NOTED_FROM_MS) return;
  aheadMs = told - Date.now();
  listeners.forEach((listener) => listener());
}

/** Calls `listener` whenever the house's clock turns out to stand elsewhere, until the returned function is called. */
export function onClockMoved(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
