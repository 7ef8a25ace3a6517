import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrganizationsService } from '../../../src/partners/organizations.service.js';
import { SandboxWorker } from '../../../src/sandbox/sandbox-worker.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { balanceOf, expectCleanBooks, requestState } from '../../support/ledger.js';
import {
  aPartner,
  aRequest,
  atOnce,
  theSystem,
  topUp,
  type TestPartner,
  type TestRequest,
} from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';

let database: TestDatabase;
let service: TestApp;
let other: TestApp;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startTestApp({}, database.url);
  other = await startTestApp({}, database.url);
});
afterAll(async () => {
  await other.close();
  await service.close();
  await database.drop();
});

const query = <Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> =>
  service.dataSource.query(text, values);
const answer = (app = service) => app.app.get(SandboxWorker, { strict: false }).run();
const newSandbox = async () => aSandbox(service, await aPartner(service));

/** What a request came to, as far as the same calls are to give the same. */
async function outcomeOf({ id }: TestRequest) {
  const { version: _version, ...state } = await requestState(service, id);
  const accounts = await query<{ handle: string }>(
    `SELECT regexp_replace(account.handle, '^sbx[0-9a-f]+', 'sbx') AS handle, account.followers, account.language, account.countries,
            lease.price_cents, lease.status
       FROM lease JOIN social_account account ON account.id = lease.social_account_id
      WHERE lease_request_id = $1 ORDER BY lease.assigned_at, lease.id`,
    [id],
  );
  const notes = await query('SELECT author, visibility, blocker, body FROM request_note WHERE lease_request_id = $1', [
    id,
  ]);
  return { ...state, accounts, notes };
}

