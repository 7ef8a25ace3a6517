import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, expectEnvelope, faultPaths } from '../../support/calls.js';
import { aPartner, type TestPartner } from '../../support/makers.js';

const SOME_PROJECT = 'prj_00000000-0000-4000-8000-000000000000';
const LONE = '\ud800';
const LOST = '\udc00x';

let service: TestApp;
let partner: TestPartner;
beforeAll(async () => {
  service = await startTestApp();
  partner = await aPartner(service, { tier: 'internal' });
});
afterAll(() => service.close());

const submitPath = () => `/v1/projects/${partner.projectId}/leased-accounts/request`;
const aBody = () => ({
  projectId: partner.projectId,
  count: 5,
  niche: { vertical: 'coffee', audience: 'home baristas 25–40', language: 'en', geo: ['US', 'CA', 'GB'] },
  target: 'Short-form brew tutorials',
  note: 'none',
});
const send = (method: string, path: string, options: Parameters<typeof call>[3] = {}) =>
  call(service, method, path, { key: partner.apiKey, ...options });

async function stored(): Promise<number> {
  const [{ n }] = await service.dataSource.query(
    `SELECT (SELECT count(*) FROM lease_request) + (SELECT count(*) FROM idempotency_record)
          + (SELECT count(*) FROM audit_event WHERE type LIKE 'lease%') AS n`,
  );
  return n;
}

/** Replaces, adds or takes away one field of a good body. */
function changed(path: string[], value: unknown): unknown {
  const body: Record<string, unknown> = structuredClone(aBody());
  const owner = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, body);
  if (value === undefined) delete owner[path.at(-1)!];
  else Object.defineProperty(owner, path.at(-1)!, { value, enumerable: true });
  return body;
}

