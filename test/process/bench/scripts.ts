import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';

/** The scripts make their databases beside those of the tests, whose template nobody may be connected to. */
const template = new URL(process.env.TEST_POSTGRES_URL!);
const server = Object.assign(new URL(template), { pathname: '/postgres' }).href;
const bench = {
  ...{ BENCH_POSTGRES_URL: server, BENCH_TEMPLATE: template.pathname.slice(1) },
  ...{ NODE_COMPILE_CACHE: process.env.TEST_COMPILE_CACHE },
};

/** @returns what the script prints; @throws Error where it fails */
export async function runScript(script: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [`bench/${script}`, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'test', ...bench, ...environment },
  });
  return stdout;
}

export async function dropDatabasesOfScripts(): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "SELECT datname AS name FROM pg_database WHERE datname LIKE 'bench\\_%'",
  );
  for (const { name } of rows) await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await client.end();
}
