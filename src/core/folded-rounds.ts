import { setTimeout as pause } from 'node:timers/promises';

/** Rounds of one kind of work, one at a time: whatever comes while one runs is handled together by the next. */
export class FoldedRounds<Item> {
  private waiting: Item[] = [];
  /** The round that will handle them. */
  private next: Promise<void> | null = null;
  /** When another may begin; it never rejects. */
  private freeAgain: Promise<unknown> = Promise.resolve();

  /** @param gatherMs between two rounds while items keep coming; the first one of a quiet time waits for nothing */
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
    const gather = () => pause(this.gatherMs);
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
