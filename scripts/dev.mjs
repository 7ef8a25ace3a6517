// Compiles and bundles what has changed and starts the service again, until Ctrl-C. After a type error the last good one runs on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, watch } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

// Nobody waits for a load balancer here.
process.env.DRAIN_SECONDS ??= '0';
// From now on dist is not what the last whole build made.
rmSync('dist/sources.sha256', { force: true });

const run = (args, stdio = 'inherit') => spawn(process.execPath, args, { stdio });

let bundler;
let service;
let isPanelStale = true;
let isRestartDue = false;
let isRestarting = false;
let isStopping = false;

const compiler = run(
  ['node_modules/typescript/bin/tsc', '--watch', '--preserveWatchOutput', '--pretty', '-p', 'tsconfig.build.json'],
  ['ignore', 'pipe', 'inherit'],
);
createInterface({ input: compiler.stdout }).on('line', (line) => {
  console.log(line);
  if (line.includes('Found 0 errors')) void restart();
});
// The compiler reports on components itself, and knows no style sheets and icons.
watch('src/panel', { recursive: true }, (_event, name) => {
  isPanelStale = true;
  if (!/[.]tsx?$/.test(name ?? '')) void restart();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);

async function restart() {
  isRestartDue = true;
  if (isRestarting) return;
  isRestarting = true;
  while (isRestartDue && !isStopping) {
    // Editors and compilers write several times.
    await pause(200);
    isRestartDue = false;
    if (!(await bundlePanel())) continue;
    await end(service);
    if (!isStopping) service = run(['--enable-source-maps', 'dist/src/main.js']);
  }
  isRestarting = false;
}

/** Whether there is a bundle of what is there now. */
async function bundlePanel() {
  if (!isPanelStale) return true;
  isPanelStale = false;
  bundler = run(['dist/src/admin/bundle/build-panel.js']);
  const [code] = await once(bundler, 'exit');
  isPanelStale ||= code !== 0;
  return code === 0;
}

async function stop() {
  if (isStopping) return;
  isStopping = true;
  await Promise.all([compiler, bundler, service].map(end));
  process.exit(0);
}

/** The service drains first. Ctrl-C has reached it already, and it takes a second signal for the same one. */
async function end(child) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
