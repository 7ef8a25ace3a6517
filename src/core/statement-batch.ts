import type pg from 'pg';
import type { EntityManager } from 'typeorm';
import type { PooledConnection } from './connection-pool.js';
import { isDataError } from './database-errors.js';
import { queryRow, type Sql } from './sql.js';
import { SharedRoundTrips } from './shared-round-trips.js';

interface Batched<Input> {
  /** A statement that returns one row for each of the inputs, in their order. */
  toSql(inputs: Input[]): Sql;
  /** What no two inputs of one statement have in common, such as a key that both would insert. */
  toKeys(input: Input): string[];
}

/**
 * A change that several calls of the same moment make by one statement and so by one transaction: PostgreSQL prepares its constraints and
 * indexes once, and writes its log once. Nobody is answered before the commit. A single call is a batch of one.
 */
export class StatementBatch<Input, Row> {
  private readonly roundTrips = new WeakMap<pg.Pool, SharedRoundTrips<Input, Row>>();

  constructor(private readonly batched: Batched<Input>) {}

  /** @throws what the statement throws for this input alone */
  async run(pool: pg.Pool, input: Input): Promise<Row> {
    const { toKeys } = this.batched;
    const send = (connection: PooledConnection, inputs: Input[]) => this.send(connection, inputs);
    const roundTrips = this.roundTrips.get(pool) ?? new SharedRoundTrips(pool, { toKeys, send });
    this.roundTrips.set(pool, roundTrips);
    return roundTrips.send(input);
  }

  /** The same in the transaction of `em`. */
  async runInside(em: EntityManager, input: Input): Promise<Row> {
    return (await queryRow<Row>(em, this.batched.toSql([input])))!;
  }

  private send(connection: PooledConnection, inputs: Input[]): Promise<Row>[] {
    const sent = this.query(connection, inputs);
    if (inputs.length === 1) return inputs.map(async () => (await sent)[0]!);
    // Whose row it was that the database refused, only each of them alone can tell.
    const alone = (input: Input) => this.query(connection, [input]);
    return inputs.map(async (input, place) => {
      try {
        return (await sent)[place]!;
      } catch (error) {
        if (!isDataError(error)) throw error;
        return (await alone(input))[0]!;
      }
    });
  }

  private async query(connection: PooledConnection, inputs: Input[]): Promise<Row[]> {
    const { text, values } = this.batched.toSql(inputs);
    return (await connection.query(text, values)).rows as Row[];
  }
}