describe('A sandbox answers', () => {
  it('in full, with charges, audit rows of the system and events', async () => {
    const sandbox = await newSandbox();
    const request = await aRequest(service, sandbox, {
      count: 3,
      vertical: 'Home Coffee',
      language: 'de',
      geo: ['AT', 'DE'],
    });
    await answer();
    expect(await outcomeOf(request)).toMatchObject({
      status: 'assigned',
      accounts: [1, 2, 3].map((place) => ({
        handle: `sbx.homecoffee.1.${place}`,
        language: 'de',
        countries: ['AT', 'DE'],
        price_cents: 15_000,
        status: 'active',
      })),
      notes: [],
    });
    expect(await balanceOf(service, sandbox.organizationId)).toBe(1_000_000 - 45_000);
    const actors = await query(
      `SELECT DISTINCT actor_kind, actor_name FROM audit_event WHERE organization_id = $1 AND type LIKE 'lease%'`,
      [sandbox.organizationId],
    );
    expect(actors).toEqual([{ actor_kind: 'system', actor_name: 'sandbox' }]);
    const events = await query('SELECT type FROM event WHERE organization_id = $1 ORDER BY recorded_order', [
      sandbox.organizationId,
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      ...['leased_account.assigned', 'lease_request.updated'],
      ...['leased_account.assigned', 'lease_request.updated'],
      ...['leased_account.assigned', 'lease_request.assigned'],
    ]);
    await expectCleanBooks(service);
  });

  it('sandbox-partial short, with a note', async () => {
    const request = await aRequest(service, await newSandbox(), { count: 5, vertical: 'sandbox-partial' });
    await answer();
    expect(await outcomeOf(request)).toMatchObject({
      ...{ status: 'partial', assignedCount: 2, outcomeReason: 'no_inventory' },
      notes: [{ author: 'staff', visibility: 'partner', body: 'The sandbox has no more accounts for this request.' }],
    });
  });

  it('sandbox-reject with nothing, and a note', async () => {
    const request = await aRequest(service, await newSandbox(), { vertical: 'sandbox-reject' });
    await answer();
    expect(await outcomeOf(request)).toMatchObject({
      ...{ status: 'rejected', assignedCount: 0, outcomeReason: 'policy', accounts: [] },
      notes: [{ visibility: 'partner' }],
    });
  });

  it('sandbox-slow by one account every 20 seconds', async () => {
    const request = await aRequest(service, await newSandbox(), { vertical: 'sandbox-slow', count: 2 });
    const age = (seconds: number) =>
      query(`UPDATE lease_request SET submitted_at = submitted_at - make_interval(secs => $2) WHERE id = $1`, [
        request.id,
        seconds,
      ]);
    await answer();
    expect(await requestState(service, request.id)).toMatchObject({ status: 'requested', assignedCount: 0 });
    await age(20);
    await answer();
    expect(await requestState(service, request.id)).toMatchObject({ status: 'requested', assignedCount: 1 });
    await age(20);
    await answer();
    expect(await requestState(service, request.id)).toMatchObject({ status: 'assigned', assignedCount: 2 });
  });

  it('sandbox-blocked with a blocker that its partner reads, and leaves it alone', async () => {
    const request = await aRequest(service, await newSandbox(), { vertical: 'sandbox-blocked' });
    await answer();
    const blocked = await outcomeOf(request);
    expect(blocked).toMatchObject({
      ...{ status: 'requested', blocker: 'needs_clarification' },
      notes: [{ visibility: 'partner', blocker: 'needs_clarification' }],
    });
    await answer();
    expect(await outcomeOf(request)).toEqual(blocked);
  });

  it('with what the wallet covers, and says so', async () => {
    const sandbox = await newSandbox();
    const first = await aRequest(service, sandbox, { count: 50 });
    const second = await aRequest(service, sandbox, { count: 50 });
    const third = await aRequest(service, sandbox, { count: 1 });
    await answer();
    const note = [{ visibility: 'partner', body: 'The wallet does not cover another account.' }];
    expect(await requestState(service, first.id)).toMatchObject({ status: 'assigned' });
    expect(await outcomeOf(second)).toMatchObject({
      ...{ status: 'partial', assignedCount: 16, outcomeReason: 'wallet_short', notes: note },
    });
    expect(await outcomeOf(third)).toMatchObject({ status: 'rejected', outcomeReason: 'wallet_short', notes: note });
    expect(await balanceOf(service, sandbox.organizationId)).toBe(10_000);
    await topUp(service, sandbox.organizationId, 5_000);
    const fourth = await aRequest(service, sandbox, { count: 1 });
    await answer();
    expect(await requestState(service, fourth.id)).toMatchObject({ status: 'assigned' });
    await expectCleanBooks(service);
  });

  it('nothing while it is suspended', async () => {
    const sandbox = await newSandbox();
    const request = await aRequest(service, sandbox, { count: 1 });
    const organizations = service.app.get(OrganizationsService, { strict: false });
    await organizations.suspend(theSystem(), { organizationId: sandbox.organizationId });
    await answer();
    expect(await requestState(service, request.id)).toMatchObject({ status: 'requested' });
    await organizations.resume(theSystem(), { organizationId: sandbox.organizationId });
    await answer();
    expect(await requestState(service, request.id)).toMatchObject({ status: 'assigned' });
  });

  it('no partner', async () => {
    const request = await aRequest(service, await aPartner(service), { vertical: 'sandbox-reject' });
    await answer();
    expect(await requestState(service, request.id)).toMatchObject({ status: 'requested', assignedCount: 0 });
  });
});

describe('The same calls in the same order', () => {
  async function play(sandbox: TestPartner) {
    const requests: TestRequest[] = [];
    for (const vertical of ['coffee', 'sandbox-partial', 'sandbox-reject', '☕', 'sandbox-blocked', 'coffee']) {
      requests.push(await aRequest(service, sandbox, { vertical, count: 4, geo: null, language: null }));
    }
    return requests;
  }

  it('get the same answers in every sandbox, at once or one after the other', async () => {
    const [one, two] = [await newSandbox(), await newSandbox()];
    const first = await play(one);
    await answer();
    const second: TestRequest[] = [];
    for (const request of await play(two)) {
      second.push(request);
      await answer();
    }
    const outcomes = await Promise.all(first.map(outcomeOf));
    expect(await Promise.all(second.map(outcomeOf))).toEqual(outcomes);
    const followers = outcomes.flatMap(({ accounts }) =>
      accounts.map((account) => (account as { followers?: number }).followers),
    );
    expect(new Set(followers).size).toBeGreaterThan(10);
  });
});

