import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import selfsigned from 'selfsigned';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aKey, aPartner, type TestPartner } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';
import { newDataDir, clearUpServices } from '../../support/service-process.js';
import { faults, startFaultProxy, type FaultProxy } from './fault-proxy.js';
import {
  CLIENT,
  findMissingPython,
  isPythonSkipped,
  PYTHON,
  run,
  runTests,
  UNPACK_WHEEL,
  type Ended,
} from '../../support/python.js';

const WHEEL = path.resolve(process.env.BUILD_DIR ?? 'dist', 'clients/layers_partner-0.1.0-py3-none-any.whl');

/** Python's own account of what failed is the message. */
function expectPassed({ code, output }: Ended): void {
  if (code !== 0) throw new Error(output);
}

const missing = isPythonSkipped ? null : findMissingPython();
if (missing) {
  it('The Python client has a Python to be tested with', () => {
    throw new Error(missing);
  });
}

const describeClient = isPythonSkipped || missing ? describe.skip : describe;
describeClient(`The Python client${isPythonSkipped ? ' (left out by SKIP_PYTHON=on)' : ''}`, () => {
  let service: TestApp;
  let proxy: FaultProxy;
  let sandbox: TestPartner;
  let env: Record<string, string>;
  let quickKey: string;
  const folder = newDataDir();
  /** The Python of an environment into which the wheel was installed. */
  const python = path.join(folder, 'venv/bin/python');
  const quickstart = readQuickstart();

  beforeAll(async () => {
    service = await startTestApp({ workers: true });
    const partner = await aPartner(service, { walletCents: 0, tier: 'internal' });
    sandbox = await aSandbox(service, partner);
    // Each has the limits of a test key to itself.
    const [story, spare, faulty, quick] = await Promise.all(
      ['story', 'spare', 'faulty', 'quick'].map(() =>
        aKey(service, sandbox.organizationId, { env: 'test', scopes: ['*'] }),
      ),
    );
    quickKey = quick!.apiKey;
    proxy = await startFaultProxy(service.baseUrl);
    env = {
      LAYERS_BASE_URL: service.baseUrl,
      LAYERS_API_KEY: story!.apiKey,
      LAYERS_PROJECT_ID: sandbox.projectId,
      LAYERS_LIVE_KEY: partner.apiKey,
      LAYERS_LIVE_PROJECT_ID: partner.projectId,
      LAYERS_SPARE_KEY: spare!.apiKey,
      LAYERS_FAULTS_URL: proxy.url,
      LAYERS_FAULTS_KEY: faulty!.apiKey,
      LAYERS_FAULTS: Object.keys(faults).join(' '),
    };
  });
  afterAll(async () => {
    await proxy?.close();
    await service?.close();
    await clearUpServices();
  });

  it('passes its own tests, with every warning an error', async () => {
    const { private: key, cert } = await selfsigned.generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const files = { LAYERS_TLS_KEY: path.join(folder, 'key.pem'), LAYERS_TLS_CERT: path.join(folder, 'cert.pem') };
    fs.writeFileSync(files.LAYERS_TLS_KEY, key);
    fs.writeFileSync(files.LAYERS_TLS_CERT, cert);
    const ended = await runTests('test_*.py', 'tests', files);
    expectPassed(ended);
    // All but those in tests/live, which the next tests run.
    expect(ended.output).toMatch(/Ran \d{2,} tests/);
  });

  it('calls every route, tells a partner’s story in the sandbox, and does what its README shows', async () => {
    const all = await Promise.all(
      ['test_routes.py', 'test_sandbox.py', 'test_readme.py'].map((name) => runTests(name, 'tests/live', env)),
    );
    for (const ended of all) {
      expectPassed(ended);
      expect(ended.output).not.toContain('skipped');
    }
  });

  it('never queues a request twice, whatever happens to its first try', async () => {
    const ended = await runTests('test_faults.py', 'tests/live', env);
    expectPassed(ended);
    expect(ended.output).not.toContain('skipped');
    const rows = await service.dataSource.query<{ fault: string; times: number }[]>(
      `SELECT metadata ->> 'fault' || ' ' || (metadata ->> 'repeatedBy') AS fault, count(*)::int AS times
         FROM lease_request WHERE organization_id = $1 AND metadata ? 'fault' GROUP BY 1`,
      [sandbox.organizationId],
    );
    const names = Object.keys(faults).flatMap((fault) => [`${fault} client`, `${fault} caller`]);
    expect(Object.fromEntries(rows.map(({ fault, times }) => [fault, times]))).toEqual(
      Object.fromEntries(names.map((name) => [name, 1])),
    );
    // Each fault was met by two writes, and each of them came again with its own key; on a busy machine perhaps a second time.
    const triesOfWrites = Object.keys(faults).map((fault) => proxy.tries.get(fault));
    expect(triesOfWrites.map((tries) => tries?.length)).toEqual(triesOfWrites.map(() => 2));
    expect(Math.min(...triesOfWrites.flatMap((tries) => tries!))).toBe(2);
  });

  it('is in a wheel, and the quickstart runs from an empty folder', async () => {
    expectPassed(await run(PYTHON, ['-m', 'venv', '--without-pip', path.join(folder, 'venv')], { cwd: folder }));
    await install(WHEEL);
    fs.mkdirSync(path.join(folder, 'empty'));
    fs.writeFileSync(path.join(folder, 'empty/quickstart.py'), quickstart);
    const ended = await run(python, ['-W', 'error', 'quickstart.py'], {
      cwd: path.join(folder, 'empty'),
      env: { LAYERS_BASE_URL: service.baseUrl, LAYERS_API_KEY: quickKey },
    });
    expectPassed(ended);
    expect(ended.output).toMatch(/^accepted: lreq_\w+\n[^]*^assigned 2 of 2\n[^]*\bsa_/m);
  });

  it('is in the same wheel when its own backend builds it', async () => {
    const code = `import sys; sys.path[:0] = ["build_backend"]; import layers_build; print(layers_build.build_wheel(${JSON.stringify(folder)}))`;
    const { output, ...ended } = await run(PYTHON, ['-c', code], { cwd: CLIENT });
    expectPassed({ output, ...ended });
    expect(output.trim()).toBe(path.basename(WHEEL));
    expect(readMembers(path.join(folder, output.trim()))).toEqual(readMembers(WHEEL));
  });

  /** As pip does, which takes seconds; that pip takes it from the service is tried by the samples of the docs. */
  async function install(wheel: string): Promise<void> {
    expectPassed(await run(python, ['-c', UNPACK_WHEEL, wheel], { cwd: folder }));
    const version = 'import importlib.metadata as m; print(m.version("layers-partner"))';
    const { output } = await run(python, ['-W', 'error', '-c', `import layers; ${version}`], { cwd: folder });
    expect(output).toBe('0.1.0\n');
  }
});

function readQuickstart(): string {
  const [, code] = /```python\n([^]*?)```/.exec(fs.readFileSync(path.join(CLIENT, 'README.md'), 'utf8')) ?? [];
  return code!;
}

function readMembers(wheel: string): Record<string, string> {
  const members = Object.entries(unzipSync(fs.readFileSync(wheel)));
  return Object.fromEntries(members.map(([name, content]) => [name, Buffer.from(content).toString()]));
}
