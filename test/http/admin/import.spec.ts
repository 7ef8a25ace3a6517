import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Role } from '../../../src/authorization/roles.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { anAccount } from '../../support/makers.js';
import { everything, signedIn, type Person } from './panel.js';

let service: TestApp;
const people = {} as Record<Role, Person>;
const roles = ['viewer', 'operator', 'finance', 'admin'] as const;
const HEADER = 'handle,followers,vertical,language,geo,status';
const PREVIEW = '/admin/api/imports/accounts/preview';

beforeAll(async () => {
  service = await startTestApp();
  for (const role of roles) people[role] = await signedIn(service, role);
});
afterAll(() => service.close());

const csv = (...lines: string[]) => Buffer.from([HEADER, ...lines, ''].join('\n'));

interface Preview {
  created: number;
  updated: number;
  unchanged: number;
  statusKept: number;
  rejected: { line: number; reason: string }[];
  rejectedCount: number;
  digest: string;
  newVerticals: { vertical: string; accounts: number; closeTo: string | null }[];
  newVerticalCount: number;
}

const send = (person: Person, path: string, file: Buffer) =>
  person.browser.post(path).set('Content-Type', 'text/csv').send(file);

async function previewOf(person: Person, file: Buffer): Promise<Preview> {
  const answer = await send(person, PREVIEW, file);
  expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.stringContaining('preview')]);
  return (answer.body as { preview: Preview }).preview;
}

const confirmPath = (digest: string) => `/admin/api/imports/accounts?digest=${digest}&name=pool.csv`;

interface Run {
  status: string;
  written: number;
  total: number;
  report: Preview | null;
  sentence: string | null;
  stale: boolean;
}