describe('bad input to a submission', () => {
  afterEach(async () => expect(await stored()).toBe(0));

  const notText = [5, 5.5, true, [], {}, ['x'], { vertical: 'x' }, null];
  const unclean = ['\0', 'a\0b', LONE, LOST];
  const cases: [field: string, values: unknown[]][] = [
    [
      'projectId',
      [
        undefined,
        '',
        'x',
        'prj_',
        SOME_PROJECT,
        SOME_PROJECT.toUpperCase(),
        ...notText,
        ...unclean,
        'x'.repeat(50_000),
      ],
    ],
    ['count', [undefined, 0, -1, 51, 5.5, '5', '', 1e21, 1e300, 2 ** 53, true, [], [5], {}, null]],
    ['niche', [undefined, 'coffee', 5, true, [], [{ vertical: 'coffee' }], null]],
    [
      'niche.vertical',
      [undefined, '', ' \n\t ', 'x'.repeat(101), '😀'.repeat(101), 'x'.repeat(60_000), ...notText, ...unclean],
    ],
    ['niche.audience', ['x'.repeat(501), ' '.repeat(501), '😀'.repeat(501), ...notText, ...unclean]],
    [
      'niche.language',
      [
        '',
        'english',
        'en_US',
        'en-',
        '-en',
        'e',
        'en us',
        'x'.repeat(60_000),
        `x${'-abcdefgh'.repeat(20)}`,
        ...notText,
        ...unclean,
      ],
    ],
    ['niche.geo', ['US', 5, true, {}, { 0: 'US' }, null, Array(51).fill('US')]],
    ['niche.geo[0]', [['UK'], ['EU'], ['XX'], ['XK'], ['us'], ['USA'], [''], [null], [5], [['US']], [{}], ['U\0']]],
    [
      'niche.geo[1]',
      [
        ['US', 'UK', 'GB'],
        ['US', 'US'],
      ],
    ],
    ['target', ['x'.repeat(2001), ' '.repeat(2001), '😀'.repeat(2001), ...notText, ...unclean]],
    ['note', ['x'.repeat(2001), ' '.repeat(2001), '😀'.repeat(2001), ...notText, ...unclean]],
    [
      'requestId',
      ['', '-a', '.a', ':a', '_a', 'lreq_a', 'lreq_', 'a b', 'a/b', 'é', 'a\n', 'x'.repeat(65), ...notText, ...unclean],
    ],
    ['niche.foo', [1, {}, [], 'x', null]],
    ['foo', [1, {}, [], 'x', null]],
    ['__proto__', [{}, { count: 1 }, 1]],
    ['constructor', [{}, 'x']],
    ['toString', ['x']],
    ['niche.__proto__', [{ vertical: 'x' }]],
    ['hasOwnProperty', [1]],
  ];
  it.each(cases)('refuses %s', async (field, values) => {
    const path = field.replace(/\[\d\]$/, '').split('.');
    for (const value of values) {
      const reply = await send('POST', submitPath(), { body: changed(path, value) });
      expectEnvelope(reply, 422, 'VALIDATION');
      expect([value, faultPaths(reply)]).toEqual([value, [field]]);
      expect(reply.body.error.details.fields[0].message).toEqual(expect.any(String));
    }
  });

  it('lists every fault of path, query, header and body at once', async () => {
    const reply = await send('POST', '/v1/projects/prj_x/leased-accounts/request?a=1', {
      headers: { 'idempotency-key': 'nonsense' },
      body: { count: '5', niche: { language: 'english', geo: ['UK', 'US', 'us'], foo: 1 }, bar: null },
    });
    expectEnvelope(reply, 422, 'VALIDATION');
    expect(faultPaths(reply).sort()).toEqual(
      [
        'bar',
        'count',
        'header.Idempotency-Key',
        'niche.foo',
        'niche.geo[0]',
        'niche.geo[2]',
        'niche.language',
        'niche.vertical',
        'path.projectId',
        'projectId',
        'query.a',
      ].sort(),
    );
  });

  it('lists every fault of a list, and a fault between fields beside others', async () => {
    const reply = await send('POST', submitPath(), {
      body: { ...aBody(), projectId: SOME_PROJECT, niche: { vertical: '', geo: ['us', 'UK', 'US', 'US'] } },
    });
    expectEnvelope(reply, 422, 'VALIDATION');
    expect(reply.body.error.details.fields).toEqual([
      { path: 'niche.geo[0]', message: 'must be an ISO 3166-1 alpha-2 code in upper case' },
      { path: 'niche.geo[1]', message: 'must be an ISO 3166-1 alpha-2 code in upper case: the United Kingdom is GB' },
      { path: 'niche.geo[3]', message: 'repeats niche.geo[2]' },
      { path: 'niche.vertical', message: 'must not be empty' },
      { path: 'projectId', message: 'must equal the project of the path' },
    ]);
    const elsewhere = await send('POST', '/v1/projects/prj_x/leased-accounts/request', { body: aBody() });
    expect(faultPaths(elsewhere)).toEqual(['path.projectId']);
  });

  it('lists every fault of the address and the headers before a body is read', async () => {
    const headers = { 'content-type': 'text/plain', 'content-encoding': 'zstd' };
    const reply = await send('POST', '/v1/projects/%zz/leased-accounts/request?a=%', { raw: '{}', headers });
    expectEnvelope(reply, 422, 'VALIDATION');
    expect(reply.body.error.details.fields).toEqual([
      { path: 'path', message: 'is not well-formed percent-encoding' },
      { path: 'query', message: 'is not well-formed percent-encoding' },
      { path: 'header.Content-Type', message: 'must be application/json in UTF-8' },
      { path: 'header.Content-Encoding', message: 'must be one of br, deflate, gzip, or absent' },
    ]);
  });

  it('says what is wrong with a body that cannot be read', async () => {
    const { gzipSync } = await import('node:zlib');
    const good = JSON.stringify(aBody());
    const messages: [raw: string | Buffer, encoding: string | null, message: string][] = [
      ['\ufeff' + good, null, 'must not begin with a byte order mark'],
      [Buffer.from(good, 'utf16le'), null, 'is not well-formed JSON'],
      [Buffer.from([0x22, 0xff, 0x22]), null, 'is not UTF-8'],
      [good, 'gzip', 'is not well-formed gzip'],
      [good, 'br', 'is not well-formed br'],
      [gzipSync(good).subarray(0, -9), 'gzip', 'is not well-formed gzip'],
    ];
    for (const [raw, encoding, message] of messages) {
      const headers: Record<string, string> = encoding ? { 'content-encoding': encoding } : {};
      const reply = await send('POST', submitPath(), { raw, headers });
      expectEnvelope(reply, 422, 'VALIDATION');
      expect(reply.body.error.details.fields).toEqual([{ path: 'body', message }]);
    }
  });

  it('refuses a small body that is large once it is decompressed', async () => {
    const { gzipSync, brotliCompressSync } = await import('node:zlib');
    const large = Buffer.alloc(20 * 1024 * 1024, ' ');
    for (const [encoding, raw] of [
      ['gzip', gzipSync(large)],
      ['br', brotliCompressSync(large)],
    ] as const) {
      const reply = await send('POST', submitPath(), { raw, headers: { 'content-encoding': encoding } });
      expectEnvelope(reply, 413, 'PAYLOAD_TOO_LARGE');
    }
  });

  it('refuses a body that is no JSON object', async () => {
    for (const body of [null, [], 'x', 5, true, [aBody()]]) {
      const reply = await send('POST', submitPath(), { body });
      expectEnvelope(reply, 422, 'VALIDATION');
      expect(faultPaths(reply)).toEqual(['body']);
    }
  });

  it('refuses what is no JSON in UTF-8', async () => {
    const good = JSON.stringify(aBody());
    const raws = [
      '{',
      '{"a":1}}',
      `${good},`,
      'count=5',
      "{'count':5}",
      '\ufeff' + good,
      'NaN',
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      Buffer.from(good, 'utf16le'),
      '\0',
    ];
    for (const raw of raws) {
      const reply = await send('POST', submitPath(), { raw });
      expectEnvelope(reply, 422, 'VALIDATION');
      expect(faultPaths(reply)).toEqual(['body']);
    }
  });

  it('refuses deep nesting wherever it is', async () => {
    const deep = (opening: string, closing: string, n: number) => opening.repeat(n) + closing.repeat(n);
    const raws = [
      deep('[', ']', 30_000),
      deep('{"a":', '}', 8_000).replace('}', '1}'),
      `{"projectId":${deep('[', ']', 30_000)}}`,
      `{"niche":${deep('{"niche":', '}', 5_000).replace('}', '1}')}}`,
      `{"niche":{"geo":${deep('[', ']', 30_000)}}}`,
    ];
    for (const raw of raws) expectEnvelope(await send('POST', submitPath(), { raw }), 422, 'VALIDATION');
  });

  it('refuses other content types', async () => {
    const raw = JSON.stringify(aBody());
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      'json',
      '',
      'multipart/form-data; boundary=x',
      'application/json; charset=latin1',
      'application/json; charset=utf-16',
    ];
    for (const type of types) {
      const reply = await send('POST', submitPath(), { raw, headers: { 'content-type': type } });
      expectEnvelope(reply, 422, 'VALIDATION');
      expect([type, faultPaths(reply)]).toEqual([type, ['header.Content-Type']]);
    }
  });

  it('refuses a broken or unknown content encoding', async () => {
    const raw = JSON.stringify(aBody());
    for (const encoding of ['gzip', 'deflate', 'br', 'x-unknown']) {
      expectEnvelope(
        await send('POST', submitPath(), { raw, headers: { 'content-encoding': encoding } }),
        422,
        'VALIDATION',
      );
    }
  });

  it('refuses no body', async () => {
    const reply = await send('POST', submitPath());
    expectEnvelope(reply, 422, 'VALIDATION');
    expect(faultPaths(reply).sort()).toEqual(['count', 'niche', 'projectId']);
  });

  it('refuses a body over 64 KiB, be it by a byte or a megabyte', async () => {
    const limit = 64 * 1024;
    const exactly = (size: number) => {
      const frame = JSON.stringify({ ...aBody(), note: '' });
      return JSON.stringify({ ...aBody(), note: 'x'.repeat(size - Buffer.byteLength(frame)) });
    };
    expectEnvelope(await send('POST', submitPath(), { raw: exactly(limit) }), 422, 'VALIDATION');
    expectEnvelope(await send('POST', submitPath(), { raw: exactly(limit + 1) }), 413, 'PAYLOAD_TOO_LARGE');
    expectEnvelope(await send('POST', submitPath(), { raw: exactly(1024 * 1024) }), 413, 'PAYLOAD_TOO_LARGE');
    expectEnvelope(await call(service, 'POST', submitPath(), { raw: exactly(1024 * 1024) }), 413, 'PAYLOAD_TOO_LARGE');
  });

  it('refuses an Idempotency-Key that is no UUID and no ULID', async () => {
    const uuid = '9a2f1e44-6b3c-4d19-9e8a-f2d7c1b5e777';
    const keys = [
      '',
      'x',
      uuid.slice(1),
      `${uuid}0`,
      `{${uuid}}`,
      uuid.replaceAll('-', ''),
      '81BX5ZZKBKACTAV9WEVGEMMVRZ',
      '01BX5ZZKBKACTAV9WEVGEMMVRU',
      'x'.repeat(8000),
      `${uuid}, ${uuid}`,
    ];
    for (const key of keys) {
      const reply = await send('POST', submitPath(), { body: aBody(), headers: { 'idempotency-key': key } });
      expectEnvelope(reply, 422, 'VALIDATION');
      expect([key, faultPaths(reply)]).toEqual([key, ['header.Idempotency-Key']]);
    }
  });
});

