import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { VerticalsService } from '../../../src/account-pool/verticals.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { untilSomebodyWaits } from '../../support/ledger.js';
import { anAccount, aRequestThatFits, aStaffMember } from '../../support/makers.js';
import { signedIn, type Person } from '../../http/admin/panel.js';

describe('what a word stands for', () => {
  let service: TestApp;
  let verticals: VerticalsService;
  let operator: StaffCaller;
  let [ana, jo]: Person[] = [];
  beforeAll(async () => {
    service = await startTestApp();
    verticals = service.app.get(VerticalsService, { strict: false });
    operator = await aStaffMember(service, 'operator');
    [ana, jo] = [await signedIn(service, 'operator', 'Ana'), await signedIn(service, 'operator', 'Jo')];
    await anAccount(service, { verticals: ['brewing', 'wine'] });
  });
  afterAll(() => service.close());

  const map = (person: Person, id: string, vertical: string) =>
    person.act('lease-requests', id, 'mapVertical', { vertical });
  const meaningOf = async (synonym: string) => {
    const [mapped] = await service.dataSource.query('SELECT vertical FROM vertical_synonym WHERE synonym = $1', [
      synonym,
    ]);
    return (mapped as { vertical: string } | undefined)?.vertical;
  };

  it('is mapped once from requests: of two who say different things at once, one hears what the other said', async () => {
    for (let round = 0; round < 5; round += 1) {
      const vertical = `cellar work ${round}`;
      const [one, other] = [
        await aRequestThatFits(service, { vertical }),
        await aRequestThatFits(service, { vertical }),
      ];
      const answers = await Promise.all([map(ana!, one.request.id, 'brewing'), map(jo!, other.request.id, 'wine')]);
      const types = answers.map(({ notice }) => notice!.type).sort();
      expect([round, types]).toEqual([round, ['error', 'success']]);
      const refused = answers.find(({ notice }) => notice!.type === 'error')!;
      expect(refused.notice!.message).toContain(` to ${await meaningOf(vertical)}`);
    }
  });

  it('is nothing to be said from a request that a colleague holds, or that is closed', async () => {
    const { request } = await aRequestThatFits(service, { vertical: 'mead' });
    await ana!.act('lease-requests', request.id, 'claim', {});
    expect((await map(jo!, request.id, 'brewing')).notice!.message).toMatch(/^Ana has claimed this request/);
    expect(await meaningOf('mead')).toBeUndefined();
    expect((await map(ana!, request.id, 'brewing')).notice!.type).toBe('success');
    expect((await map(ana!, request.id, 'brewing')).notice!.type).toBe('success');
    const closed = await aRequestThatFits(service, { vertical: 'cider' });
    await ana!.act('lease-requests', closed.request.id, 'reject', { note: 'no', outcomeReason: 'policy' });
    expect((await map(ana!, closed.request.id, 'brewing')).notice!.type).toBe('error');
    expect(await meaningOf('cider')).toBeUndefined();
  });

  it('is refused, and no failure, where a word is too long in small letters', async () => {
    const mapping = verticals.map(operator, { synonym: 'İ'.repeat(100), vertical: 'brewing' });
    await expect(mapping).rejects.toThrow('synonym: must be at most 100 characters in small letters');
  });

  it('is written on the trail with what it stood for, be that said while one waited', async () => {
    let mapping: ReturnType<typeof verticals.map>;
    await service.dataSource.transaction(async (em) => {
      await em.query(
        "INSERT INTO vertical_synonym (synonym, vertical, created_at, created_by) VALUES ('sake', 'wine', now(), 'test')",
      );
      mapping = verticals.map(operator, { synonym: 'sake', vertical: 'brewing' });
      await untilSomebodyWaits(service);
    });
    await mapping!;
    expect(await meaningOf('sake')).toBe('brewing');
    const [event] = await service.dataSource.query(
      "SELECT internal FROM audit_event WHERE type = 'vertical.mapped' AND object_id = 'sake'",
    );
    expect(event.internal).toMatchObject({ before: { vertical: 'wine' }, after: { vertical: 'brewing' } });
  });
});
