import type pg from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { getPool, type PooledConnection } from './connection-pool.js';
import { isOfOneRow } from './database-errors.js';
import { queryRow, sql, type Sql } from './sql.js';
import { SharedRoundTrips } from './shared-round-trips.js';

interface Batched<Input> {
  /** A statement that returns one row for each of the inputs, in their order, and begins with {@link limitRowWaitSql}. */
  toSql(inputs: Input[]): Sql;
  /** What no two inputs of one statement have in common, such as a key that both would insert. */
  toKeys(input: Input): string[];
}

/** A batch waits no longer for what another transaction holds of one of its rows: the other rows have nothing to do with that. */
const ROW_WAIT_MS = 500;

/** The database refused a batch for one of its rows, so that nothing of it was written. */
class RefusedWithOthers extends Error {}

/**
 * A change that several calls of the same moment make by one statement and so by one transaction: PostgreSQL prepares its constraints and
 * indexes once, and writes its log once. Nobody is answered before the commit. A single call is a batch of one. Where one row is refused, or
 * waits for another transaction, each is sent again alone.
 */
export class StatementBatch<Input, Row> {
  private readonly roundTrips = new WeakMap<pg.Pool, SharedRoundTrips<Input, Row>>();

  constructor(private readonly batched: Batched<Input>) {}

  /** @throws what the statement throws for this input alone */
  async run(dataSource: DataSource, input: Input): Promise<Row> {
    try {
      return await this.getRoundTrips(getPool(dataSource)).send(input);
    } catch (error) {
      if (!(error instanceof RefusedWithOthers)) throw error;
      return this.runAlone(dataSource.manager, input);
    }
  }

  /** @param em of a transaction, or of none */
  async runAlone(em: EntityManager, input: Input): Promise<Row> {
    return (await queryRow<Row>(em, this.batched.toSql([input])))!;
  }

  private getRoundTrips(pool: pg.Pool): SharedRoundTrips<Input, Row> {
    const { toKeys } = this.batched;
    const send = (connection: PooledConnection, inputs: Input[]) => this.send(connection, inputs);
    const roundTrips = this.roundTrips.get(pool) ?? new SharedRoundTrips(pool, { toKeys, send });
    this.roundTrips.set(pool, roundTrips);
    return roundTrips;
  }

  private send(connection: PooledConnection, inputs: Input[]): Promise<Row>[] {
    const sent = this.query(connection, inputs).catch((error: unknown) => {
      throw inputs.length > 1 && isOfOneRow(error) ? new RefusedWithOthers() : error;
    });
    return inputs.map(async (_, place) => (await sent)[place]!);
  }

  private async query(connection: PooledConnection, inputs: Input[]): Promise<Row[]> {
    const { text, values } = this.batched.toSql(inputs);
    const { rows } = await connection.query<object>(text, values);
    if (rows.length !== inputs.length) throw new Error(`${rows.length} rows for ${inputs.length} inputs`);
    return rows as Row[];
  }
}

/** A column of what a statement reads first: of more than one input, it waits half a second for a lock and no longer. */
export function limitRowWaitSql(inputs: readonly unknown[]): Sql {
  return sql`CASE WHEN ${inputs.length > 1}::boolean THEN set_config('lock_timeout', ${String(ROW_WAIT_MS)}, true) END`;
}
