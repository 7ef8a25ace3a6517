import type { EntityManager } from 'typeorm';
import { Transactions } from '../core/transactions.js';

/** Runs what the services would each commit by themselves as parts of one transaction: the demo is there as a whole or not at all. */
export class SingleTransaction extends Transactions {
  private whole: EntityManager | null = null;

  /** Every `run` inside `work` belongs to this transaction. */
  runWhole<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return super.run(async (em) => {
      this.whole = em;
      try {
        return await work(em);
      } finally {
        this.whole = null;
      }
    });
  }

  override run<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    if (!this.whole) throw new Error('a part of the demo ran outside its transaction');
    return work(this.whole);
  }
}
