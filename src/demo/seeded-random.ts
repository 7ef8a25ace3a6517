/** The same sequence for the same seed, so that every demo has the same data. */
export class SeededRandom {
  constructor(private state: number) {}

  /** In [0, 1); mulberry32. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.next() * items.length)]!;
  }

  /** @param items `[weight, item]`; the weights need not add up to anything */
  pickWeighted<Item>(items: readonly (readonly [number, Item])[]): Item {
    const total = items.reduce((sum, [weight]) => sum + weight, 0);
    let remaining = this.next() * total;
    for (const [weight, item] of items) if ((remaining -= weight) < 0) return item;
    return items.at(-1)![1];
  }
}
