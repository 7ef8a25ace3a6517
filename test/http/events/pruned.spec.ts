import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pruner } from '../../../src/core/pruner.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, faultPaths } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';
import { anEndpoint, someEvents } from '../../support/webhooks.js';

// A database of its own: events are pruned in the order of all of them.
let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

describe('Events', () => {
  it('are pruned after 30 days, from the oldest on; a cursor that may have missed something is refused, one that cannot is not', async () => {
    const ask = (partner: TestPartner, after: string) =>
      call(service, 'GET', `/v1/events?limit=1&after=${after}`, { key: partner.apiKey });
    const partner = await aPartner(service, { walletCents: 0 });
    await service.dataSource.query(
      `INSERT INTO event (id, organization_id, type, body, created_at, recorded_at, sequence)
       SELECT 'evt_' || lpad(n::text, 26, '0'), $1, 'test.ping', format('{"id":"%s"}', n), now(),
              now() - CASE WHEN n <= 1203 THEN interval '30 days' ELSE interval '29 days 23 hours' END, nextval('event_sequence')
         FROM generate_series(1, 1205) AS n`,
      [partner.organizationId],
    );
    const toId = (n: number) => `evt_${String(n).padStart(26, '0')}`;
    const { nextCursor } = (await ask(partner, toId(1000))).body;
    await service.app.get(Pruner).prune();
    const left = await service.dataSource.query('SELECT id FROM event ORDER BY sequence');
    expect(left).toEqual([{ id: toId(1204) }, { id: toId(1205) }]);
    expect(faultPaths(await ask(partner, toId(1203)))).toEqual(['query.after']);
    expect((await ask(partner, toId(1204))).body.items).toEqual([{ id: '1205' }]);
    // On the way to the newest, events after the pruned one are as old as it is.
    expect(faultPaths(await ask(partner, nextCursor))).toEqual(['query.after']);
    // Read just now, so nothing behind it is gone but what it has told.
    const end = (await ask(partner, toId(1204))).body;
    expect(end).toMatchObject({ items: [{ id: '1205' }], hasMore: false });
    await service.dataSource.query(`UPDATE event SET recorded_at = now() - interval '30 days'`);
    await service.app.get(Pruner).prune();
    expect((await ask(partner, end.nextCursor)).body).toMatchObject({ items: [], hasMore: false });
    const old = Buffer.from(end.nextCursor, 'base64url').toString().split(' ');
    const aged = Buffer.from([old[0], Number(old[1]) - 31 * 86_400_000, old[2]].join(' ')).toString('base64url');
    expect(faultPaths(await ask(partner, aged))).toEqual(['query.after']);
  });

  it('that still have to be delivered are kept, with the later ones of that partner alone', async () => {
    const suspended = await aPartner(service, { walletCents: 0, tier: 'internal' });
    const other = await aPartner(service, { walletCents: 0 });
    await anEndpoint(service, suspended, { url: 'http://127.0.0.1:9009' });
    const before = await someEvents(service, suspended, 2, 'leased_account.renewed');
    await service.dataSource.query('UPDATE organization SET suspended_at = now() WHERE id = $1', [
      suspended.organizationId,
    ]);
    const waiting = await someEvents(service, suspended);
    const after = await someEvents(service, suspended, 600, 'leased_account.renewed');
    const others = await someEvents(service, other, 3, 'leased_account.renewed');
    await service.dataSource.query(`UPDATE event SET recorded_at = now() - interval '31 days'`);
    const idsLeft = async () =>
      (await service.dataSource.query('SELECT id FROM event ORDER BY sequence')).map(({ id }: { id: string }) => id);
    expect(await idsLeft()).toEqual([...before, ...waiting, ...after, ...others]);
    await service.app.get(Pruner).prune();
    expect(await idsLeft()).toEqual([...waiting, ...after]);
    await service.dataSource.query(
      `UPDATE webhook_delivery SET status = 'abandoned', next_attempt_at = NULL WHERE event_id = $1`,
      [waiting[0]],
    );
    await service.app.get(Pruner).prune();
    expect(await idsLeft()).toEqual([]);
  });
});
