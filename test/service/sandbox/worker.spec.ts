import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SandboxWorker } from '../../../src/sandbox/sandbox-worker.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { eventually } from '../../support/calls.js';
import { requestState } from '../../support/ledger.js';
import { aPartner, aRequest } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp({ workers: true });
});
afterAll(() => service.close());

it('A service with workers answers its sandboxes by itself, and nothing after it was stopped', async () => {
  const sandbox = await aSandbox(service, await aPartner(service));
  const request = await aRequest(service, sandbox, { count: 2 });
  const assigned = await eventually(async () => {
    const state = await requestState(service, request.id);
    return state.status === 'requested' ? null : state;
  });
  expect(assigned).toMatchObject({ status: 'assigned', assignedCount: 2 });

  const worker = service.app.get(SandboxWorker, { strict: false });
  await worker.stop();
  const later = await aRequest(service, sandbox, { count: 1 });
  worker.tick();
  await worker.run();
  expect(await requestState(service, later.id)).toMatchObject({ status: 'requested' });
});
