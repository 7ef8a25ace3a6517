import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { verifyWebhook } from '../../../clients/typescript/src/index.js';
import { triggers } from '../../../clients/typescript/src/cli/triggers.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';
import { programEnvironment } from '../../support/program-environment.js';
import { aSandbox } from '../../support/sandboxes.js';
import { until } from '../../support/until.js';
import { answers, startReceiver, takesAll, type WebhookReceiver } from '../../support/webhook-receiver.js';

const { version } = JSON.parse(fs.readFileSync('clients/typescript/package.json', 'utf8')) as { version: string };
const rootCompiler = path.resolve('node_modules/typescript');
const olderCompiler = createRequire(path.resolve('clients/typescript/package.json')).resolve('typescript');
const checkTypes = path.resolve('test/process/clients/check-types.mjs');

let service: TestApp;
let partner: TestPartner;
let sandbox: TestPartner;
/** One whose wallet nothing spends. */
let calmSandbox: TestPartner;
/** Where a partner has installed the package. */
let folder: string;

beforeAll(async () => {
  service = await startTestApp({ workers: true });
  partner = await aPartner(service, { name: 'Brew Media' });
  sandbox = await aSandbox(service, partner);
  calmSandbox = await aSandbox(service, await aPartner(service));
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'layers-partner-'));
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  // No registry is there to ask.
  const flags = ['--no-audit', '--no-fund', '--registry', 'http://127.0.0.1:9'];
  const ran = await run('npm', ['install', ...flags, `${service.baseUrl}/docs/clients/layers-partner.tgz`]);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
});
afterAll(async () => {
  await service.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

function environment(apiKey: string | undefined = sandbox.apiKey): NodeJS.ProcessEnv {
  const key = apiKey ? { LAYERS_API_KEY: apiKey } : {};
  return { ...programEnvironment, HOME: process.env.HOME, LAYERS_BASE_URL: service.baseUrl, ...key };
}

async function run(command: string, args: string[], env = environment()): Promise<Ran> {
  const ran = promisify(execFile)(command, args, { cwd: folder, env, timeout: 90_000 });
  return ran.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ran) => ({ code, stdout, stderr }),
  );
}

const program = () => path.join(folder, 'node_modules/.bin/layers');
const layers = (args: string[], env?: NodeJS.ProcessEnv) => run(program(), args, env);

interface InstalledProgram {
  runCommand(args: string[], output: { print(line: string): void; complain(line: string): void }): Promise<number>;
}

/** What {@link layers} does, by the installed program within this process: a start takes longer than most commands. */
async function layersHere(args: string[], env = environment()): Promise<Ran> {
  const file = path.join(folder, 'node_modules/layers-partner/dist/esm/cli/command.js');
  const { runCommand } = (await import(pathToFileURL(file).href)) as InstalledProgram;
  const ran = { stdout: '', stderr: '' };
  const output = {
    print: (line: string) => void (ran.stdout += `${line}\n`),
    complain: (line: string) => void (ran.stderr += `${line}\n`),
  };
  const replaced = jest.replaceProperty(process, 'env', env);
  try {
    const code = await runCommand(args, output);
    return { code, ...ran };
  } finally {
    replaced.restore();
  }
}

const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);

