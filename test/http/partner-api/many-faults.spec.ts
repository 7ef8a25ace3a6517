import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, type Reply } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';

describe('a call with many faults', () => {
  let service: TestApp;
  let partner: TestPartner;
  beforeAll(async () => {
    service = await startTestApp();
    partner = await aPartner(service, { tier: 'internal' });
  });
  afterAll(() => service.close());

  const submit = (extra: object, geo: unknown[] = []): Promise<Reply> =>
    call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
      key: partner.apiKey,
      body: { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee', geo }, ...extra },
    });
  const unknownFields = (many: number) => Object.fromEntries(Array.from({ length: many }, (_, n) => [`f${n}`, n]));
  const pathsOf = (reply: Reply): string[] => reply.body.error.details.fields.map(({ path }: { path: string }) => path);

  it('has a list that is too long refused as a whole, and a small answer', async () => {
    const reply = await submit({}, Array(15_000).fill('x'));
    expect(reply.status).toBe(422);
    expect(reply.body.error.details.fields).toEqual([{ path: 'niche.geo', message: 'must have 0 to 50 items' }]);
    expect(reply.text.length).toBeLessThan(1_000);
  });

  it('has every fault listed of a list as long as it may be, the sentence naming the first', async () => {
    const reply = await submit({ count: 0 }, Array(50).fill('x'));
    expect(reply.status).toBe(422);
    expect(pathsOf(reply)).toHaveLength(51);
    expect(pathsOf(reply)).toEqual(expect.arrayContaining(['count', 'niche.geo[0]', 'niche.geo[49]']));
    expect(reply.body.error.message).toMatch(/; and 41 more$/);
    expect(reply.body.error.message.split('; ')).toHaveLength(11);
  });

  it('has the first hundred of thousands listed, and the others counted', async () => {
    const reply = await submit(unknownFields(4_000));
    expect(reply.status).toBe(422);
    expect(pathsOf(reply)).toEqual(Array.from({ length: 100 }, (_, n) => `f${n}`));
    expect(reply.body.error.message).toMatch(/^f0: is not a known field; .*; and 3990 more$/);
    expect(reply.text.length).toBeLessThan(10_000);
  });

  it('has a hundred listed to the last, and ten told', async () => {
    expect(pathsOf(await submit(unknownFields(100)))).toHaveLength(100);
    expect((await submit(unknownFields(10))).body.error.message).toMatch(/f9: is not a known field$/);
  });
});