describe('Two requests of one number', () => {
  it('get accounts of their own: the earlier one was committed after the later one was answered', async () => {
    const sandbox = await newSandbox();
    const later = await aRequest(service, sandbox, { count: 2 });
    await answer();
    const earlier = await aRequest(service, sandbox, { count: 2 });
    await query("UPDATE lease_request SET submitted_at = submitted_at - interval '1 hour' WHERE id = $1", [earlier.id]);
    await answer();
    const handles = [];
    for (const request of [later, earlier]) {
      const { status, accounts } = await outcomeOf(request);
      handles.push(status, ...accounts.map(({ handle }) => handle));
    }
    expect(handles).toEqual([
      ...['assigned', 'sbx.coffee.1.1', 'sbx.coffee.1.2'],
      ...['assigned', 'sbx.coffee.1.1.2', 'sbx.coffee.1.2.2'],
    ]);
    await expectCleanBooks(service);
  });

  it('and what a process that died has made is used', async () => {
    const sandbox = await newSandbox();
    const request = await aRequest(service, sandbox, { count: 1 });
    const handle = `sbx${sandbox.organizationId.slice(4, 16).replaceAll('-', '')}.coffee.1.1`;
    await query(
      `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, sandbox, created_at, updated_at)
       VALUES ('sa_left', $1, 1, '{sandbox}', 'en', '{US}', 'available', true, now(), now())`,
      [handle],
    );
    await answer();
    const [lease] = await query('SELECT social_account_id FROM lease WHERE lease_request_id = $1', [request.id]);
    expect(lease).toEqual({ social_account_id: 'sa_left' });
  });
});

describe('A round', () => {
  it('gives a busy sandbox one turn of 100 answers, and the others theirs', async () => {
    const [first, second] = (await atOnce(2, newSandbox)).sort((a, b) =>
      a.organizationId < b.organizationId ? -1 : 1,
    );
    await topUp(service, first!.organizationId, 1_000_000);
    const counts = [50, 40, 20];
    const requests: TestRequest[] = [];
    for (const count of counts) requests.push(await aRequest(service, first!, { count }));
    requests.push(await aRequest(service, second!, { count: 1 }));
    const assigned = async () => {
      const states = await Promise.all(requests.map(({ id }) => requestState(service, id)));
      return states.map(({ assignedCount }) => assignedCount);
    };
    await answer();
    // 8 are left after 50 and 40 answers, and after each a look whether there is another.
    expect(await assigned()).toEqual([50, 40, 8, 1]);
    await answer();
    expect(await assigned()).toEqual([...counts, 1]);
  });
});

describe('Two processes', () => {
  it('answer each request once', async () => {
    const sandboxes = await atOnce(3, newSandbox);
    const requests: TestRequest[] = [];
    for (const sandbox of sandboxes) {
      for (let n = 0; n < 3; n += 1) requests.push(await aRequest(service, sandbox, { count: 5 }));
    }
    await atOnce(8, (n) => answer(n % 2 === 0 ? service : other));
    await answer();
    for (const { id } of requests) {
      expect(await requestState(service, id)).toMatchObject({ status: 'assigned', assignedCount: 5 });
    }
    for (const sandbox of sandboxes) {
      expect(await balanceOf(service, sandbox.organizationId)).toBe(1_000_000 - 15 * 15_000);
      const [accounts] = await query<{ n: number }>(
        'SELECT count(*) AS n FROM social_account WHERE starts_with(handle, $1)',
        [`sbx${sandbox.organizationId.slice(4, 16).replaceAll('-', '')}`],
      );
      expect(accounts!.n).toBe(15);
    }
    await expectCleanBooks(service);
  });

  it('take over what one that died has claimed', async () => {
    const sandbox = await newSandbox();
    const request = await aRequest(service, sandbox, { count: 1 });
    await query("INSERT INTO sandbox_claim VALUES ($1, 'of another', now() + interval '1 hour')", [
      sandbox.organizationId,
    ]);
    await answer();
    expect(await requestState(service, request.id)).toMatchObject({ status: 'requested' });
    await query("UPDATE sandbox_claim SET claimed_until = now() - interval '1 second'");
    await answer();
    expect(await requestState(service, request.id)).toMatchObject({ status: 'assigned' });
    expect(await query('SELECT claim FROM sandbox_claim')).toEqual([]);
  });
});
