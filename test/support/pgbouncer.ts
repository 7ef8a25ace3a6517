import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { byTcp } from './database.js';
import { freePort, newDataDir } from './service-process.js';
import { until } from './until.js';

/** A pgbouncer in transaction mode, with fewer connections than its clients have. */
export interface Pooler {
  /** The database's URL, by way of it. */
  url: string;
  close(): Promise<void>;
}

const SERVER_CONNECTIONS = 5;

export async function startPgbouncer(databaseUrl: string): Promise<Pooler> {
  const target = new URL(databaseUrl);
  const port = await freePort();
  const folder = newDataDir();
  const config = path.join(folder, 'pgbouncer.ini');
  const password = decodeURIComponent(target.password);
  fs.writeFileSync(
    config,
    `[databases]
* = host=${target.hostname} port=${target.port} user=${target.username} password='${password}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${SERVER_CONNECTIONS}
max_client_conn = 200
`,
  );
  // It refuses to run as root, and reads its file before it becomes somebody else.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('pgbouncer', [...user, config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (text) => (complaints += text));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const url = byTcp(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  await until('pgbouncer answers', () => {
    if (child.exitCode !== null) throw new Error(complaints);
    return answers(url.href);
  });
  return {
    url: url.href,
    close: async () => {
      child.kill('SIGINT');
      await ended;
      fs.rmSync(folder, { recursive: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
