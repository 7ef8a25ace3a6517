import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '../../../src/core/clock.js';
import { MoneyFreeze } from '../../../src/wallets/money-freeze.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, aRequest, theSystem } from '../../support/makers.js';
import { aLessee } from '../../service/renewals/leases.js';
import { answerOf, signedIn, type Person } from './panel.js';

const DAY_MS = 86_400_000;

describe('the renewals in the panel', () => {
  let service: TestApp;
  let viewer: Person;
  let finance: Person;
  let admin: Person;
  beforeAll(async () => {
    service = await startTestApp({ demo: true });
    viewer = await signedIn(service, 'viewer');
    finance = await signedIn(service, 'finance');
    admin = await signedIn(service, 'admin');
  });
  afterAll(() => service.close());

  const moveClock = async (person: Person, to: unknown) =>
    answerOf(await person.browser.post('/admin/api/resources/wallets/actions/moveClock').send({ to }));

  it('show what falls due by day and partner, and what is not covered from which day', async () => {
    const clock = service.app.get(Clock, { strict: false });
    const { now } = Clock.prototype;
    const assignedAt = new Date(Date.now() - 20 * DAY_MS).toISOString();
    const { partner } = await aLessee(service, 5_000, assignedAt);
    clock.now = now;
    const { body } = await viewer.get('/pages/renewals');
    expect(body).toMatchObject({
      daysAhead: 30,
      partners: [{ organizationId: partner.organizationId, renewals: 1, dueCents: 15_000, shortfallCents: 10_000 }],
      pastDue: [],
      disconnected: [],
      waiting: 0,
      freeze: { frozenAt: null },
      clock: { movable: true },
    });
    const { days, partners } = body as {
      days: { day: string; dueCents: number }[];
      partners: { uncoveredFrom: string }[];
    };
    expect(days).toHaveLength(31);
    expect(days.filter(({ dueCents }) => dueCents > 0).map(({ day }) => day)).toEqual([partners[0]!.uncoveredFrom]);
    expect((await viewer.get('/pages/renewals?days=7')).status).toBe(422);
  });

  it('mark a wallet below its threshold in the queue and among the wallets, and one that does not cover a month of its leases', async () => {
    const partner = await aPartner(service, { walletCents: 20_000 });
    await aRequest(service, partner);
    const inQueue = async () => {
      const { body } = await viewer.get(`/pages/queue?partner=${partner.organizationId}`);
      return (body.rows as { lowBalance: boolean }[]).map(({ lowBalance }) => lowBalance);
    };
    expect(await inQueue()).toEqual([false]);
    const set = (lowBalanceThresholdCents: unknown) =>
      finance.act('wallets', partner.organizationId, 'edit', { lowBalanceThresholdCents });
    expect((await set(20_001)).notice).toMatchObject({ type: 'success' });
    expect(await inQueue()).toEqual([true]);
    const { records } = await viewer.get('/resources/wallets/actions/list?filters.isLow=true');
    // The other one has leases and no threshold.
    expect(records!.map(({ id, params }) => [id, params.runsDryAt !== null])).toEqual([
      [expect.any(String), true],
      [partner.organizationId, false],
    ]);
    expect((await set(-1)).notice).toMatchObject({ type: 'error' });
    await set(null);
    expect(await inQueue()).toEqual([false]);
  });

  it('tell every page why money is frozen', async () => {
    const freeze = service.app.get(MoneyFreeze, { strict: false });
    await freeze.freeze(theSystem(), { reason: 'the bank called' });
    try {
      expect((await viewer.get('/pages/queue')).body).toMatchObject({ frozenBecause: 'the bank called' });
      expect((await viewer.get('/pages/renewals')).body).toMatchObject({ freeze: { reason: 'the bank called' } });
    } finally {
      await freeze.thaw(theSystem());
    }
    expect((await viewer.get('/pages/queue')).body).toMatchObject({ frozenBecause: null });
  });

  it('let an admin alone move the demo’s clock, forward alone', async () => {
    const tomorrow = new Date(Date.now() + DAY_MS);
    expect((await moveClock(finance, tomorrow.toISOString())).status).toBe(403);
    expect((await moveClock(admin, tomorrow.toISOString())).notice).toMatchObject({ type: 'success' });
    const { clock } = (await viewer.get('/pages/renewals')).body as { clock: { now: string } };
    expect(Date.parse(clock.now)).toBeGreaterThanOrEqual(tomorrow.getTime());
    expect((await moveClock(admin, new Date().toISOString())).notice).toMatchObject({ type: 'error' });
    expect((await moveClock(admin, '2999-01-01T00:00:00Z')).notice).toMatchObject({ type: 'error' });
  });

  it('tell the time that the house goes by with every answer, and when a claim ends by it', async () => {
    const house = service.app.get(Clock, { strict: false });
    const answer = await admin.browser.get('/admin/api/pages/queue');
    expect(Math.abs(Date.parse(answer.get('X-Business-Time')!) - house.now().getTime())).toBeLessThan(5_000);
    expect(answer.body.clockAheadMs).toBeGreaterThan(DAY_MS - 60_000);
    const request = await aRequest(service, await aPartner(service));
    await admin.act('lease-requests', request.id, 'claim');
    const { body } = await admin.get('/pages/queue?view=mine');
    const [{ claimedBy }] = body.rows as [{ claimedBy: { until: string } }];
    const left = Date.parse(claimedBy.until) - house.now().getTime();
    expect(left).toBeGreaterThan(14 * 60_000);
    expect(left).toBeLessThanOrEqual(15 * 60_000);
  });

  it('let nobody move the clock outside the demo', async () => {
    const real = await startTestApp({ demo: false }, service.settings.databaseUrl);
    try {
      const person = await signedIn(real, 'admin');
      const answer = await moveClock(person, '2100-01-01T00:00:00Z');
      expect(answer.notice).toMatchObject({ type: 'error', message: expect.stringContaining('only in the demo') });
    } finally {
      await real.close();
    }
  });
});
