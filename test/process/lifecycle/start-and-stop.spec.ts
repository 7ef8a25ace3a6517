import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  clearUpServices,
  EmbeddedFiles,
  newDataDir,
  ServiceProcess,
  stopServices,
} from '../../support/service-process.js';
import { until } from '../../support/until.js';
import { timed } from '../../support/timed.js';

const clean = { code: 0, signal: null };

/** A call whose headers have arrived and whose body is still on its way: the service has it in its hands. */
async function callInFlight(
  service: ServiceProcess,
): Promise<{ socket: Socket; answer: () => string; finish(): void }> {
  const { port } = new URL(service.origin);
  const socket = connect(Number(port), '127.0.0.1');
  let received = '';
  socket.on('data', (text) => (received += text));
  socket.on('error', () => undefined);
  socket.write(
    'POST /admin/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n' +
      'Content-Length: 2\r\nExpect: 100-continue\r\n\r\n',
  );
  await until('the call is in flight', () => received.includes('100 Continue'));
  return { socket, answer: () => received, finish: () => void socket.write('a=') };
}

/** @returns whether there was such a process */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

async function refused(service: ServiceProcess): Promise<boolean> {
  return fetch(`${service.origin}/healthz`).then(
    () => false,
    () => true,
  );
}

/** The command of the README that takes the request out of the output, and then that request. */
function runAsReadmeSays(output: string): string {
  const log = path.join(newDataDir(), 'start.log');
  fs.writeFileSync(log, output);
  const [, command] = /`(grep '"curl":' FILE [^`]*)`/.exec(fs.readFileSync('README.md', 'utf8'))!;
  const shell = (text: string) =>
    execFileSync('/bin/sh', ['-c', text], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return shell(shell(command!.replace('FILE', log)));
}

describe('Start and stop', () => {
  const dataDir = newDataDir();
  const environment = { DATA_DIR: dataDir, DEMO: 'on' };
  const files = new EmbeddedFiles(dataDir);

  let first: ServiceProcess;
  beforeAll(async () => {
    first = await ServiceProcess.started(environment);
  });
  afterAll(clearUpServices);

  it('tells what a first start makes, in nothing but JSON where no terminal reads it', async () => {
    expect(first.output).toMatch(/first start, making the database files[\s\S]*migrating[\s\S]*listening/);
    expect(first.output).toContain('in production set DATABASE_URL');
    for (const line of first.stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
    expect(await first.statusOf('/healthz')).toBe(200);
    expect(await first.statusOf('/readyz')).toBe(200);
  });

  it('of a demo prints a request that is pasted as it is', () => {
    expect(JSON.parse(runAsReadmeSays(first.stdout))).toMatchObject({
      requestId: expect.stringMatching(/^lreq_/),
      status: 'requested',
    });
  });

  it('ends within 10 s although a call hangs, and stops PostgreSQL', async () => {
    const call = await callInFlight(first);
    const [ended, milliseconds] = await timed(() => first.stop());
    expect(ended).toEqual(clean);
    expect(milliseconds).toBeLessThan(10_000);
    await until('the hanging call is cut', () => call.socket.destroyed || call.socket.readableEnded);
    await until('PostgreSQL has stopped', () => files.pid === null);
  });

  describe('over the files of an earlier start', () => {
    beforeAll(async () => {
      await first.stop();
    });
    afterEach(stopServices);

    it('keeps its secrets and the password for their owner alone, and over a second start; finishes a call in flight, takes nothing new, closes idle connections and leaves no process behind', async () => {
      const secretsFile = path.join(dataDir, 'secrets.json');
      const secrets = fs.readFileSync(secretsFile, 'utf8');
      const port = files.port;
      const service = await ServiceProcess.started(environment);
      expect(service.output).not.toContain('first start');
      expect(service.output).toContain(`${service.origin}/admin`);
      expect(await service.statusOf('/readyz')).toBe(200);
      expect(fs.readFileSync(secretsFile, 'utf8')).toBe(secrets);
      expect(files.port).toBe(port);
      for (const file of [secretsFile, path.join(files.folder, 'password')]) {
        expect(fs.statSync(file).mode & 0o777).toBe(0o600);
      }

      const idle = new http.Agent({ keepAlive: true });
      const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
        http.get(`${service.origin}/healthz`, { agent: idle }, resolve).once('error', reject);
      });
      response.resume();
      const silent = connect(Number(new URL(service.origin).port), '127.0.0.1');
      silent.on('error', () => undefined);
      const call = await callInFlight(service);

      service.kill('SIGTERM');
      await until('nothing new is taken', () => refused(service));
      service.kill('SIGINT');
      await until('the silent connection is closed', () => silent.destroyed || silent.readableEnded);
      expect(service.hasEnded).toBe(false);
      call.finish();

      expect(await service.ended).toEqual(clean);
      expect(call.answer()).toMatch(/HTTP\/1\.1 4\d\d .*[\s\S]*Connection: close/i);
      expect(files.pid).toBeNull();
      idle.destroy();
    });

    it('ends within 10 s although PostgreSQL is frozen, which stops as soon as it wakes', async () => {
      const service = await ServiceProcess.started(environment);
      const client = await files.connect();
      const { rows } = await client.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
      await client.end();
      const processes = [files.pid!, ...rows.map(({ pid }) => pid)].filter((pid) => signal(pid, 'SIGSTOP'));
      try {
        const hanging = fetch(`${service.origin}/readyz`).catch(() => undefined);
        const [ended, milliseconds] = await timed(() => service.stop());
        expect(ended).toEqual(clean);
        expect(milliseconds).toBeLessThan(10_000);
        await hanging;
      } finally {
        for (const pid of processes) signal(pid, 'SIGCONT');
      }
      await until('PostgreSQL has stopped', () => files.pid === null);
    });

    it('ends in order when it is asked while it still starts', async () => {
      const service = await ServiceProcess.begin(environment);
      await until('it has begun', () => service.output.includes('PostgreSQL: starting'));
      expect(await service.stop()).toEqual(clean);
      expect(service.output).not.toContain('listening');
      expect(files.pid).toBeNull();
    });
  });
});
