// npm run demo      the whole story of a request against a fresh service, each answer checked; exit code 1 where one differs from the contract
import path from 'node:path';
import process from 'node:process';
import { PROJECT_ID, WALLET_CENTS } from './common.mjs';
import { Partner } from './partner.mjs';
import { PanelSession } from './panel.mjs';
import { Receiver } from './receiver.mjs';
import { Report } from './report.mjs';
import { DemoService } from './service.mjs';
import { monthSteps } from './month-steps.mjs';
import { requestSteps } from './request-steps.mjs';

process.chdir(path.join(import.meta.dirname, '..'));
// A closed reader of the output (`| head`) must not leave a service behind.
process.stdout.on('error', () => undefined);

const report = new Report(process.stdout);
const service = new DemoService(report);
let receiver = null;
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
  await tell(await prepare());
} catch (error) {
  if (!isInterrupted) report.broken(error);
}
if (!isInterrupted) for (const error of service.errors) report.note(`the service logged: ${error}`);
await stop();
if (!isInterrupted) {
  report.end();
  process.exit(report.failures.length === 0 ? 0 : 1);
}

async function prepare() {
  report.title('A partner asks for five accounts: the whole story, against a fresh service');
  await service.build();
  // After the build: it is what makes the client.
  const client = await import('layers-partner');
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
  receiver = new Receiver(client.verifyWebhook);
  await receiver.listen();
  report.note(`The service listens on ${service.origin}, the partner’s program for webhooks on ${receiver.url}.`);
  const partner = new Partner(report, client.Layers, { apiKey, baseUrl: service.origin });
  const operator = new PanelSession(report, service.origin, 'the operator');
  return { client, operator, partner, receiver, report, service, state: { organizationId } };
}

/** A check that fails stops nothing; a step that breaks off ends the story. */
async function tell(story) {
  try {
    for (const [who, title, work] of [...requestSteps, ...monthSteps]) {
      report.step(who, title);
      await work(story);
    }
  } finally {
    story.state.waiting?.abort();
  }
}

/** Once, whoever asks for it first. */
function stop() {
  receiver?.close();
  stopped ??= service.stop();
  return stopped;
}