describe('good input that looks odd', () => {
  const accepted: [what: string, change: [string[], unknown]][] = [
    ['an empty list of countries', [['niche', 'geo'], []]],
    [
      'countries from everywhere',
      [
        ['niche', 'geo'],
        ['GB', 'AX', 'ZW'],
      ],
    ],
    ['a vertical of 100 astral characters', [['niche', 'vertical'], '😀'.repeat(100)]],
    ['a vertical with white space around it', [['niche', 'vertical'], ` ${'x'.repeat(100)}\n`]],
    ['an empty note', [['note'], '']],
    ['2000 astral characters', [['note'], '😀'.repeat(2000)]],
    ['markup and quotes', [['target'], `<script>alert('1')</script>"; DROP TABLE lease; -- \u202e`]],
    ['a private language', [['niche', 'language'], 'x-private']],
    ['a grandfathered language', [['niche', 'language'], 'i-klingon']],
    ['its own id', [['requestId'], `A.b_c:d-${'9'.repeat(56)}`]],
    ['a count of one', [['count'], 1]],
    ['a count of fifty', [['count'], 50]],
  ];
  it.each(accepted)('takes %s and gives it back', async (_what, [path, value]) => {
    const body = changed(path, value) as ReturnType<typeof aBody>;
    const submitted = await send('POST', submitPath(), { body });
    expect(submitted.status).toBe(202);
    const read = await send('GET', `/v1/leased-accounts/requests/${submitted.body.requestId}`);
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject({
      count: body.count,
      target: body.target,
      niche: { ...body.niche, vertical: body.niche.vertical.trim() },
    });
  });

  it('reads 5.0 as 5, and a repeated member as its last', async () => {
    const raw = JSON.stringify(aBody()).replace('"count":5', '"count":"x","count":5.0');
    const submitted = await send('POST', submitPath(), { raw });
    expect(submitted.status).toBe(202);
    expect((await send('GET', `/v1/leased-accounts/requests/${submitted.body.requestId}`)).body.count).toBe(5);
  });

  it('shows a language in canonical casing and replaces no subtag', async () => {
    for (const [sent, shown] of [
      ['EN-us', 'en-US'],
      ['ZH-hant-tw', 'zh-Hant-TW'],
      ['IW', 'iw'],
      ['I-KLINGON', 'i-klingon'],
    ]) {
      const submitted = await send('POST', submitPath(), { body: changed(['niche', 'language'], sent) });
      const read = await send('GET', `/v1/leased-accounts/requests/${submitted.body.requestId}`);
      expect(read.body.niche.language).toBe(shown);
    }
  });

  it('takes JSON with a charset, and compressed', async () => {
    const { gzipSync } = await import('node:zlib');
    const raw = gzipSync(JSON.stringify(aBody()));
    const headers = { 'content-type': 'Application/JSON; Charset="UTF-8"', 'content-encoding': 'gzip' };
    expect((await send('POST', submitPath(), { raw, headers })).status).toBe(202);
  });
});
