import type { EntityManager } from 'typeorm';
import type { StatementBatch } from '../core/statement-batch.js';
import { Transactions } from '../core/transactions.js';

/** Runs the transactions of all services as parts of one, so that the demo is complete or not there at all. */
export class SingleTransaction extends Transactions {
  override readonly commitsEachRun = false;
  private em: EntityManager | null = null;

  /** Every `run` within `work` is part of this transaction. */
  runSingle<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return super.run(async (em) => {
      this.em = em;
      try {
        return await work(em);
      } finally {
        this.em = null;
      }
    });
  }

  override run<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    if (!this.em) throw new Error('a part of the demo ran outside its transaction');
    return work(this.em);
  }

  override runShared<T>(_keys: readonly string[], work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.run(work);
  }

  override runBatched<Input, Row>(batch: StatementBatch<Input, Row>, input: Input): Promise<Row> {
    return this.run((em) => batch.runAlone(em, input));
  }
}
