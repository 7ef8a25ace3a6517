let order: string[] = [];

/** The queue as it was when one left it for a request. */
export function rememberOrder(ids: string[]): void {
  order = ids;
}

/** The request after this one in that order; null where it was the last, or the queue has not been seen. */
export function nextAfter(id: string): string | null {
  const at = order.indexOf(id);
  return at < 0 ? null : (order[at + 1] ?? null);
}