/** The run when it has ended, and how far it was each time it was looked at. */
async function ended(person: Person, importId: string): Promise<Run & { seen: number[] }> {
  const seen: number[] = [];
  for (;;) {
    const { body } = await person.browser.get(`/admin/api/imports/${importId}`);
    const run = body as Run;
    if (run.status !== 'running') return { ...run, seen };
    seen.push(run.written);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function confirmed(person: Person, file: Buffer, digest: string) {
  const answer = await send(person, confirmPath(digest), file);
  expect([answer.status, answer.text]).toEqual([202, expect.stringContaining('imp_')]);
  return ended(person, (answer.body as { importId: string }).importId);
}

const poolSize = async (): Promise<number> =>
  (await service.dataSource.query('SELECT count(*)::int AS size FROM social_account'))[0].size;

describe('The preview of an import', () => {
  it('says what each line would do, and writes nothing', async () => {
    const same = await anAccount(service, { handle: 'same.one', followers: 5, verticals: ['tea'], countries: ['US'] });
    const other = await anAccount(service, { handle: 'other.one' });
    const before = await everything(service);
    const preview = await previewOf(
      people.operator,
      csv(
        `${same.handle},5,tea,en,US,`,
        `${other.handle},5,tea,en,US,`,
        'new.one,1,tea,en,US,',
        'new.two,1,tea,en,US,assigned',
        'bad handle,x,,english,uk,',
      ),
    );
    expect(preview).toMatchObject({ created: 1, updated: 1, unchanged: 1, statusKept: 0, rejectedCount: 2 });
    expect(preview.rejected).toEqual([
      { line: 5, reason: 'status cannot be assigned: only a lease makes an account that' },
      { line: 6, reason: expect.stringContaining('handle must') },
    ]);
    expect(await everything(service)).toBe(before);
  });

  it('says whose status would be kept because they are leased', async () => {
    await anAccount(service, { handle: 'leased.one', status: 'assigned' });
    const preview = await previewOf(people.operator, csv('leased.one,1,tea,en,US,retired'));
    expect(preview).toMatchObject({ updated: 1, statusKept: 1, rejectedCount: 0 });
  });

  it('names the verticals that the pool has never had, each with the one that is written most like it', async () => {
    await anAccount(service, { verticals: ['skateboarding'] });
    const file = csv(
      'sk.one,1,skateboardng,en,US,',
      'sk.two,1,Skateboardng|skateboarding,en,US,',
      'sk.three,1,quilts,en,US,',
      'sk.four,1,never read,english,US,',
    );
    const preview = await previewOf(people.operator, file);
    const named = [
      { vertical: 'skateboardng', accounts: 2, closeTo: 'skateboarding' },
      { vertical: 'quilts', accounts: 1, closeTo: null },
    ];
    expect(preview).toMatchObject({ newVerticals: named, newVerticalCount: 2 });
    const { report } = await confirmed(people.operator, file, preview.digest);
    expect(report).toMatchObject({ newVerticals: named });
    expect(await previewOf(people.operator, file)).toMatchObject({ newVerticals: [], newVerticalCount: 0 });
    const many = csv(...Array.from({ length: 150 }, (_, n) => `many.${n},1,word ${n},en,US,`));
    const { newVerticals, newVerticalCount } = await previewOf(people.operator, many);
    expect([newVerticals.length, newVerticalCount]).toEqual([100, 150]);
  });

  it.each([
    [
      'nothing at all',
      Buffer.alloc(0),
      'the file is empty: it needs the header and a line for each account. Nothing was written; fix the file',
    ],
    ['one column', Buffer.from('handle\na\nb\n'), 'missing: followers'],
    ['semicolons', Buffer.from(`${HEADER.replaceAll(',', ';')}\n`), 'put commas between'],
    ['no CSV', Buffer.from('<!doctype html><html><body>Hello</body></html>'), 'must begin with the header'],
    ['a workbook', Buffer.from('PK\x03\x04\x14\0\x06\0', 'latin1'), 'a workbook or an archive'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000ff', 'hex'), 'is not UTF-8'],
    ['UTF-16', Buffer.from(`\ufeff${HEADER}\n`, 'utf16le'), 'is not UTF-8'],
    ['Latin 1', Buffer.concat([csv(), Buffer.from('caf\xe9,1,tea,en,US,', 'latin1')]), 'is not UTF-8'],
    ['one huge line', Buffer.from(`${HEADER}\n${'x'.repeat(2 * 1024 * 1024)}\n`), 'line 2 is longer than 1 MiB'],
    ['far too many lines', Buffer.from(`${HEADER}\n${'\nx'.repeat(300_001)}`), 'more than 300,000 lines'],
    ['50 MB', Buffer.alloc(50 * 1024 * 1024, 'handle,1\n'), 'larger than 20 MiB'],
  ])('refuses %s in a sentence', async (_what, file, sentence) => {
    const before = await everything(service);
    for (const path of [PREVIEW, confirmPath('d'.repeat(43))]) {
      const answer = await send(people.operator, path, file);
      if (answer.status === 202) {
        const run = await ended(people.operator, (answer.body as { importId: string }).importId);
        expect(run).toMatchObject({ status: 'refused', sentence: expect.stringContaining(sentence) });
      } else {
        expect([answer.status, (answer.body as { notice: { message: string } }).notice.message]).toEqual([
          422,
          expect.stringContaining(sentence),
        ]);
      }
    }
    expect(await everything(service)).toBe(before);
  });

  it('reads no compressed body, however small', async () => {
    const bomb = gzipSync(Buffer.alloc(30 * 1024 * 1024, 'a,b\n'));
    const answer = await send(people.operator, PREVIEW, bomb).set('Content-Encoding', 'gzip');
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('not compressed');
  });

  it('keeps formulas as text, takes a byte order mark, and answers with what fits a page', async () => {
    const marked = Buffer.concat([Buffer.from('\ufeff'), csv('=cmd(),1,tea,en,US,', 'marked.one,1,"=1+1",en,US,')]);
    expect(await previewOf(people.operator, marked)).toMatchObject({ created: 1, rejectedCount: 1 });
    const bad = await previewOf(people.operator, csv(...Array.from({ length: 12_000 }, () => 'x')));
    expect(bad.rejectedCount).toBe(12_000);
    expect(bad.rejected).toHaveLength(10_000);
  });
});

describe('A file as spreadsheets write it', () => {
  const read = (text: string) => previewOf(people.operator, Buffer.from(text));

  it.each([
    [
      'a line sep=; before the header',
      'sep=;\r\nhandle;followers;vertical;language;geo;status\r\nsep.one;1;tea;en;US;\r\n',
    ],
    [
      'sep= in quotation marks, behind a byte order mark',
      '\ufeff"sep=\t"\nhandle\tfollowers\tvertical\tlanguage\tgeo\nsep.one\t1\ttea\ten\tUS\n',
    ],
    ['sep=,', `sep=,\n${HEADER}\nsep.one,1,tea,en,US,\n`],
    ['empty columns at the end', `${HEADER},,\nsep.one,1,tea,en,US,,,\n`],
    ['empty columns that the header has not', `${HEADER}\nsep.one,1,tea,en,US,,,,\n`],
  ])('is taken with %s', async (_what, text) => {
    expect(await read(text)).toMatchObject({ created: 1, rejectedCount: 0 });
  });

  it('is numbered as the file is', async () => {
    const preview = await read(`sep=,\n${HEADER}\nsep.one,1,tea,en,US,\nbad one,1,tea,en,US,\n`);
    expect(preview).toMatchObject({ rejected: [{ line: 4 }] });
  });

  it.each([
    ['sep=|\n', 'says on line 1 that “|” separates its columns'],
    [`handle,followers,,vertical,language,geo,status\n`, 'has no name for column 3'],
  ])('is refused in a sentence: %j', async (text, sentence) => {
    const answer = await send(people.operator, PREVIEW, Buffer.from(text));
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining(sentence)]);
  });

  it('is told by line where a value stands beyond the header', async () => {
    expect(await read(`${HEADER}\nsep.one,1,tea,en,US,,,x,\n`)).toMatchObject({
      rejected: [{ line: 2, reason: 'has 8 fields where the header has 6' }],
    });
  });
});

describe('An exported pool', () => {
  it('comes in again as it is, and changes what is changed in it', async () => {
    const verticals = ['=1+1', 'tea; -sweet', "'quoted"];
    await anAccount(service, { handle: 'out.one', verticals, countries: ['US', 'CA'], status: 'warming' });
    await anAccount(service, { handle: 'out.leased', status: 'assigned' });
    const kept = await anAccount(service, { handle: 'out.kept', status: 'quarantined' });
    const reasonOf = async () =>
      (await service.dataSource.query('SELECT status_reason FROM social_account WHERE id = $1', [kept.id]))[0];
    await service.dataSource.query("UPDATE social_account SET status_reason = '-5 %, “banned”' WHERE id = $1", [
      kept.id,
    ]);
    const { text } = await people.operator.browser.get('/admin/api/exports/social-accounts?filters.handle=out.');
    const same = await previewOf(people.operator, Buffer.from(text));
    expect(same).toMatchObject({ created: 0, updated: 0, unchanged: 3, rejectedCount: 0 });

    const changed = Buffer.from(text.replace('-5 %', '-6 %'));
    const { digest, updated } = await previewOf(people.operator, changed);
    expect(updated).toBe(1);
    expect(await confirmed(people.operator, changed, digest)).toMatchObject({ status: 'done', written: 1 });
    expect(await reasonOf()).toEqual({ status_reason: '-6 %, “banned”' });
  });

  it('has verticals without the bar that stands between them', async () => {
    const account = { handle: 'bar.two', followers: 1, verticals: ['tea|wine'], language: 'en', countries: [] };
    const { notice } = await people.operator.create('social-accounts', account);
    expect(notice).toMatchObject({ type: 'error', message: expect.stringContaining('must not contain |') });
  });
});

describe('The lines that are left out', () => {
  const download = (file: Buffer) => send(people.operator, '/admin/api/imports/accounts/rejected', file);

  it('are a file with their values and the reason, which comes in again once it is mended', async () => {
    const file = [
      'sep=;',
      'status;handle;followers;vertical;language;geo',
      ';good.one;1;tea;en;US',
      ';bad one;2;"=1;a ""b""";en;US',
      'assigned;bad.two;3;tea;en;US;;x',
      '',
    ].join('\r\n');
    const answer = await download(Buffer.from(file));
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(answer.text.split('\r\n')).toEqual([
      '\ufeffline,reason,status,handle,followers,vertical,language,geo',
      expect.stringMatching(/^4,"handle must .*",,bad one,2,"'=1;a ""b""",en,US$/),
      '5,has 8 fields where the header has 6,assigned,bad.two,3,tea,en,US,,x',
      '',
    ]);
    const text = answer.text.replace('bad one', 'bad.one').replace('assigned,', ',').replace(',,x', '');
    expect(await previewOf(people.operator, Buffer.from(text))).toMatchObject({ created: 2, rejectedCount: 0 });
    const rest = await download(Buffer.from(text));
    expect(rest.text).toBe('\ufeffline,reason,status,handle,followers,vertical,language,geo\r\n');
  });

  it('are for who may import', async () => {
    for (const role of ['viewer', 'finance'] as const) {
      expect((await send(people[role], '/admin/api/imports/accounts/rejected', csv('x'))).status).toBe(403);
    }
  });
});

describe('A confirmed import', () => {
  it('does what its preview said', async () => {
    const file = csv('sure.one,1,tea,en,US,', 'sure.two,x,tea,en,US,');
    const { digest } = await previewOf(people.operator, file);
    const run = await confirmed(people.operator, file, digest);
    expect(run).toMatchObject({ status: 'done', written: 1, total: 1, stale: false, sentence: null });
    expect(run.report).toMatchObject({ created: 1, updated: 0, rejected: [{ line: 3 }] });
    const trail = await service.dataSource.query(
      "SELECT actor_id FROM audit_event WHERE type = 'social_account.imported' ORDER BY occurred_at DESC LIMIT 1",
    );
    expect(trail).toEqual([{ actor_id: people.operator.staffId }]);
    expect(await previewOf(people.operator, file)).toMatchObject({ created: 0, updated: 0, unchanged: 1 });
  });

  it('writes nothing where the pool or the file changed since the preview', async () => {
    const file = csv('later.one,1,tea,en,US,', 'later.two,1,tea,en,US,');
    const { digest } = await previewOf(people.operator, file);
    const elsewhere = await confirmed(people.operator, csv('later.one,2,tea,en,US,'), digest);
    expect(elsewhere).toMatchObject({ status: 'refused', stale: true });
    await anAccount(service, { handle: 'later.two' });
    const before = await everything(service);
    const run = await confirmed(people.operator, file, digest);
    expect(run).toMatchObject({ status: 'refused', stale: true, written: 0, report: null });
    expect(run.sentence).toContain('nothing was written');
    expect(await everything(service)).toBe(before);
  });

  it('brings in twenty thousand lines, telling how far it is', async () => {
    const file = csv(...Array.from({ length: 20_000 }, (_, n) => `mass_${n},${n},tea|coffee ${n % 9},en,US|CA,`));
    const size = await poolSize();
    const { digest, created } = await previewOf(people.operator, file);
    expect(created).toBe(20_000);
    const run = await confirmed(people.operator, file, digest);
    expect(run).toMatchObject({ status: 'done', written: 20_000, total: 20_000 });
    expect(run.seen.some((written) => written > 0 && written < 20_000)).toBe(true);
    expect([...run.seen].sort((a, b) => a - b)).toEqual(run.seen);
    expect(await poolSize()).toBe(size + 20_000);
  }, 180_000);

  it('and what is told of it stand or fall together', async () => {
    const file = csv('told.one,1,tea,en,US,');
    const { digest } = await previewOf(people.operator, file);
    // As if the service had stopped, or the database gone, once everything was written and before anybody was told.
    await service.dataSource.query(`
      CREATE FUNCTION tells_nobody() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not told'; END $$;
      CREATE TRIGGER tells_nobody BEFORE UPDATE ON account_import FOR EACH ROW WHEN (NEW.status = 'done') EXECUTE FUNCTION tells_nobody()`);
    try {
      const before = await everything(service);
      const run = await confirmed(people.operator, file, digest);
      expect(run).toMatchObject({ status: 'refused', sentence: expect.stringContaining('nothing was written') });
      expect(await everything(service)).toBe(before);
    } finally {
      await service.dataSource.query('DROP FUNCTION tells_nobody CASCADE');
    }
    expect(await confirmed(people.operator, file, digest)).toMatchObject({ status: 'done', written: 1 });
  });

  it('that a stopped service left behind is told as undone', async () => {
    await service.dataSource.query(
      `INSERT INTO account_import (id, started_by, file_name, status, seen_at)
       VALUES ('imp_lost', 'stf_x', 'x.csv', 'running', now() - interval '1 minute')`,
    );
    const { body } = await people.operator.browser.get('/admin/api/imports/imp_lost');
    expect(body).toMatchObject({ status: 'refused', sentence: expect.stringContaining('nothing was written') });
  });
});

describe('Who may import', () => {
  it.each(roles)('%s', async (role) => {
    const may = role === 'operator' || role === 'admin';
    const file = csv(`by_${role},1,tea,en,US,`);
    const before = await everything(service);
    const preview = await send(people[role], PREVIEW, file);
    expect(preview.status).toBe(may ? 200 : 403);
    const digest = may ? (preview.body as { preview: Preview }).preview.digest : 'd'.repeat(43);
    const begun = await send(people[role], confirmPath(digest), file);
    expect(begun.status).toBe(may ? 202 : 403);
    expect((await people[role].browser.get('/admin/api/imports/imp_lost')).status).toBe(may ? 200 : 403);
    if (may)
      expect(await ended(people[role], (begun.body as { importId: string }).importId)).toMatchObject({
        status: 'done',
      });
    else expect(await everything(service)).toBe(before);
  });

  it('is nobody who is not signed in, and no page of another site', async () => {
    const nobody = await fetch(`${service.baseUrl}${PREVIEW}`, { method: 'POST', body: new Uint8Array(csv()) });
    expect(nobody.status).toBe(401);
    const foreign = await send(people.operator, PREVIEW, csv('f.one,1,tea,en,US,')).set(
      'Origin',
      'https://evil.example',
    );
    expect(foreign.status).toBe(403);
  });

  it('is told of a digest that is none, and of an import that is not there', async () => {
    for (const digest of ['', 'x', '%00', 'x'.repeat(500)]) {
      expect((await send(people.operator, confirmPath(digest), csv('d.one,1,tea,en,US,'))).status).toBe(422);
    }
    for (const id of ['imp_none', '%00']) {
      expect((await people.operator.browser.get(`/admin/api/imports/${id}`)).status).toBe(404);
    }
  });
});