describe('The packed package', () => {
  it('is listed and served with its version, and nothing else is', async () => {
    const list = await call(service, 'GET', '/docs/clients/');
    expect(list.headers['content-type']).toBe('text/html; charset=utf-8');
    const names = [...list.text.matchAll(/<a href="([^"]+)">/g)].map(([, name]) => name!);
    expect(names).toEqual(expect.arrayContaining([`layers-partner-${version}.tgz`, 'layers-partner.tgz']));
    const areSafe = {
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    };
    expect(list.headers).toMatchObject(areSafe);
    for (const name of names) {
      const file = await call(service, 'GET', `/docs/clients/${name}`);
      expect(file.headers).toMatchObject(areSafe);
      expect([file.status, file.headers['content-type']]).toEqual([
        200,
        expect.stringMatching(/^application\/(gzip|zip)$/),
      ]);
    }
    expect((await call(service, 'GET', '/docs/clients')).headers.location).toBe('/docs/clients/');
    for (const name of ['none.tgz', '..%2f..%2fpackage.json', '%2e%2e/sources.sha256', '..%2fsources.sha256'])
      expect([name, (await call(service, 'GET', `/docs/clients/${name}`)).status]).toEqual([name, 404]);
  });

  it('brings nothing with it, and holds what it says', () => {
    const installed = fs.readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['layers-partner']);
    const home = path.join(folder, 'node_modules/layers-partner');
    const manifest = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8')) as Record<string, object>;
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest).toMatchObject({ license: 'MIT', engines: { node: '>=18' } });
    expect(fs.readdirSync(home).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  });

  const use = `
    const layers = new Layers();
    layers.whoami().then(({ organizationName }) => console.log(organizationName, VERSION, typeof verifyWebhook));
    new Layers({ apiKey: 'lp_live_none' }).whoami().catch((error) => console.log(error instanceof Unauthenticated, error.name));
  `;
  it.each([
    [
      'an ES module',
      'use.mjs',
      `import { Layers, Unauthenticated, VERSION, verifyWebhook } from 'layers-partner';${use}`,
    ],
    [
      'CommonJS',
      'use.cjs',
      `const { Layers, Unauthenticated, VERSION, verifyWebhook } = require('layers-partner');${use}`,
    ],
  ])('works in %s', async (_what, name, source) => {
    write(name, source);
    const { code, stdout, stderr } = await run(process.execPath, [name]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trim().split('\n').sort()).toEqual([
      `Brew Media (sandbox) ${version} function`,
      'true Unauthenticated',
    ]);
  });

  it('does what its readme shows, from an empty folder', async () => {
    const readme = fs.readFileSync('clients/typescript/README.md', 'utf8');
    write('first.mjs', /```js\n(.*?)```/s.exec(readme)![1]!);
    const { code, stdout, stderr } = await run(process.execPath, ['first.mjs'], environment(calmSandbox.apiKey));
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^lreq_\w+ is accepted$/);
    expect(lines).toContain('assigned: 2 assigned');
    expect(lines.slice(-2)).toEqual(Array(2).fill(expect.stringMatching(/^\S+ \d+ \d{4}-\d\d-\d\dT/)));
  });

  const typed = `
    import { Layers, RateLimited, verifyWebhook, type LayersEvent, type LeaseRequest } from 'layers-partner';
    export async function use(layers: Layers, geo: string[]): Promise<LeaseRequest> {
      const { requestId } = await layers.leasedAccounts.request(
        { projectId: 'prj_1', count: 5, niche: { vertical: 'coffee', geo } }, { idempotencyKey: 'x' });
      // @ts-expect-error a count is a number
      layers.leasedAccounts.request({ projectId: 'prj_1', count: '5', niche: { vertical: 'coffee' } });
      // @ts-expect-error there is no such field
      layers.leasedAccounts.release({ socialAccountId: 'sa_1', cause: 'x' });
      const { data, replayed, rateLimit } = await layers.wallet.get().withResponse();
      const cents: number = data.balanceCents + (rateLimit?.remaining ?? 0);
      for await (const account of layers.leasedAccounts.list({ status: 'assigned' })) console.log(account.handle.length, cents, replayed);
      const page = await layers.events.list();
      const next: LayersEvent[] = (await page.nextPage())?.items ?? page.items;
      const event: LayersEvent = verifyWebhook('{}', { 'x-layers-signature': 'a' }, ['s']);
      const isNew: boolean = event.type === 'something.new' || next.length === 0;
      const [endpoint] = (await layers.webhookEndpoints.list()).items;
      if (endpoint) await layers.webhookEndpoints.update({ endpointId: endpoint.id, events: endpoint.events });
      try { return await layers.leasedAccounts.waitForRequest(requestId, { onProgress: ({ status }) => console.log(status, isNew) }); }
      catch (error) { if (error instanceof RateLimited) console.log(error.retryAfter); throw error; }
    }
  `;
  it.each([
    ['of the project', rootCompiler],
    ['of version 5', olderCompiler],
  ])(
    'passes the strict checks of the compiler %s where modules are resolved as node16, nodenext and bundler do',
    async (_which, compiler) => {
      for (const name of ['typed.mts', 'typed.cts', 'typed.ts']) write(name, typed);
      // The compiler's own libraries are checked by who makes them.
      const options = '--strict --noEmit --skipDefaultLibCheck --target es2022';
      const runs = [
        `${options} --module node16 --moduleResolution node16 typed.mts typed.cts`,
        `${options} --module nodenext --moduleResolution nodenext typed.mts`,
        `${options} --module esnext --moduleResolution bundler typed.ts`,
      ];
      const { stdout, stderr, code } = await run(process.execPath, [checkTypes, compiler, ...runs]);
      expect([stdout, stderr, code]).toEqual(['', '', 0]);
    },
  );
});

