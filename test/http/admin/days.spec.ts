import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { setClock } from '../../support/ledger.js';
import { aPartner, aRequest, anAccount } from '../../support/makers.js';
import { aLessee } from '../../service/renewals/leases.js';
import { signedIn, type Person } from './panel.js';

/** The first of December in Tokyo. */
const EVENING = new Date('2026-11-30T20:00:00Z');

describe('Days in the panel are those of the business time zone:', () => {
  let service: TestApp;
  let operator: Person;
  beforeAll(async () => {
    service = await startTestApp({ businessTimeZone: 'Asia/Tokyo' });
    operator = await signedIn(service, 'operator');
    const times = [
      ['before', '2026-11-29T14:59:59.999Z'],
      ['first', '2026-11-29T15:00:00.000Z'],
      ['minute', '2026-11-29T23:00:59.999Z'],
      ['later', '2026-11-29T23:01:00.000Z'],
      ['last', '2026-11-30T14:59:59.999Z'],
      ['after', '2026-11-30T15:00:00.000Z'],
    ];
    for (const [handle, at] of times) {
      const { id } = await anAccount(service, { handle: `day.${handle}` });
      await service.dataSource.query('UPDATE social_account SET updated_at = $2 WHERE id = $1', [id, at]);
    }
  });
  afterAll(() => service.close());

  const ask = (from: string | null, to: string | null) =>
    new URLSearchParams({
      'filters.handle': 'day.',
      sortBy: 'updatedAt',
      direction: 'asc',
      ...(from && { 'filters.updatedAt~~from': from }),
      ...(to && { 'filters.updatedAt~~to': to }),
    }).toString();

  it.each<[from: string | null, to: string | null, handles: string[]]>([
    ['2026-11-30', '2026-11-30', ['first', 'minute', 'later', 'last']],
    ['2026-12-01', null, ['after']],
    [null, '2026-11-29', ['before']],
    ['2026-11-30T08:00', '2026-11-30T08:00', ['minute']],
    [null, '2026-11-30T08:00', ['before', 'first', 'minute']],
    [null, '2026-11-29T23:00:59Z', ['before', 'first', 'minute']],
    ['2026-11-29T23:01Z', '2026-11-30T14:59:59.999Z', ['later', 'last']],
  ])('a filter from %s to %s, both included, in the list and in its export', async (from, to, handles) => {
    const wanted = handles.map((handle) => `day.${handle}`);
    const { records } = await operator.get(`/resources/social-accounts/actions/list?${ask(from, to)}`);
    expect(records!.map(({ params }) => params.handle)).toEqual(wanted);
    const { text } = await operator.browser.get(`/admin/api/exports/social-accounts?${ask(from, to)}`);
    expect(
      text
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',')[0]),
    ).toEqual(wanted);
  });

  it('a day that does not exist is refused', async () => {
    for (const day of ['2026-02-30', '2026-11-31T10:00', '2026-11-30T24:30']) {
      const answers = [
        await operator.browser.get(`/admin/api/resources/social-accounts/actions/list?${ask(day, null)}`),
        await operator.browser.get(`/admin/api/exports/social-accounts?${ask(null, day)}`),
      ];
      for (const { status, text } of answers)
        expect([day, status, text]).toEqual([day, 422, expect.stringContaining('must be a day')]);
    }
  });

  it('every answer says which zone that is, and an export is named after its day', async () => {
    setClock(service, EVENING);
    const { headers } = await operator.browser.get('/admin/api/pages/queue');
    expect(headers['x-business-time-zone']).toBe('Asia/Tokyo');
    const exported = await operator.browser.get('/admin/api/exports/organizations');
    expect(exported.headers['content-disposition']).toContain('organizations-2026-12-01.csv');
  });

  it('a look again is for today or later', async () => {
    setClock(service, EVENING);
    const request = await aRequest(service, await aPartner(service));
    const block = (lookAgainOn: string) =>
      operator.act('lease-requests', request.id, 'note', {
        ...{ body: 'wait', visibility: 'internal', blocker: 'other', version: 1, lookAgainOn },
      });
    expect((await block('2026-11-30')).notice).toMatchObject({
      type: 'error',
      message: expect.stringContaining('in the past'),
    });
    expect((await block('2026-12-01')).notice).toMatchObject({ type: 'success' });
  });

  it('a renewal falls due on its day', async () => {
    const { partner } = await aLessee(service, 0, '2026-11-30T16:00:00Z', '2026-11-30T14:00:00Z');
    setClock(service, new Date('2026-12-20T00:00:00Z'));
    const { body } = await operator.get('/pages/renewals');
    const { timeZone, partners } = body as {
      timeZone: string;
      partners: { organizationId: string; uncoveredFrom: string; days: { day: string }[] }[];
    };
    const own = partners.find(({ organizationId }) => organizationId === partner.organizationId)!;
    expect([timeZone, own.uncoveredFrom, own.days.map(({ day }) => day)]).toEqual([
      'Asia/Tokyo',
      '2026-12-30',
      ['2026-12-30', '2026-12-31'],
    ]);
  });
});
