import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WhoamiService } from '../../../src/partners/whoami.service.js';
import { startLoggedApp, type LogLine, type TestApp } from '../../support/app.js';
import { call, eventually, type Reply } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';

const INFO = 30;
const DEBUG = 20;

describe('the log of calls', () => {
  let service: TestApp & { log: LogLine[] };
  let partner: TestPartner;
  let keyPrefix: string;
  beforeAll(async () => {
    service = await startLoggedApp();
    partner = await aPartner(service);
    keyPrefix = partner.apiKey.split('_')[2]!;
  });
  beforeEach(() => void service.log.splice(0));
  afterAll(() => service.close());

  const lineOf = ({ headers }: Reply) =>
    eventually(async () => service.log.find((line) => line.res && line.requestId === headers['x-request-id']));
  const whoami = (headers: Record<string, string> = {}, key = partner.apiKey) =>
    call(service, 'GET', '/v1/whoami', { key, headers });

  it('says who called, from where and with which id of their own', async () => {
    const line = await lineOf(await whoami({ 'user-agent': 'brew-client/2.1', 'x-request-id': 'job:17.a_b-c' }));
    expect(line).toMatchObject({
      level: INFO,
      clientRequestId: 'job:17.a_b-c',
      address: '127.0.0.1',
      userAgent: 'brew-client/2.1',
      organizationId: partner.organizationId,
      keyPrefix,
      req: { method: 'GET', url: '/v1/whoami' },
      res: { status: 200 },
      durationMs: expect.any(Number),
    });
    expect(line).not.toHaveProperty('code');
  });

  it.each(['x'.repeat(129), 'two words', 'a"b', 'ключ', ''])(
    'ignores an X-Request-Id of the caller that may not be logged: %j',
    async (id) => {
      const reply = await call(service, 'GET', '/v1/whoami', {
        headers: [
          'Host',
          'x',
          'Authorization',
          `Bearer ${partner.apiKey}`,
          'X-Request-Id',
          Buffer.from(id).toString('latin1'),
        ],
      });
      expect(await lineOf(reply)).not.toHaveProperty('clientRequestId');
    },
  );

  it('says why a call was refused, and names no organization for a key that is not authenticated', async () => {
    const refused = await call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
      key: partner.apiKey,
      body: {},
    });
    expect(await lineOf(refused)).toMatchObject({ code: 'VALIDATION', organizationId: partner.organizationId });
    const forged = await lineOf(await whoami({}, `${partner.apiKey.slice(0, -3)}AAA`));
    expect(forged).toMatchObject({ code: 'UNAUTHENTICATED', keyPrefix });
    expect(forged).not.toHaveProperty('organizationId');
    const other = await lineOf(await whoami({ 'x-layers-organization': 'org_other' }));
    expect(other).toMatchObject({ code: 'FORBIDDEN_SCOPE', organizationId: partner.organizationId });
    expect(await lineOf(await call(service, 'GET', '/nowhere'))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('holds no secret of a key, wherever it was sent', async () => {
    await lineOf(
      await call(service, 'GET', `/nowhere?q=${partner.apiKey}`, { headers: { 'user-agent': partner.apiKey } }),
    );
    expect(JSON.stringify(service.log)).toContain(keyPrefix);
    expect(JSON.stringify(service.log)).not.toContain(partner.apiKey.split('_').slice(3).join('_'));
  });

  it('calls the id of a call by one name in every line', async () => {
    const whoamis = service.app.get(WhoamiService, { strict: false });
    const { whoami: read } = whoamis;
    whoamis.whoami = () => Promise.reject(new Error('planted'));
    try {
      const { headers } = await whoami();
      const lines = await eventually(async () => (service.log.length >= 2 ? service.log : null));
      expect(lines.map(({ requestId }) => requestId)).toEqual(lines.map(() => headers['x-request-id']));
      expect(lines.find(({ res }) => !res)).toMatchObject({ err: { message: 'planted' } });
      expect(lines.find(({ res }) => res)).toMatchObject({ res: { status: 500 }, code: 'INTERNAL' });
    } finally {
      whoamis.whoami = read;
    }
  });

  it('tells the probes of load balancers at debug only', async () => {
    for (const path of ['/healthz', '/readyz', '/readyz?x=1']) {
      expect(await lineOf(await call(service, 'GET', path))).toMatchObject({ level: DEBUG, res: { status: 200 } });
    }
  });

  it('tells a client that left before its answer as 499', async () => {
    const whoamis = service.app.get(WhoamiService, { strict: false });
    const { whoami: read } = whoamis;
    let answer: (() => void) | undefined;
    whoamis.whoami = async (...args) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return read.apply(whoamis, args);
    };
    try {
      const headers = { authorization: `Bearer ${partner.apiKey}` };
      const leaving = httpRequest(`${service.baseUrl}/v1/whoami`, { headers, agent: false });
      leaving.on('error', () => undefined).end();
      await eventually(async () => answer);
      leaving.destroy();
      const line = await eventually(async () => service.log.find(({ res }) => res));
      expect(line).toMatchObject({ level: INFO, res: { status: 499 }, organizationId: partner.organizationId });
      expect(line).not.toHaveProperty('code');
    } finally {
      answer?.();
      whoamis.whoami = read;
    }
  });
});
