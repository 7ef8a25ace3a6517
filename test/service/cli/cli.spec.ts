import fs from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { CommandLine, expectRefusal, runInProcess as run } from '../../support/command-line.js';

let database: TestDatabase;
let client: pg.Client;
let commandLine: CommandLine;
let folder: string;
const environment = () => ({ DATABASE_URL: database.url });
const cli: CommandLine['run'] = (...args) => commandLine.run(...args);
const json: CommandLine['json'] = (...args) => commandLine.json(...args);
const aPartner: CommandLine['aPartner'] = (...args) => commandLine.aPartner(...args);

beforeAll(async () => {
  database = await createTestDatabase();
  commandLine = new CommandLine(database.url);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  folder = await mkdtemp(path.join(os.tmpdir(), 'cli-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await client.end();
  await database.drop();
});

describe('the command line', () => {
  it('wakes, before it ends, the requests that waited for its money or its accounts', async () => {
    const { organizationId, projects, apiKeyId } = await json(
      ...['partner:create', '--name', 'Waiting', '--project', 'Launch', '--wallet-cents', '0'],
    );
    const blocked = async (n: number, vertical: string, blocker: string) => {
      const id = `lreq_01HXZR7K8M2P4RSTVW56789AB${n}`;
      await client.query(
        `INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, vertical_key,
                                    status, submitted_at, updated_at, due_at)
         VALUES ($1, $1, $2, $3, $4, sha256('x'), 1, $5, $5, 'requested', now(), now(), now())`,
        [id, organizationId, projects[0].id, apiKeyId, vertical],
      );
      const noteId = `note_01HXZR7K8M2P4RSTVW56789AB${n}`;
      await client.query(
        `INSERT INTO request_note (id, lease_request_id, author, staff_id, body, visibility, blocker, created_at)
         VALUES ($1, $2, 'staff', 'stf_x', 'waiting', 'internal', $3, now())`,
        [noteId, id, blocker],
      );
      await client.query(
        `UPDATE lease_request SET blocker = $2, blocker_since = now() - interval '1 minute', blocker_note_id = $3 WHERE id = $1`,
        [id, blocker, noteId],
      );
      return async () => {
        const { rows } = await client.query('SELECT blocker, woke_because AS woke FROM lease_request WHERE id = $1', [
          id,
        ]);
        return rows[0];
      };
    };
    const short = await blocked(1, 'coffee', 'wallet_short');
    const bare = await blocked(2, 'theremin', 'no_inventory');
    await json('wallet:top-up', '--organization', organizationId, '--cents', '15000', '--reference', 'INV-wake');
    expect(await short()).toEqual({ blocker: null, woke: 'top_up' });
    const file = path.join(folder, 'theremin.csv');
    fs.writeFileSync(file, 'handle,followers,vertical,language,geo,status\nwaves,10,theremin,en,US,available\n');
    await json('accounts:import', '--file', file);
    expect(await bare()).toEqual({ blocker: null, woke: 'account_available' });
  });

  it('suspends and resumes an organization, tops up its wallet and shows it', async () => {
    const { organizationId } = await aPartner('CLI Wallet', '--price-cents', '12000');
    const of = ['--organization', organizationId];
    expect(await json('organization:suspend', ...of)).toMatchObject({ organizationId, suspended: true });
    expect(await json('organization:resume', ...of)).toMatchObject({ organizationId, suspended: false });
    const topUp = ['wallet:top-up', ...of, '--cents', '5000', '--reference', 'INV-1'];
    const first = await json(...topUp);
    expect(first).toMatchObject({ balanceCents: 105_000, replayed: false });
    expect(await json(...topUp)).toEqual({ ...first, replayed: true });
    await json('wallet:top-up', ...of, '--cents', '100', '--reference', 'INV-2');
    const again = await cli(...topUp);
    expect(again.stdout).toBe(
      'Already booked under this reference, nothing new was booked: the wallet holds $1,051.00.\n',
    );
    expect(await json('wallet:show', ...of)).toMatchObject({ balanceCents: 105_100, priceCents: 12_000, covers: 8 });
    expect((await cli('wallet:show', ...of)).stdout).toContain('$1,051.00, covers 8 more at $120.00');
  });

  it('has an unusual amount given twice', async () => {
    const { organizationId } = await aPartner('CLI Slip');
    const topUp = ['wallet:top-up', '--organization', organizationId, '--cents', '1000000', '--reference', 'INV-slip'];
    expectRefusal(
      await cli(...topUp),
      '$10,000.00 (10 thousand dollars) is unusual: the largest amount of this partner so far is $1,000.00. Nothing was booked; repeat the amount to confirm it. (--confirm-cents 1000000)',
    );
    expectRefusal(await cli(...topUp, '--confirm-cents', '100000'), '--confirm-cents must repeat the amount');
    expect(await json(...topUp, '--confirm-cents', '1000000')).toMatchObject({ balanceCents: 1_100_000 });
    const partner = ['partner:create', '--name', 'CLI Zeros', '--project', 'One', '--wallet-cents', '10000001'];
    expectRefusal(await cli(...partner), '(--confirm-cents 10000001)');
    expect(await json(...partner, '--confirm-cents', '10000001')).toMatchObject({ projects: [{ name: 'One' }] });
  });

  it('refuses the reference of a payment that came back', async () => {
    const { organizationId } = await aPartner('CLI Bounce');
    const of = ['--organization', organizationId];
    const topUp = ['wallet:top-up', ...of, '--cents', '5000', '--reference', 'ACH-9'];
    const { transactionId } = await json(...topUp);
    await client.query(
      `WITH wallet AS (
         UPDATE ledger_account SET balance_cents = balance_cents - 5000, wallet_seq = wallet_seq + 1 WHERE id = 'wallet:' || $1
         RETURNING balance_cents, wallet_seq, last_booked_at)
       INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reverses_id, reason,
                                    booked_by, wallet_seq, wallet_balance_after, booked_at)
       SELECT 'txn_bounce', 'top_up_reversal', 'wallet:' || $1, 'funding', 5000, $1, $2, 'no funds', 'stf_x', wallet_seq, balance_cents, last_booked_at
         FROM wallet`,
      [organizationId, transactionId],
    );
    expectRefusal(await cli(...topUp), 'The payment ACH-9 was reversed on');
  });

  it('imports accounts and lists what it left out', async () => {
    const file = path.join(folder, 'accounts.csv');
    fs.writeFileSync(
      file,
      'handle,followers,vertical,language,geo,status\n@cli.one,5,coffee|tea,en,US,\n=x,5,tea,en,US,\n',
    );
    const report = await json('accounts:import', '--file', file);
    expect(report).toEqual({ created: 1, updated: 0, rejected: [{ line: 3, reason: expect.any(String) }] });
    expect(await cli('accounts:import', '--file', file)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^0 created, 1 updated, 1 rejected\n {2}line 3: /),
    });
    const rejected = path.join(folder, 'rejected.csv');
    await json('accounts:import', '--file', file, '--rejected', rejected);
    expect(fs.readFileSync(rejected, 'utf8')).toMatch(
      /^\ufeffline,reason,handle,followers,vertical,language,geo,status\r\n3,"handle must.*",'=x,5,tea,en,US,\r\n$/,
    );
    const [none, kept] = [path.join(folder, 'none.csv'), fs.readFileSync(rejected, 'utf8')];
    fs.writeFileSync(none, 'no header');
    for (const target of [rejected, path.join(folder, 'new.csv')]) {
      expect(await cli('accounts:import', '--file', none, '--rejected', target)).toMatchObject({ exitCode: 1 });
    }
    expect(fs.readFileSync(rejected, 'utf8')).toBe(kept);
    expect(fs.existsSync(path.join(folder, 'new.csv'))).toBe(false);
    const nowhere = path.join(folder, 'none', 'rejected.csv');
    expectRefusal(
      await cli('accounts:import', '--file', file, '--rejected', nowhere),
      'the rejected lines cannot be written: ENOENT',
    );
    expectRefusal(await cli('accounts:import', '--file', `${file}.none`), 'the file cannot be read: ENOENT');
    expectRefusal(await cli('accounts:import', '--file', path.dirname(file)), 'the file cannot be read: EISDIR');
  });

  it('creates staff with a password that is generated or piped in, and sets it again', async () => {
    const generated = await json('staff:create', '--email', 'Ada@staff.example', '--role', 'admin');
    expect(generated).toEqual({
      staffId: expect.stringMatching(/^stf_/),
      email: 'ada@staff.example',
      role: 'admin',
      password: expect.stringMatching(/^.{20,}$/),
    });
    const create = ['staff:create', '--email', 'omar@staff.example', '--role', 'operator', '--json'];
    const given = await run(environment(), create, 'a password of my own\n');
    expect(JSON.parse(given.stdout)).toEqual({
      staffId: expect.stringMatching(/^stf_/),
      email: 'omar@staff.example',
      role: 'operator',
    });
    const hashOf = async (email: string) =>
      (await client.query('SELECT password_hash AS hash FROM staff_user WHERE email = $1', [email])).rows[0].hash;
    const before = await hashOf('omar@staff.example');
    const set = ['staff:set-password', '--email', 'omar@staff.example'];
    expect(await run(environment(), set, 'another password\r\n')).toMatchObject({ exitCode: 0 });
    expect(await hashOf('omar@staff.example')).not.toBe(before);
    expectRefusal(await run(environment(), set, ''), 'the password is expected on stdin');
    expectRefusal(await run(environment(), set, 'short\n'), 'the password must have at least');
    expectRefusal(await cli('staff:create', '--email', 'ada@STAFF.example', '--role', 'viewer'), 'already');

    const reset = ['staff:reset-second-factor', '--email', 'Omar@staff.example'];
    expectRefusal(await cli(...reset), 'has no second factor');
    await client.query(
      `INSERT INTO staff_second_factor (staff_id, id, sealed_secret, last_step, created_at)
       SELECT id, 'lost phone', 'sealed', 0, now() FROM staff_user WHERE email = 'omar@staff.example'`,
    );
    expect(await json(...reset)).toMatchObject({ email: 'omar@staff.example' });
    expect((await client.query('SELECT id FROM staff_second_factor')).rows).toEqual([]);
    expectRefusal(await cli('staff:reset-second-factor', '--email', 'nobody@staff.example'), 'was not found');
  });

  it('does not wait for a password from a pipe that stays silent', async () => {
    const create = ['staff:create', '--email', 'jo@staff.example', '--role', 'viewer'];
    const answer = await run(environment(), create, new PassThrough());
    expect(answer).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('shown only once') });
  });

  it('freezes money, renews what is due, and forecasts a moment to come', async () => {
    expect(await json('money:freeze', '--reason', 'the bank called')).toMatchObject({
      frozen: true,
      reason: 'the bank called',
    });
    expect((await cli('money:freeze', '--reason', 'again')).stdout).toContain(': the bank called');
    expect(await json('money:thaw')).toEqual({ frozen: false, frozenAt: null, reason: null });
    expect(await json('renewals:run')).toEqual({ charged: 0, pastDue: 0, disconnected: 0 });
    const forecast = ['renewals:run', '--now', '2030-03-01T00:00:00Z'];
    expect(await json(...forecast, '--dry-run')).toEqual({ charged: 0, pastDue: 0, disconnected: 0 });
    expectRefusal(await cli(...forecast), 'with --dry-run');
    expectRefusal(await cli('clock:set', '--to', '2030-03-01T00:00:00Z'), 'only in the demo');
  });

  it('sends the events of a time to a webhook endpoint again', async () => {
    const { organizationId } = await aPartner('Webhooks');
    const endpoint = 'whe_0b0f6f6e-3f0c-4f4e-8a55-5c1d2f1d7c11';
    await client.query(
      `INSERT INTO webhook_endpoint (id, organization_id, url, events, sealed_secret, created_at, updated_at)
       VALUES ($1, $2, 'https://hooks.partner.example', '{test.ping}', 'x', now(), now())`,
      [endpoint, organizationId],
    );
    await client.query(
      `INSERT INTO event (id, organization_id, type, body, created_at)
       VALUES ('evt_cli', $1, 'lease_request.assigned', '{"data":{}}', now())`,
      [organizationId],
    );
    await client.query(
      `INSERT INTO webhook_delivery (id, endpoint_id, organization_id, event_id, event_type, status, scheduled_at)
       VALUES ('del_cli', $1, $2, 'evt_cli', 'lease_request.assigned', 'abandoned', '2027-03-01T12:00:00Z')`,
      [endpoint, organizationId],
    );
    const replay = (since: string, until: string, id = endpoint) => [
      'webhooks:replay',
      '--endpoint',
      id,
      '--since',
      since,
      '--until',
      until,
    ];
    expect(await json(...replay('2027-03-01T12:00:00Z', '2027-03-01T12:00:00Z'))).toEqual({ scheduled: 1 });
    expect(await json(...replay('2027-03-02T00:00:00Z', '2027-03-03T00:00:00Z'))).toEqual({ scheduled: 0 });
    expectRefusal(
      await cli(...replay('2027-03-02T00:00:00Z', '2027-03-01T00:00:00Z')),
      '--until must not be before since',
    );
    expectRefusal(await cli(...replay('2027-03-02', '2027-03-03T00:00:00Z')), '--since must be a time like');
    expectRefusal(
      await cli(...replay('2027-03-01T00:00:00Z', '2027-03-02T00:00:00Z', 'whe_x')),
      'This webhook endpoint was not found',
    );
  });

  it('moves the clock of the demo, forward alone', async () => {
    const demo = await createTestDatabase();
    try {
      const clock = (to: string) => run({ DATABASE_URL: demo.url, DEMO: 'on' }, ['clock:set', '--to', to, '--json']);
      const [{ now }] = (await clock('2100-03-01T00:00:00Z')).stdout
        .split('\n')
        .map((line) => JSON.parse(line || '{}'));
      expect(now).toMatch(/^2100-03-01T00:00:0/);
      expectRefusal(await clock('2100-02-28T00:00:00Z'), 'the clock only moves forward');
      expectRefusal(await clock('tomorrow'), 'must be a time like');
    } finally {
      await demo.drop();
    }
  });

  it('verifies the ledger, and names each fault with exit code 1', async () => {
    const { organizationId } = await aPartner('CLI Ledger');
    expect(await json('ledger:verify')).toMatchObject({ ok: true, faults: [] });
    await client.query(`UPDATE ledger_account SET balance_cents = balance_cents + 1 WHERE id = 'wallet:' || $1`, [
      organizationId,
    ]);
    const faulty = await cli('ledger:verify', '--json');
    expect(faulty).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^error: the books have 1 error\n$/) });
    expect(JSON.parse(faulty.stdout)).toMatchObject({ ok: false, faults: [expect.stringContaining(organizationId)] });
    expect((await cli('ledger:verify')).stdout).toContain(`wallet of ${organizationId} holds 100001 cents`);
    await client.query(`UPDATE ledger_account SET balance_cents = balance_cents - 1 WHERE id = 'wallet:' || $1`, [
      organizationId,
    ]);
  });

  it('closes a month that is over and packs it, the same bytes again', async () => {
    const monthsAgo = (months: number) => DateTime.utc().minus({ months }).toFormat('yyyy-MM');
    const folder = await mkdtemp(path.join(os.tmpdir(), 'cli-month-'));
    const close = (month: string, out: string) => ['ledger:close', '--month', month, '--out', path.join(folder, out)];
    try {
      expectRefusal(await cli(...close(monthsAgo(0), 'new/early')), `${monthsAgo(0)} can be closed from `);
      expectRefusal(await cli(...close('2026-13', 'new')), '--month must be a month like 2026-11; see ledger:close');
      expect(await readdir(folder)).toEqual([]);
      const { items } = await json('ledger:checklist', '--month', monthsAgo(2));
      expect(items.map(({ name }: { name: string }) => name)).toEqual([
        ...['earlier_months', 'approvals', 'verification', 'owed'],
      ]);
      const { stdout } = await cli('ledger:checklist', '--month', monthsAgo(2));
      expect(stdout).toMatch(/^clear {2}Every earlier month is closed\.\n/);
      const first = await json(...close(monthsAgo(2), 'first'));
      expect(first).toMatchObject({ month: monthsAgo(2), closedBefore: false });
      const again = await json(...close(monthsAgo(2), 'again'));
      expect(again).toEqual({ ...first, closedBefore: true });
      expect(first.files).toHaveLength(9);
      const file = path.join('first', 'wallets.csv');
      expectRefusal(await cli(...close(monthsAgo(3), file)), 'the pack cannot be written: EEXIST');
      expect(await json(...close(monthsAgo(3), 'after'))).toMatchObject({ closedBefore: false });
      for (const { name, bytes } of first.files) {
        const written = await readFile(path.join(folder, 'first', name));
        expect([name, written.length]).toEqual([name, bytes]);
        expect(await readFile(path.join(folder, 'again', name))).toEqual(written);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('shows its commands and flags when asked', async () => {
    const help = await cli('--help');
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toContain('partner:create');
    expect((await cli('partner:create', '--help')).stdout).toContain('--project-id');
  });

  const partner = ['partner:create', '--name', 'N', '--project', 'P'];
  it.each([
    [[], 'name a command'],
    [['nonsense'], "unknown command 'nonsense'; see --help"],
    [['walet:show'], '(Did you mean wallet:show?); see --help'],
    [['ledger:verify', '--nope'], "unknown option '--nope'; usage: ledger:verify [options]; see ledger:verify --help"],
    [['wallet:show', '--organisation', 'O'], "unknown option '--organisation' (Did you mean --organization?); usage: "],
    [['ledger:verify', 'extra'], 'too many arguments'],
    [partner, "required option '--wallet-cents <cents>' not specified; usage: partner:create --name <name> --project"],
    [
      ['wallet:top-up'],
      "required options '--organization <id>', '--cents <cents>', '--reference <text>' not specified",
    ],
    [[...partner, '--wallet-cents'], 'argument missing'],
    [[...partner, '--wallet-cents', '5', '--wallet-cents', '6'], 'It can be given only once.'],
    [[...partner, '--name', 'Another', '--wallet-cents', '5'], 'It can be given only once.'],
    [[...partner, '--wallet-cents', '5.5'], 'It must be a whole number of cents: 15000 is $150.00.'],
    [[...partner, '--wallet-cents', '1e3'], 'It must be a whole number of cents: 15000 is $150.00.'],
    [[...partner, '--wallet-cents', '-5'], '--wallet-cents must be a whole number from 0'],
    [[...partner, '--wallet-cents', '9'.repeat(400)], '--wallet-cents must be a whole number from 0'],
    [[...partner, '--wallet-cents', '0', '--project-id', 'x'], '--project-id must be prj_'],
    [
      ['partner:create', '--name', '', '--project', '', '--wallet-cents', '0'],
      '--project must not be empty; --name must not be empty',
    ],
    [['key:create', '--organization', 'org_none'], 'This partner was not found: org_none; --organization takes the id'],
    [['organization:suspend', '--organization', 'Acme\nInc'], 'This partner was not found: Acme Inc; --organization'],
    [['key:kill', '--key', 'key_none'], 'This API key was not found: key_none; --key takes the id of a key'],
    [['wallet:show', '--organization', 'org_none'], 'This wallet was not found: org_none; --organization takes the id'],
    [
      ['key:create', '--organization', 'O', '--tier', 'gold'],
      'standard, pilot, partner, internal; see key:create --help',
    ],
    [['wallet:top-up', '--organization', 'org_none', '--cents', '0', '--reference', 'R'], '--cents must be'],
    [['staff:create', '--email', 'nobody', '--role', 'admin'], '--email must be an email address'],
  ])('refuses %j in one line', async (args, sentence) => {
    expectRefusal(await cli(...args), sentence);
  });

  it.each([
    [{ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'The PostgreSQL of DATABASE_URL cannot be used'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must look like'],
    [{ LEASE_PRICE_CENTS: 'free' }, 'LEASE_PRICE_CENTS must be a whole number'],
  ])('says in one line what is wrong with %j', async (wrong, sentence) => {
    expectRefusal(await run({ ...environment(), ...wrong }, ['ledger:verify', '--json']), sentence);
  });

  it('migrates an empty database first', async () => {
    const name = `empty_${process.pid}`;
    const url = new URL(database.url);
    url.pathname = `/${name}`;
    await client.query(`CREATE DATABASE ${name}`);
    try {
      const answers = await Promise.all([1, 2].map(() => run({ DATABASE_URL: url.href }, ['ledger:verify', '--json'])));
      for (const answer of answers) expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
    } finally {
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  });
});
