import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountsImport } from '../../../src/account-pool/import/accounts-import.service.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { accountStatus, everything, expectCleanBooks, untilSomebodyWaits } from '../../support/ledger.js';
import {
  ACCOUNTS_HEADER,
  aFileOf,
  aRequestThatFits,
  aStaffMember,
  anAccount,
  theSystem,
} from '../../support/makers.js';

let service: TestApp;
let imports: AccountsImport;
let fulfilment: FulfillmentService;

beforeAll(async () => {
  service = await startTestApp();
  imports = service.app.get(AccountsImport, { strict: false });
  fulfilment = service.app.get(FulfillmentService, { strict: false });
});
afterAll(() => service.close());

async function expectRefused(call: () => Promise<unknown>, refusal: object): Promise<void> {
  const before = await everything(service);
  await expect(call()).rejects.toMatchObject(refusal);
  expect(await everything(service)).toBe(before);
}

async function aLeasedAccount() {
  const { request, account } = await aRequestThatFits(service, { count: 1 });
  await fulfilment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
  return account;
}

async function accountByHandle(handle: string) {
  const [account] = await service.dataSource.query(
    'SELECT id, handle, followers, verticals, language, countries, status FROM social_account WHERE handle_key = $1',
    [handle],
  );
  return account;
}

