import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { anAccount } from '../../support/makers.js';

describe('the entries that matching goes by', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
  });
  afterAll(() => service.close());

  /** What differs between the entries and the available accounts, either way. */
  const differences = () =>
    service.dataSource.query(`
      WITH wanted AS (
        SELECT DISTINCT account.id, vertical, account.primary_language, account.countries, account.followers, account.sandbox
          FROM social_account account CROSS JOIN unnest(account.verticals) AS vertical WHERE account.status = 'available'
      ), kept AS (SELECT social_account_id, vertical, primary_language, countries, followers, sandbox FROM pool_entry)
      (TABLE wanted EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE wanted)`);
  const entries = async (id: string) =>
    (
      await service.dataSource.query('SELECT vertical FROM pool_entry WHERE social_account_id = $1 ORDER BY 1', [id])
    ).map(({ vertical }: { vertical: string }) => vertical);
  const change = (id: string, set: string) =>
    service.dataSource.query(`UPDATE social_account SET ${set} WHERE id = $1`, [id]);

  it('follow every change of an account', async () => {
    const { id } = await anAccount(service, { verticals: ['tea', 'coffee', 'tea'] });
    const warming = await anAccount(service, { status: 'warming' });
    expect(await entries(id)).toEqual(['coffee', 'tea']);
    expect(await entries(warming.id)).toEqual([]);
    await change(id, "verticals = '{juice}', language = 'pt-BR', followers = 7");
    expect(await entries(id)).toEqual(['juice']);
    await change(id, "status = 'assigned'");
    expect(await entries(id)).toEqual([]);
    await change(id, 'followers = 8');
    await change(id, "status = 'available'");
    await service.dataSource.query("UPDATE social_account SET status = 'available', countries = '{FR,DE}'");
    expect(await differences()).toEqual([]);
    expect(await entries(warming.id)).toEqual(['coffee']);
    await service.dataSource.query('DELETE FROM social_account WHERE id = $1', [id]);
    expect(await entries(id)).toEqual([]);
    expect(await differences()).toEqual([]);
  });

  it('follow accounts that many change at once', async () => {
    const accounts = await Promise.all(Array.from({ length: 5 }, () => anAccount(service)));
    const states = ['available', 'assigned', 'resetting', 'available', 'quarantined', 'available'];
    await Promise.all(
      Array.from({ length: 120 }, (_, n) =>
        change(accounts[n % 5]!.id, `status = '${states[n % 6]}', followers = ${n}`),
      ),
    );
    expect(await differences()).toEqual([]);
  });
});
