import { setTimeout as pause } from 'node:timers/promises';

/** Rounds of one kind of work, one at a time: whatever comes while one runs is handled together by the next. */
export class FoldedRounds<Item> {
  private waiting: Item[] = [];
  /** The round that will handle them. */
  private next: Promise<void> | null = null;
  /** When another may begin; it never rejects. */
  private freeAgain: Promise<unknown> = Promise.resolve();

  /** @param gatherMs between a round and the next, where that has items by the end of the first */
  constructor(
    private readonly handle: (items: Item[]) => Promise<void>,
    private readonly gatherMs: number,
  ) {}

  /** Settles as the round that handles the item. */
  add(item: Item): Promise<void> {
    this.waiting.push(item);
    this.next ??= this.plan();
    return this.next;
  }

  private plan(): Promise<void> {
    const round = this.freeAgain.then(() => this.run());
    // Who waits for a round before adding to another, as the hooks of one transaction do, has nobody to wait for.
    const gather = () => (this.waiting.length > 0 ? pause(this.gatherMs) : undefined);
    this.freeAgain = round.then(gather, gather);
    return round;
  }

  private run(): Promise<void> {
    const items = this.waiting;
    this.waiting = [];
    this.next = null;
    return this.handle(items);
  }
}
