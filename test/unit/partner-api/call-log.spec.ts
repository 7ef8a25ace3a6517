import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { PartnerRequest } from '../../../src/partner-api/partner-request.js';
import { callLogMiddleware } from '../../../src/partner-api/call-log.middleware.js';

describe('The log', () => {
  it('names each call and who made it, and never the token of a one-time link', async () => {
    const lines: string[] = [];
    const log = callLogMiddleware(pino({ base: undefined }, { write: (line: string) => void lines.push(line) }));
    const server = createServer((request, response) => {
      Object.assign(request, { callId: 'req_1' });
      Object.assign(response, { locals: { staff: { staffId: 'stf_1' } } });
      log(request as PartnerRequest, response);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const path of ['/admin/welcome?token=verysecret', '/admin/pages/queue?view=mine']) {
      await (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } })).text();
    }
    server.close();
    await once(server, 'close');
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toContain('verysecret');
    expect(lines[0]).toContain('"/admin/welcome"');
    expect(lines[1]).toContain('"/admin/pages/queue?view=mine"');
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ requestId: 'req_1', staffId: 'stf_1' });
  });
});
