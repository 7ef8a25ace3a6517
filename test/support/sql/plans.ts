import type { DataSource } from 'typeorm';
import type { Sql } from '../../../src/core/sql.js';

/** How PostgreSQL runs a statement: with these values, and prepared, without looking at them. */
export async function readPlans(dataSource: DataSource, { text, values }: Sql): Promise<[string, string]> {
  const explain = async (options: string, parameters: unknown[]): Promise<string> => {
    const lines: { 'QUERY PLAN': string }[] = await dataSource.query(`EXPLAIN (${options}) ${text}`, parameters);
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  };
  return [await explain('COSTS OFF', values), await explain('COSTS OFF, GENERIC_PLAN', [])];
}