describe('layers', () => {
  it('tells its commands, its version and its triggers', async () => {
    const help = await layers(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('listen --forward-to <url>') });
    expect(await run('npx', ['--no-install', 'layers', '--version'])).toEqual({
      code: 0,
      stderr: '',
      stdout: `${version}\n`,
    });
    const list = (await layers(['trigger', '--list'])).stdout.trim().split('\n');
    expect(list.map((line) => line.split(' ')[0])).toEqual(Object.keys(triggers));
    const not = list.filter((line) => line.includes('not possible: ')).map((line) => line.split(' ')[0]);
    expect(not).toEqual(['leased_account.replaced', 'webhook_endpoint.auto_paused']);
  });

  it('ends without a word where nobody reads what it says any more', async () => {
    const child = spawn(program(), ['trigger', '--list'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [complaints, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect([code, complaints]).toEqual([0, '']);
  });

  it.each<[string, string[], string | undefined]>([
    ['Name a command.', [], undefined],
    ['There is no command dance.', ['dance'], undefined],
    ["Unknown option '--loud'.", ['listen', '--loud'], undefined],
    ["Option '--forward-to <value>' argument missing.", ['listen', '--forward-to'], undefined],
    ["Option '--since' argument is ambiguous.", ['listen', '--since', '--secret'], undefined],
    ['Set LAYERS_API_KEY', ['listen', '--forward-to', 'http://127.0.0.1:9'], ''],
    ['Set LAYERS_API_KEY', ['trigger', 'test.ping'], ''],
    ['Say where to', ['listen'], undefined],
    ['--forward-to has to be', ['listen', '--forward-to', 'localhost:4000'], undefined],
    ['There is no event a.b', ['listen', '--forward-to', 'http://127.0.0.1:9', '--events', 'test.ping,a.b'], undefined],
    ['There is no event a.b', ['trigger', 'a.b'], undefined],
    ['There is no event constructor', ['trigger', 'constructor'], undefined],
    ['Name one type', ['trigger'], undefined],
    ['cannot be made to happen', ['trigger', 'leased_account.replaced'], undefined],
    ['baseUrl has to be', ['trigger', 'test.ping', '--base-url', 'x'], undefined],
  ])('says what is wrong and exits with 2: %s', async (message, args, key) => {
    const { code, stderr, stdout } = await layersHere(args, environment(key));
    expect([code, stdout]).toEqual([2, '']);
    // One line.
    expect(stderr).toMatch(
      /^.+ Usage: layers listen --forward-to <url> \| layers trigger <event type> \| layers --help\n$/,
    );
    expect(stderr).toContain(message);
  });

  it('exits with 1 and the code of the answer where the service refuses', async () => {
    const { code, stderr } = await layers(
      ['listen', '--forward-to', 'http://127.0.0.1:9'],
      environment('lp_test_wrong'),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Unauthenticated: .* \(req_\w+\)\n$/);
  });

  it('triggers nothing with a live key', async () => {
    const { code, stderr } = await layers(['trigger', 'lease_request.assigned'], environment(partner.apiKey));
    expect([code, stderr]).toEqual([2, expect.stringContaining('sandbox alone')]);
    expect(
      await service.dataSource.query('SELECT 1 FROM lease_request WHERE organization_id = $1', [
        partner.organizationId,
      ]),
    ).toEqual([]);
  });
});

describe('layers trigger', () => {
  const possible = Object.entries(triggers).flatMap(([type, { run: way }]) => (way ? [type] : []));
  // The play money is spent last.
  const spending = ['wallet.low_balance', 'leased_account.renewal_failed'];
  const inOrder = [...possible.filter((type) => !spending.includes(type) && type !== 'test.ping'), ...spending];

  it.each(inOrder)('makes this happen in the sandbox: %s', async (type) => {
    const flags = spending.includes(type) ? ['--spend-wallet'] : [];
    if (type === spending[0]) {
      const refused = await layersHere(['trigger', type]);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--spend-wallet')]);
    }
    const { code, stdout, stderr } = await layersHere(['trigger', type, ...flags]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^POST \/v1\/\S+ {2}20\d {2}req_/);
    const event = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { id: string; type: string };
    expect(event.type).toBe(type);
    const stored = await service.dataSource.query('SELECT type FROM event WHERE id = $1 AND organization_id = $2', [
      event.id,
      sandbox.organizationId,
    ]);
    expect(stored).toEqual([{ type }]);
  });

  it('tests a webhook endpoint', async () => {
    const none = await layers(['trigger', 'test.ping']);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('There is no webhook endpoint')]);
    const receiver = await startReceiver(takesAll);
    const body = { url: receiver.url, events: ['test.ping'] };
    const { endpoint, signingSecret } = (
      await call(service, 'POST', '/v1/webhook-endpoints', { key: sandbox.apiKey, body })
    ).body;
    const { code, stdout } = await layers(['trigger', 'test.ping', '--endpoint', endpoint.id]);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`goes to ${endpoint.id}`)]);
    await until('the test arrived', () => receiver.calls.length > 0);
    const [arrived] = receiver.calls;
    expect(verifyWebhook(arrived!.text, arrived!.headers, signingSecret).type).toBe('test.ping');
    await receiver.close();
  });
});

