/** A queue whose items are taken by several at once, of which no two have a key in common. */
export class KeyedQueue<Item extends { keys: readonly string[] }> {
  private readonly items: Item[] = [];

  get length(): number {
    return this.items.length;
  }

  push(item: Item): void {
    this.items.push(item);
  }

  /** Takes the first ones, without those whose key one before them has. */
  take(max: number): Item[] {
    const taken: Item[] = [];
    const keys = new Set<string>();
    let place = 0;
    while (place < this.items.length && taken.length < max) {
      const own = this.items[place]!.keys;
      if (own.some((key) => keys.has(key))) {
        place += 1;
      } else {
        for (const key of own) keys.add(key);
        taken.push(...this.items.splice(place, 1));
      }
    }
    return taken;
  }

  /** Takes those from the head that `isTaken`, at most `max`. */
  takeWhile(max: number, isTaken: (item: Item) => boolean): Item[] {
    const end = this.items.findIndex((item) => !isTaken(item));
    return this.items.splice(0, Math.min(max, end === -1 ? this.items.length : end));
  }
}
