import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { requestState } from '../../support/ledger.js';
import { aRequestThatFits } from '../../support/makers.js';
import { signedIn, type Person } from './panel.js';

describe('claims in the panel', () => {
  let service: TestApp;
  let ana: Person;
  let jo: Person;
  beforeAll(async () => {
    service = await startTestApp();
    ana = await signedIn(service, 'operator', 'Ana');
    jo = await signedIn(service, 'operator', 'Jo');
  });
  afterAll(() => service.close());

  const holder = async (id: string) => {
    const [row] = await service.dataSource.query('SELECT claimed_by AS "by" FROM lease_request WHERE id = $1', [id]);
    return row.by as string | null;
  };
  const on = (person: Person, id: string, action: string, body: object = {}) =>
    person.act('lease-requests', id, action, body);

  it('keep a colleague off until it is taken over, naming who holds it until when', async () => {
    const { request, account } = await aRequestThatFits(service);
    const claimed = await on(ana, request.id, 'claim');
    expect(claimed.notice!.message).toMatch(/^You have claimed this request until \d\d:\d\d UTC\.$/);
    expect(claimed.body.claim).toMatchObject({ staffId: ana.staffId });
    for (const refused of [
      await on(jo, request.id, 'claim'),
      await on(jo, request.id, 'assign', { socialAccountId: account.id }),
      await on(jo, request.id, 'unclaim'),
    ]) {
      expect(refused.notice).toMatchObject({ type: 'error' });
      expect(refused.body.error).toMatchObject({ code: 'CONFLICT', details: { reason: 'claimed' } });
      expect(refused.notice!.message).toMatch(
        /^Ana has claimed this request until \d\d:\d\d UTC; nothing was changed\./,
      );
    }
    expect((await on(jo, request.id, 'note', { body: 'I know them.', visibility: 'internal' })).notice!.type).toBe(
      'success',
    );
    expect(await holder(request.id)).toBe(ana.staffId);
    await on(jo, request.id, 'claim', { takeOver: true });
    expect(await holder(request.id)).toBe(jo.staffId);
    await on(jo, request.id, 'unclaim');
    expect(await holder(request.id)).toBeNull();
  });

  it('end when the person signs out', async () => {
    const leaver = await signedIn(service, 'operator');
    const { request } = await aRequestThatFits(service);
    await on(leaver, request.id, 'claim');
    await leaver.browser.post('/admin/logout').redirects(0);
    expect(await holder(request.id)).toBeNull();
  });

  it('end when the person is disabled, and stay when only the name changes', async () => {
    const admin = await signedIn(service, 'admin');
    const worker = await signedIn(service, 'operator');
    const { request } = await aRequestThatFits(service);
    await on(worker, request.id, 'claim');
    await admin.act('staff', worker.staffId, 'edit', { name: 'Another name' });
    expect(await holder(request.id)).toBe(worker.staffId);
    await admin.act('staff', worker.staffId, 'edit', { disabled: true });
    expect(await holder(request.id)).toBeNull();
  });

  it('clear what woke a request once somebody who works on it has opened it', async () => {
    const { request } = await aRequestThatFits(service);
    const wake = () =>
      service.dataSource.query("UPDATE lease_request SET woke_because = 'day', woke_at = now() WHERE id = $1", [
        request.id,
      ]);
    const woke = async () => (await ana.get(`/resources/lease-requests/records/${request.id}/fulfil`)).body.fulfil;
    await wake();
    expect(await woke()).toMatchObject({ request: { wokeBecause: 'day' } });
    await on(ana, request.id, 'opened');
    expect(await woke()).toMatchObject({ request: { wokeBecause: null, version: 1 } });
    expect(await requestState(service, request.id)).toMatchObject({ version: 1 });
  });
});
