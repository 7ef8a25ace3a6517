import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { freePort, newDataDir } from './service-process.js';
import { until } from './until.js';

/** Something that spreads calls over services and asks them whether they are ready. */
export interface LoadBalancer {
  port: number;
  close(): Promise<void>;
}

const CHECK_EVERY_MS = 300;

export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Our own, where no other is installed: as they do, it keeps connections to the services open between calls. */
export async function startOwnBalancer(ports: number[]): Promise<LoadBalancer> {
  const agents = new Map(ports.map((port) => [port, new http.Agent({ keepAlive: true })]));
  const ready = new Set(ports);
  let turn = 0;
  const check = (port: number) =>
    http
      .get({ port, host: '127.0.0.1', path: '/readyz', agent: false }, (response) => {
        response.resume();
        if (response.statusCode === 200) ready.add(port);
        else ready.delete(port);
      })
      .on('error', () => ready.delete(port));
  const timer = setInterval(() => ports.forEach(check), CHECK_EVERY_MS);
  const server = http.createServer((call, answer) => {
    const [port] = [...ready].slice((turn += 1) % ready.size);
    const { method, url, headers } = call;
    const forwarded = http.request({ port, host: '127.0.0.1', method, path: url, headers, agent: agents.get(port!) });
    forwarded.on('response', (response) => {
      const { connection: _ours, 'keep-alive': _too, ...others } = response.headers;
      answer.writeHead(response.statusCode!, others);
      response.pipe(answer);
    });
    forwarded.on('error', () => answer.writeHead(502).end());
    call.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    close: async () => {
      clearInterval(timer);
      agents.forEach((agent) => agent.destroy());
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function startHaproxy(ports: number[]): Promise<LoadBalancer> {
  const port = await freePort();
  const servers = ports.map(
    (each) => `  server s${each} 127.0.0.1:${each} check inter ${CHECK_EVERY_MS}ms fall 1 rise 1`,
  );
  const config = `
defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  timeout check 5s
frontend calls
  bind 127.0.0.1:${port}
  default_backend services
backend services
  option httpchk GET /readyz
  http-reuse always
${servers.join('\n')}
`;
  return startProgram(port, config, (file) => ['haproxy', '-db', '-f', file]);
}

/**
 * It has no health checks: it sends calls until a connection is refused, so one may meet the very moment in which the listener closes.
 * It repeats that one elsewhere, which is safe: calls have a requestId of their own.
 */
export async function startNginx(ports: number[]): Promise<LoadBalancer> {
  const port = await freePort();
  const folder = newDataDir();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${folder}/${kind};`,
  );
  const config = `
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 256; }
http {
  access_log off;
${temporary.join('\n')}
  upstream services {
${ports.map((each) => `    server 127.0.0.1:${each} max_fails=1 fail_timeout=30s;`).join('\n')}
    keepalive 32;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://services;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_next_upstream error timeout non_idempotent;
    }
  }
}
`;
  return startProgram(port, config, (file) => ['nginx', '-c', file, '-e', path.join(folder, 'error.log')]);
}

async function startProgram(
  port: number,
  config: string,
  toCommand: (file: string) => string[],
): Promise<LoadBalancer> {
  const file = path.join(newDataDir(), 'config');
  fs.writeFileSync(file, config);
  const [program, ...args] = toCommand(file);
  const child: ChildProcess = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr!.on('data', (text) => (complaints += text));
  const ended = new Promise((resolve) => child.once('close', resolve));
  await until(`${program} answers: ${complaints}`, async () => {
    if (child.exitCode !== null) throw new Error(complaints);
    return fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
  });
  return {
    port,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
