import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PRESENCE_LOCK, joinEmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres.js';
import { stopPostmaster } from '../../../src/database/embedded/postmaster.js';
import { clearUpServices, EmbeddedFiles, freePort, newDataDir, ServiceProcess } from '../../support/service-process.js';
import { until } from '../../support/until.js';

const clean = { code: 0, signal: null };

function join(dataDir: string) {
  return joinEmbeddedPostgres({ dataDir, database: 'lease_console' });
}

/** Folders in which a first start makes the database files. */
function unfinished({ folder }: EmbeddedFiles): string[] {
  return fs.readdirSync(path.dirname(folder)).filter((name) => name.startsWith('.postgres-'));
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query('SELECT 1')).rowCount === 1;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

describe('The embedded PostgreSQL', () => {
  /** Of the tests that do not need a first start. */
  const usedDataDir = newDataDir();
  afterAll(clearUpServices);

  it('has one owner when two services start for the first time at once, and stops with the last of two leaving at once', async () => {
    const dataDir = newDataDir();
    const services = await Promise.all([1, 2].map(() => ServiceProcess.begin({ DATA_DIR: dataDir })));
    await Promise.all(services.map((service) => service.listens()));
    const files = new EmbeddedFiles(dataDir);
    const postmaster = files.pid;
    expect(postmaster).not.toBeNull();
    for (const service of services) expect(await service.statusOf('/readyz')).toBe(200);
    const client = await files.connect();
    const { rows } = await client.query<{ names: number }>('SELECT count(DISTINCT name)::int AS names FROM migration');
    expect(rows[0]!.names).toBeGreaterThan(0);
    await client.end();
    expect(unfinished(files)).toEqual([]);

    expect(await Promise.all(services.map((service) => service.stop()))).toEqual([clean, clean]);
    expect(files.pid).toBeNull();
  });

  it('is not stopped by a command that comes and goes beside a service, nor under a stranger who is connected', async () => {
    const dataDir = usedDataDir;
    const service = await join(dataDir);
    const files = new EmbeddedFiles(dataDir);
    const postmaster = files.pid;
    for (let run = 0; run < 5; run += 1) {
      const command = await join(dataDir);
      expect(command.url).toBe(service.url);
      await command.leave();
    }
    expect(files.pid).toBe(postmaster);

    const stranger = await files.connect();
    await service.leave();
    expect(await answers(service.url)).toBe(true);
    await stranger.end();
    await (await join(dataDir)).leave();
    expect(files.pid).toBeNull();
  });

  it('survives many who come and go at once, and stops with the last', async () => {
    const dataDir = newDataDir();
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(
        Array.from({ length: 6 }, async () => {
          const here = await join(dataDir);
          expect(await answers(here.url)).toBe(true);
          await here.leave();
        }),
      );
      expect(new EmbeddedFiles(dataDir).pid).toBeNull();
    }
  });

  it('lets nobody in whom one that is just leaving would cut off', async () => {
    const dataDir = usedDataDir;
    const first = await join(dataDir);
    const files = new EmbeddedFiles(dataDir);
    const leaving = await files.connect('postgres');
    await first.leave();
    await leaving.query('SELECT pg_advisory_lock($1)', [PRESENCE_LOCK]);

    let isIn = false;
    const joining = join(dataDir).then((here) => {
      isIn = true;
      return here;
    });
    await until('somebody waits at the door', async () => {
      const { rows } = await leaving.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
      return rows.length === 1 || isIn;
    });
    await stopPostmaster(files.cluster, 10_000);

    const here = await joining;
    expect(await answers(here.url)).toBe(true);
    await here.leave();
    expect(files.pid).toBeNull();
  });

  it('takes another port when a stranger has taken its own, and keeps that one', async () => {
    const dataDir = usedDataDir;
    await (await join(dataDir)).leave();
    const files = new EmbeddedFiles(dataDir);
    const before = files.port;
    const stranger = createServer().listen(before, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    const moved = await join(dataDir);
    expect(files.port).not.toBe(before);
    expect(await answers(moved.url)).toBe(true);
    await moved.leave();
    await new Promise((resolve) => stranger.close(resolve));
    const again = await join(dataDir);
    expect(again.url).toBe(moved.url);
    await again.leave();
  });

  it('starts although its pid file names a process that is now some other program', async () => {
    const dataDir = usedDataDir;
    await (await join(dataDir)).leave();
    const files = new EmbeddedFiles(dataDir);
    // The same user as the server's: PostgreSQL itself then takes it for a running server.
    const { uid, gid } = fs.statSync(files.cluster);
    const other = spawn('sleep', ['60'], { uid, gid, cwd: '/', stdio: 'ignore' });
    try {
      const pidFile = path.join(files.cluster, 'postmaster.pid');
      fs.writeFileSync(pidFile, `${other.pid}\n${files.cluster}\n1\n${await freePort()}\n\n127.0.0.1\n1 1\nready\n`);
      fs.chownSync(pidFile, uid, gid);
      const here = await join(dataDir);
      expect(await answers(here.url)).toBe(true);
      expect(files.pid).not.toBe(other.pid);
      await here.leave();
      expect(files.pid).toBeNull();
      expect(other.exitCode).toBeNull();
    } finally {
      other.kill();
    }
  });

  it('starts over when a first start was killed half-way', async () => {
    const dataDir = newDataDir();
    const files = new EmbeddedFiles(dataDir);
    const service = await ServiceProcess.begin({ DATA_DIR: dataDir });
    await until('files are being made', () => unfinished(files).length > 0);
    service.kill('SIGKILL');
    await service.ended;
    expect(fs.existsSync(files.folder)).toBe(false);
    const here = await join(dataDir);
    expect(await answers(here.url)).toBe(true);
    await here.leave();
  });
});
