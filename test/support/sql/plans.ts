import type { DataSource, QueryRunner } from 'typeorm';
import type { Sql } from '../../../src/core/sql.js';

/** How PostgreSQL runs a statement: with these values, and prepared, without looking at them. */
export async function readPlans(dataSource: DataSource, { text, values }: Sql): Promise<[string, string]> {
  const explain = async (options: string, parameters: unknown[]): Promise<string> => {
    const lines: { 'QUERY PLAN': string }[] = await dataSource.query(`EXPLAIN (${options}) ${text}`, parameters);
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  };
  return [await explain('COSTS OFF', values), await explain('COSTS OFF, GENERIC_PLAN', [])];
}

interface PlanNode {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  Plans?: PlanNode[];
}

/** The rows that the steps of a statement pass on or throw away: its work, which does not depend on how busy the machine is. */
export async function countHandledRows(
  database: DataSource | QueryRunner,
  { text, values }: { text: string; values: unknown[] },
): Promise<number> {
  const [plan] = await database.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`, values);
  const count = (node: PlanNode): number => {
    const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0);
    const own = (node['Actual Rows'] + removed) * node['Actual Loops'];
    return (node.Plans ?? []).reduce((sum, inner) => sum + count(inner), own);
  };
  return count(plan['QUERY PLAN'][0].Plan);
}
