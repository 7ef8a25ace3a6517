/** Where one is among the rows that an address asks for. */
interface Place {
  asked: string;
  pages: number;
  id: string;
}

const addressKey = 'lc-queue-address';
const placeKey = 'lc-queue-place';

/** Kept for this tab, so that a reload and a look at another page come back to the same rows. */
export function keepPlace(place: Place): void {
  sessionStorage.setItem(placeKey, JSON.stringify(place));
}

export function keptPlace(): Place | null {
  const kept = sessionStorage.getItem(placeKey);
  return kept === null ? null : (JSON.parse(kept) as Place);
}

/** @param search the view and the filters, as in the queue's address */
export function keepAddress(search: string): void {
  sessionStorage.setItem(addressKey, search);
}

/** The queue as one saw it last: its view and its filters. */
export function backToQueue(rootPath: string): string {
  return `${rootPath}${sessionStorage.getItem(addressKey) ?? ''}`;
}
