import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CallRecorder, type EndedCall } from '../../../src/calls/call-recorder.js';
import { newId } from '../../../src/core/ids.js';
import { startLoggedApp, startTestApp, type LogLine, type TestApp } from '../../support/app.js';
import { call, eventually } from '../../support/calls.js';
import { aPartner, atOnce } from '../../support/makers.js';

let service: TestApp & { log: LogLine[] };
let recorder: CallRecorder;
beforeAll(async () => {
  service = await startLoggedApp();
  recorder = service.app.get(CallRecorder, { strict: false });
});
afterAll(() => service.close());

const aCall = (organizationId: string, more: Partial<EndedCall> = {}): EndedCall => ({
  ...{ id: newId('req'), calledAt: new Date(), organizationId, apiKeyId: 'key_1', method: 'GET', route: '/v1/whoami' },
  ...{ status: 200, code: null, durationMs: 3, address: '192.0.2.1' },
  ...more,
});
const sql = (text: string, values: unknown[] = []) => service.dataSource.query(text, values);
const countOf = async (organizationId: string) =>
  (await sql('SELECT count(*)::int AS n FROM api_call WHERE organization_id = $1', [organizationId]))[0].n as number;

/** The statements that wrote calls, and how many rows each wrote. */
async function watchInserts(): Promise<() => Promise<number[]>> {
  await sql(`CREATE TABLE IF NOT EXISTS seen_insert (rows integer)`);
  await sql(`TRUNCATE seen_insert`);
  await sql(`CREATE OR REPLACE FUNCTION see_insert() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN INSERT INTO seen_insert SELECT count(*) FROM written; RETURN NULL; END $$`);
  await sql(`CREATE OR REPLACE TRIGGER see_insert AFTER INSERT ON api_call REFERENCING NEW TABLE AS written
             FOR EACH STATEMENT EXECUTE FUNCTION see_insert()`);
  return async () => (await sql('SELECT rows FROM seen_insert')).map(({ rows }: { rows: number }) => rows);
}

describe('The recorder of calls', () => {
  it('writes 100 at once in one statement, and fewer by itself a moment later', async () => {
    const readInserts = await watchInserts();
    for (let n = 0; n < 101; n += 1) recorder.add(aCall('org_many'));
    await eventually(async () => ((await countOf('org_many')) === 101 ? true : null));
    expect((await readInserts()).sort((a, b) => b - a)).toEqual([100, 1]);
    recorder.add(aCall('org_one'));
    await eventually(async () => ((await countOf('org_one')) === 1 ? true : null));
  });

  it('writes each call once, however often a batch is sent', async () => {
    const one = aCall('org_twice');
    for (let n = 0; n < 2; n += 1) {
      recorder.add(one);
      await recorder.flush();
    }
    expect(await countOf('org_twice')).toBe(1);
  });

  describe('without a table to write to', () => {
    const away = () => sql('ALTER TABLE api_call RENAME TO api_call_away');
    const back = () => sql('ALTER TABLE IF EXISTS api_call_away RENAME TO api_call');
    /** As a database that is stopping says it. */
    const refuse = () =>
      sql(`CREATE OR REPLACE FUNCTION refuse_calls() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'stopping' USING ERRCODE = '57P01'; END $$`).then(() =>
        sql('CREATE TRIGGER refuse_calls BEFORE INSERT ON api_call FOR EACH STATEMENT EXECUTE FUNCTION refuse_calls()'),
      );
    const admit = () => sql('DROP TRIGGER IF EXISTS refuse_calls ON api_call');
    afterEach(async () => {
      await back();
      await admit();
    });
    const warnings = () => service.log.filter(({ msg }) => msg.includes('were not recorded')).map(({ msg }) => msg);

    it('keeps calls until the database is back; calls are answered meanwhile', async () => {
      const partner = await aPartner(service);
      await refuse();
      const replies = await atOnce(20, () => call(service, 'GET', '/v1/whoami', { key: partner.apiKey }));
      expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200));
      await recorder.flush();
      expect(await countOf(partner.organizationId)).toBe(0);
      await admit();
      await eventually(async () => ((await countOf(partner.organizationId)) === 20 ? true : null));
      expect(warnings()).toEqual([]);
    });

    it('keeps 10,000 and says how many more there were', async () => {
      await refuse();
      recorder.add(aCall('org_full'));
      await recorder.flush();
      for (let n = 1; n < 10_030; n += 1) recorder.add(aCall('org_full'));
      await admit();
      await eventually(async () => ((await countOf('org_full')) === 10_000 ? true : null));
      await eventually(async () => (warnings().length > 0 ? true : null));
      expect(warnings().splice(0)).toEqual([expect.stringMatching(/^30 calls of partners were not recorded/)]);
      service.log.splice(0);
    });

    it('drops, counts and logs what the database refuses for what it is', async () => {
      await away();
      recorder.add(aCall('org_lost'));
      await recorder.flush();
      await back();
      recorder.add(aCall('org_kept'));
      await eventually(async () => ((await countOf('org_kept')) === 1 ? true : null));
      await eventually(async () => (warnings().length > 0 ? true : null));
      expect(warnings()).toEqual([expect.stringMatching(/^1 calls? of partners/)]);
      expect(await countOf('org_lost')).toBe(0);
    });
  });

  // The last: of two services in one process the second one gets the log and authenticates the calls.
  it('writes what waits when the service stops', async () => {
    const other = await startTestApp({}, service.settings.databaseUrl);
    const partner = await aPartner(other);
    await call(other, 'GET', '/v1/whoami', { key: partner.apiKey });
    await other.close();
    expect(await countOf(partner.organizationId)).toBe(1);
  });
});