describe('layers listen', () => {
  let receiver: WebhookReceiver;
  let listening: (ChildProcess & { text: string }) | undefined;
  afterEach(async () => {
    listening?.kill('SIGKILL');
    await receiver.close();
  });

  async function listen(...args: string[]): Promise<ChildProcess & { text: string }> {
    const child = spawn(program(), ['listen', ...args], { cwd: folder, env: environment(calmSandbox.apiKey) });
    const started = Object.assign(child, { text: '' });
    listening = started;
    for (const output of [child.stdout, child.stderr]) output.on('data', (text) => (started.text += text));
    await until('it listens', () => started.text.includes('Ctrl-C ends it.'));
    return started;
  }

  const ask = async (vertical: string): Promise<string> => {
    const payload = { projectId: calmSandbox.projectId, count: 1, niche: { vertical } };
    const route = `/v1/projects/${calmSandbox.projectId}/leased-accounts/request`;
    return (await call(service, 'POST', route, { key: calmSandbox.apiKey, body: payload })).body.requestId;
  };
  const idOf = (requestId: string) =>
    receiver.calls.find(({ body }) => body.data.requestId === requestId)?.body.id as string | undefined;

  it('forwards what happens from now on, signed, shows each answer, and ends with Ctrl-C', async () => {
    receiver = await startReceiver(answers(204));
    const before = await ask('sandbox-reject');
    await until('it was rejected', async () => (await layersOf(before)) === 'rejected');
    const listener = await listen(
      '--forward-to',
      `${receiver.url}/hook`,
      '--events',
      'lease_request.rejected,lease_request.updated',
    );
    expect(listener.text).toMatch(
      /^Forwarding the events of .* from now on \(--since begins earlier\) to .*\. Ctrl-C ends it\.\n/,
    );
    await until('it shows the secret', () => listener.text.includes('whsec_'));
    const secret = /Signing secret: (whsec_\S{43})/.exec(listener.text)![1]!;
    const requestId = await ask('sandbox-reject');
    await until('it arrived', () => idOf(requestId));
    const [arrived] = receiver.calls;
    const event = verifyWebhook(arrived!.text, arrived!.headers, secret);
    expect([event.type, event.data.requestId, receiver.calls.length]).toEqual(['lease_request.rejected', requestId, 1]);
    expect([arrived!.path, arrived!.headers['x-layers-event-id']]).toEqual(['/hook', event.id]);
    const [stored] = await service.dataSource.query('SELECT body FROM event WHERE id = $1', [event.id]);
    expect(arrived!.text).toBe(stored.body);
    expect(arrived!.headers).toMatchObject({ 'user-agent': 'Layers-Webhooks/1', 'content-type': 'application/json' });
    const line = new RegExp(`^\\d\\d:\\d\\d:\\d\\d {2}lease_request.rejected {2}${event.id} {2}204 {2}\\d+ ms$`, 'm');
    await until('the answer is shown', () => line.test(listener.text));

    const ended = once(listener, 'exit');
    listener.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  });

  it('goes on when the receiver is down, from an event and with a secret of yours', async () => {
    receiver = await startReceiver(takesAll);
    const requestId = await ask('sandbox-reject');
    await until('it was rejected', async () => (await layersOf(requestId)) === 'rejected');
    const { items } = (await call(service, 'GET', '/v1/events?limit=500', { key: calmSandbox.apiKey })).body;
    const since = items.at(-2).id as string;
    const { port } = new URL(receiver.url);
    await receiver.close();
    const listener = await listen('--forward-to', receiver.url, '--secret', 'whsec_mine', '--since', since);
    expect(listener.text).toContain(`after ${since} to`);
    expect(listener.text).not.toContain('Signing secret');
    await until('it tells', () => listener.text.includes('ECONNREFUSED, again in 1 s'));
    receiver = await startReceiver(takesAll, Number(port));
    await until('it arrived', () => receiver.calls.length > 0);
    const [arrived] = receiver.calls;
    expect(verifyWebhook(arrived!.text, arrived!.headers, 'whsec_mine').id).toBe(items.at(-1).id);
  });

  const layersOf = async (requestId: string) =>
    (await call(service, 'GET', `/v1/leased-accounts/requests/${requestId}`, { key: calmSandbox.apiKey })).body
      .status as string;
});
