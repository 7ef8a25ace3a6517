import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { transformSync } from '@swc/core';
import { CallRecorder } from '../../../src/calls/call-recorder.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { findMissingPython, isPythonSkipped, PythonRunner } from '../../support/python.js';
import { aKey, anAccount, aPartner, aRequest, aStaffMember, type TestPartner } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';
import { anEndpoint, deliveriesOf, someEvents } from '../../support/webhooks.js';
import { ApiReference, everyRoute, type Operation } from '../partner-api/api-reference.js';

const run = promisify(execFile);

interface Sample {
  lang: 'Shell' | 'TypeScript' | 'Python';
  source: string;
}
type Documented = Operation & { 'x-codeSamples': Sample[] };

/** To which the sample moves a sandbox. */
const CLOCK = '2026-05-18T19:24:11Z';
/** Within the project, so that `layers-partner` is found. */
const folder = path.resolve(`tmp/samples-${process.pid}`);
let service: TestApp;
let reference: ApiReference;
beforeAll(async () => {
  fs.mkdirSync(folder, { recursive: true });
  service = await startTestApp();
  reference = await ApiReference.read(service);
  reference.closeSchemas();
});
afterAll(async () => {
  fs.rmSync(folder, { recursive: true });
  await service.close();
});

/** One of each object, so that no list is empty. By the example that they replace. */
async function makeObjects(partner: TestPartner): Promise<Record<string, string>> {
  await someEvents(service, partner);
  const { requestId } = await aRequest(service, partner);
  const endpoint = await anEndpoint(service, partner, { url: 'https://hooks.partner.example/layers' });
  await call(service, 'POST', `/v1/webhook-endpoints/${endpoint.id}/test`, { key: partner.apiKey });
  const [delivery] = await deliveriesOf(service, endpoint);
  await service.app.get(CallRecorder, { strict: false }).flush();
  return {
    'prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39': partner.projectId,
    lreq_01HXZR7K8M2P4RSTUV56789AB: requestId,
    'sa_6b1f0c53-8f0e-4f0c-9d0a-3d5f6f1f7a11': await leaseAnAccount(partner),
    'whe_0b0f6f6e-3f0c-4f4e-8a55-5c1d2f1d7c11': endpoint.id,
    del_01HXZR7K8M2P4RSTVW56789ABC: delivery!.id,
    'key_0b7e3c1a-52c4-4f1c-8a57-1f2ab7c0d9e3': (await aKey(service, partner.organizationId)).apiKeyId,
  };
}

async function leaseAnAccount(partner: TestPartner): Promise<string> {
  const [request, account] = [await aRequest(service, partner), await anAccount(service)];
  const operator = await aStaffMember(service, 'operator');
  const fulfillment = service.app.get(FulfillmentService, { strict: false });
  await fulfillment.assign(operator, { leaseRequestId: request.id, socialAccountId: account.id });
  return account.id;
}

type Runner = (source: string, env: NodeJS.ProcessEnv) => Promise<string>;

let python: PythonRunner;
const runners: Record<Sample['lang'], Runner> = {
  Shell: async (source, env) => (await run('/bin/sh', ['-c', source], { env: { ...process.env, ...env } })).stdout,
  TypeScript: runHere,
  Python: (source, env) => python.run(source, env),
};

/** In this process, of which it is given the environment. @returns what it prints */
async function runHere(source: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { code } = transformSync(source, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } });
  const file = path.join(folder, `${randomUUID()}.mjs`);
  fs.writeFileSync(file, code);
  const before = { ...process.env };
  const printed = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  Object.assign(process.env, env);
  try {
    await import(pathToFileURL(file).href);
    return printed.mock.calls.map((parts) => format(...parts)).join('\n');
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

/** With a partner of its own: some samples end what they are about. */
async function runSample(route: string, lang: Sample['lang']): Promise<string> {
  const { operationId, 'x-codeSamples': samples } = reference.operation(route) as Documented;
  const partner = await aPartner(service, { scopes: ['*'] });
  const key =
    operationId.endsWith('Sandbox') || operationId === 'moveSandboxClock'
      ? (await aSandbox(service, partner)).apiKey
      : partner.apiKey;
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const real = Object.entries({ ...(await makeObjects(partner)), [CLOCK]: tomorrow }).reduce(
    (text, [example, value]) => text.replaceAll(example, value),
    samples.find((sample) => sample.lang === lang)!.source,
  );
  return runners[lang](real, { LAYERS_BASE_URL: service.baseUrl, LAYERS_API_KEY: key });
}

describe('a sample of the reference', () => {
  it.each(everyRoute)('runs in curl and gets the answer that is promised: %s', async (route) => {
    const answer = JSON.parse(await runSample(route, 'Shell')) as object;
    const [[, { content }]] = Object.entries(reference.operation(route).responses).filter(([status]) =>
      status.startsWith('2'),
    ) as [[string, Operation['responses'][string]]];
    const { $ref } = content['application/json']!.schema as { $ref: string };
    const validate = reference.ajv.getSchema(`reference${$ref}`)!;
    expect([validate(answer), validate.errors, answer]).toEqual([true, null, answer]);
    if ('items' in answer) expect(answer.items).not.toHaveLength(0);
  });

  it.each(everyRoute)('runs in TypeScript: %s', async (route) => {
    expect(await runSample(route, 'TypeScript')).toMatch(/^\{/);
  });
});

const describeWithPython = isPythonSkipped ? describe.skip : describe;
describeWithPython('a sample of the reference, in Python', () => {
  const missing = findMissingPython();
  beforeAll(() => {
    if (missing) throw new Error(missing);
    python = new PythonRunner();
  });
  afterAll(() => python.stop());

  it.each(everyRoute)('runs: %s', async (route) => {
    expect(await runSample(route, 'Python')).toMatch(/^\{/);
  });
});
