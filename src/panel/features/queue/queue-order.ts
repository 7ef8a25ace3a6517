let orderedIds: string[] = [];

/** Keeps the order of the queue when a request is opened from it. */
export function saveQueueOrder(ids: string[]): void {
  orderedIds = ids;
}

/** The request after this one in that order; null for the last one, or where the queue was not opened before. */
export function findNextInQueue(id: string): string | null {
  const index = orderedIds.indexOf(id);
  return index < 0 ? null : (orderedIds[index + 1] ?? null);
}