describe('an import', () => {
  it('creates new accounts, updates known ones and lists the lines it left out', async () => {
    const known = await anAccount(service, { handle: 'Known.One', status: 'quarantined' });
    const file = aFileOf(
      '@imp.one,1200,Coffee |  Home   Brew,EN-us,US|CA,',
      'imp.TWO,0,tea,de,,warming',
      'KNOWN.one,55,tea,de,DE,available',
      'imp.two,5,tea,de,DE,',
      'bad handle,1,tea,de,DE,',
      'imp.three,1,tea,de',
      'imp.four,12.5,,german,xx,gone',
      'imp.five,1,tea,de,DE,assigned',
    );
    const report = await imports.import(theSystem(), file);
    expect(report).toMatchObject({ created: 2, updated: 1 });
    expect(report.rejected.map(({ line }) => line)).toEqual([5, 6, 7, 8, 9]);
    expect(report.rejected[0]).toEqual({ line: 5, reason: 'the handle is on line 3 already' });
    expect(report.rejected[2]!.reason).toBe('has 4 fields where the header has 6');
    for (const field of ['followers', 'vertical', 'language', 'geo', 'status']) {
      expect(report.rejected[3]!.reason).toContain(`${field} must`);
    }
    expect(await accountByHandle('imp.one')).toMatchObject({
      handle: 'imp.one',
      followers: 1_200,
      verticals: ['coffee', 'home brew'],
      language: 'en-US',
      countries: ['US', 'CA'],
      status: 'available',
    });
    expect(await accountByHandle('imp.two')).toMatchObject({ countries: [], status: 'warming' });
    expect(await accountByHandle('known.one')).toMatchObject({
      id: known.id,
      handle: 'KNOWN.one',
      status: 'available',
    });
  });

  it('leaves a status alone that the file does not state, and an assigned one whatever it states', async () => {
    const quarantined = await anAccount(service, { status: 'quarantined' });
    const leased = await aLeasedAccount();
    const another = await aLeasedAccount();
    const report = await imports.import(
      theSystem(),
      aFileOf(
        `${quarantined.handle},9,tea,de,DE,`,
        `${leased.handle},9,tea,de,DE,retired`,
        `${another.handle},9,tea,de,DE,assigned`,
      ),
    );
    expect(report).toMatchObject({ created: 0, updated: 3, rejected: [] });
    expect(await accountStatus(service, quarantined.id)).toBe('quarantined');
    expect(await accountByHandle(leased.handle)).toMatchObject({ followers: 9, status: 'assigned' });
    expect(await accountStatus(service, another.id)).toBe('assigned');
    await expectCleanBooks(service);
  });

  it('does not move a known account where its table does not lead', async () => {
    const { id, handle } = await anAccount(service, { status: 'retired' });
    const report = await imports.import(theSystem(), aFileOf(`${handle},9,tea,de,DE,available`));
    expect(report).toMatchObject({
      created: 0,
      updated: 0,
      rejected: [{ line: 2, reason: 'status cannot become available: the account is retired' }],
    });
    expect(await accountStatus(service, id)).toBe('retired');
  });

  it('reads a byte order mark, CRLF, quotes, empty lines, any order of columns, and no status column', async () => {
    const file = Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf]),
      Buffer.from(
        ' Geo ,language,VERTICAL,followers,handle\r\n\r\n"US","en","café, crème",7,"odd.one"\r\n,,,,\r\nUS,en,"two\r\nlines",8,odd.two\r\nUS,en,x,nine,odd.three\r\n"US,en,x,9,odd.four',
      ),
    ]);
    expect(await imports.import(theSystem(), file)).toMatchObject({
      created: 2,
      updated: 0,
      rejected: [
        { line: 7, reason: expect.stringContaining('followers must be a whole number') },
        { line: 8, reason: 'a quotation mark is opened here and never closed' },
      ],
    });
    expect(await accountByHandle('odd.one')).toMatchObject({ verticals: ['café, crème'], followers: 7 });
    expect(await accountByHandle('odd.two')).toMatchObject({ verticals: ['two lines'] });
  });

  it('keeps what looks like a formula as text', async () => {
    const report = await imports.import(
      theSystem(),
      aFileOf('formula.one,1,"=HYPERLINK(""x"")",en,US,', '=1+1,1,tea,en,US,'),
    );
    expect(report).toMatchObject({ created: 1, rejected: [{ line: 3 }] });
    expect(await accountByHandle('formula.one')).toMatchObject({ verticals: ['=hyperlink("x")'] });
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'missing: handle, followers, vertical, language, geo'],
    ['another header', Buffer.from('name,followers\n'), 'missing: handle, vertical, language, geo'],
    ['semicolons', Buffer.from(`${ACCOUNTS_HEADER.replaceAll(',', ';')}\n`), 'missing: handle'],
    ['a column that every object of JavaScript has', Buffer.from(`${ACCOUNTS_HEADER},constructor\n`), '"constructor"'],
    ['an unknown column', Buffer.from(`${ACCOUNTS_HEADER},email\n`), 'unknown column "email"'],
    ['a column twice', Buffer.from(`${ACCOUNTS_HEADER},geo\n`), 'column geo twice'],
    ['Latin 1', Buffer.concat([aFileOf(), Buffer.from('caf\xe9,1,tea,en,US,', 'latin1')]), 'is not UTF-8'],
    ['UTF-16 without its mark', Buffer.from(`${ACCOUNTS_HEADER}\n`, 'utf16le'), 'is not UTF-8'],
    ['UTF-16', Buffer.from(`\ufeff${ACCOUNTS_HEADER}\n`, 'utf16le'), 'is not UTF-8'],
  ])('refuses a file of %s as a whole', async (_what, file, sentence) => {
    await expectRefused(() => imports.import(theSystem(), file), {
      code: 'VALIDATION',
      message: expect.stringContaining(sentence),
    });
  });

  it('judges fields that are far too long and NUL by line', async () => {
    const report = await imports.import(
      theSystem(),
      aFileOf(`${'x'.repeat(100_000)},1,tea,en,US,`, `long.one,1,${'v'.repeat(101)},en,US,`, 'nul.one,1,te\0a,en,US,'),
    );
    expect(report).toMatchObject({ created: 0, rejected: [{ line: 2 }, { line: 3 }, { line: 4 }] });
    expect(JSON.stringify(report.rejected).length).toBeLessThan(1_000);
  });

  it('writes an event for each account that it made or changed, and one with the counts', async () => {
    const changed = await anAccount(service, { handle: 'event.changed', status: 'quarantined' });
    await anAccount(service, { handle: 'event.same', followers: 5, verticals: ['tea'] });
    const caller = await aStaffMember(service, 'operator');
    const same = 'event.same,5,tea,en,US,';
    const lines = ['event.one,1,tea,en,US,', 'EVENT.changed,7,tea|coffee,de,DE,available', same, same];
    await imports.import(caller, aFileOf(...lines));
    const { id } = await accountByHandle('event.one');
    const events = await service.dataSource.query(
      `SELECT type, object_id, actor_kind, actor_id, actor_name, internal FROM audit_event
        WHERE request_id = $1 ORDER BY type`,
      [caller.callId],
    );
    const who = { actor_kind: 'staff', actor_id: caller.staffId, actor_name: caller.name };
    const one = { socialAccountId: id, handle: 'event.one', followers: 1, verticals: ['tea'], language: 'en' };
    expect(events).toEqual([
      {
        type: 'social_account.created',
        object_id: id,
        ...who,
        internal: { before: null, after: { ...one, countries: ['US'], status: 'available', statusReason: null } },
      },
      {
        type: 'social_account.imported',
        object_id: caller.callId,
        ...who,
        internal: { created: 1, updated: 1, unchanged: 1, rejected: 1 },
      },
      {
        type: 'social_account.updated',
        object_id: changed.id,
        ...who,
        internal: {
          before: expect.objectContaining({ handle: 'event.changed', followers: 10_000, status: 'quarantined' }),
          after: expect.objectContaining({
            handle: 'EVENT.changed',
            followers: 7,
            countries: ['DE'],
            status: 'available',
          }),
        },
      },
    ]);
  });

  it('finds each handle once when two import the same file at the same moment', async () => {
    const lines = Array.from({ length: 3_000 }, (_, n) => `twin_${n},${n},tea,en,US,`);
    const reports = await Promise.all([
      imports.import(theSystem(), aFileOf(...lines)),
      imports.import(theSystem(), aFileOf(...lines.toReversed())),
    ]);
    expect(reports.map(({ created }) => created).sort((a, b) => a - b)).toEqual([0, 3_000]);
    expect(reports.map(({ updated }) => updated).sort((a, b) => a - b)).toEqual([0, 3_000]);
  });

  it('holds nobody up over an account that it leaves as it is', async () => {
    const [same, changing] = [await anAccount(service), await anAccount(service)];
    const line = ({ handle }: { handle: string }, followers: number) => `${handle},${followers},coffee,en,US,`;
    const colleague = service.dataSource.createQueryRunner();
    await colleague.startTransaction();
    await colleague.query('SELECT FROM social_account WHERE id = $1 FOR UPDATE', [changing.id]);
    const importing = imports.import(theSystem(), aFileOf(line(same, 10_000), line(changing, 7)));
    await untilSomebodyWaits(service);
    await service.dataSource.query('SELECT FROM social_account WHERE id = $1 FOR UPDATE NOWAIT', [same.id]);
    // What the colleague changes is judged again.
    await colleague.query("UPDATE social_account SET status = 'quarantined' WHERE id = $1", [changing.id]);
    await colleague.commitTransaction();
    await colleague.release();
    expect(await importing).toMatchObject({ created: 0, updated: 2, rejected: [] });
    expect(await accountByHandle(changing.handle)).toMatchObject({ followers: 7, status: 'quarantined' });
  });

  it('brings in thousands of lines, and updates them', async () => {
    const lines = (more: number) =>
      Array.from({ length: 8_000 }, (_, n) => `mass_${n},${n + more},tea|coffee ${n % 9},en,US|CA,`);
    const creating = theSystem();
    expect(await imports.import(creating, aFileOf(...lines(0)))).toMatchObject({
      created: 8_000,
      updated: 0,
      rejected: [],
    });
    const updating = theSystem();
    expect(await imports.import(updating, aFileOf(...lines(1)))).toMatchObject({
      created: 0,
      updated: 8_000,
      rejected: [],
    });
    const again = theSystem();
    expect(await imports.import(again, aFileOf(...lines(1).slice(0, 5_000)))).toMatchObject({
      created: 0,
      updated: 5_000,
      rejected: [],
    });
    const counted = await service.dataSource.query(
      `SELECT request_id AS "requestId", type, count(DISTINCT object_id)::int AS n FROM audit_event
        WHERE request_id = ANY ($1) AND type <> 'social_account.imported' GROUP BY 1, 2 ORDER BY 2`,
      [[creating, updating, again].map(({ callId: requestId }) => requestId)],
    );
    expect(counted).toEqual([
      { requestId: creating.callId, type: 'social_account.created', n: 8_000 },
      { requestId: updating.callId, type: 'social_account.updated', n: 8_000 },
    ]);
  }, 180_000);
});
