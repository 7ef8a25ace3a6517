// npm run demo      the whole story of a request against a fresh service, each answer checked; exit code 1 where one differs from the contract
import path from 'node:path';
import process from 'node:process';
import { PROJECT_ID, WALLET_CENTS } from './common.mjs';
import { Report } from './report.mjs';
import { DemoService } from './service.mjs';
import { tellStory } from './story.mjs';

process.chdir(path.join(import.meta.dirname, '..'));
// A closed reader of the output (`| head`) must not leave a service behind.
process.stdout.on('error', () => undefined);

const report = new Report(process.stdout);
const service = new DemoService(report);
let stopped = null;
let isInterrupted = false;

for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 })) {
  process.on(signal, async () => {
    if (isInterrupted) return;
    isInterrupted = true;
    report.line(`   ${signal}: stopping the service and removing its files`);
    await stop();
    process.exit(128 + number);
  });
}

try {
  await tellStory(report, service, await prepare());
} catch (error) {
  if (!isInterrupted) report.broken(error);
}
if (!isInterrupted) for (const error of service.errors) report.note(`the service logged: ${error}`);
await stop();
if (!isInterrupted) {
  report.end();
  process.exit(report.failures.length === 0 ? 0 : 1);
}

/** Starts the service, with a partner who has a key. */
async function prepare() {
  report.title('A partner asks for five accounts: the whole story, against a fresh service');
  await service.build();
  const folder = await service.makeFolder();
  report.note(`Its PostgreSQL is in ${folder}, which is removed at the end with the keys and passwords in it.`);
  const args = ['--name', 'Brew Lab', '--project', 'Launch', '--project-id', PROJECT_ID];
  args.push('--wallet-cents', String(WALLET_CENTS));
  report.call(`npm run cli -- partner:create ${args.join(' ').replace('Brew Lab', '"Brew Lab"')}`);
  report.progress('making the database and a partner with $1,500.00');
  const { organizationId, apiKey } = await service.cli('partner:create', ...args);
  report.answer({ organizationId, apiKey: `${apiKey.slice(0, apiKey.indexOf('_', 8) + 1)}…` });
  report.call('npm start');
  await service.start();
  return { organizationId, apiKey };
}

/** Once, whoever asks for it first. */
function stop() {
  stopped ??= service.stop();
  return stopped;
}
