import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SEALED_BATCH_SIZE, SealedColumns, type SealedColumn } from '../../../src/core/sealed-columns.js';
import { SecretBox } from '../../../src/core/secret-box.js';
import { newId } from '../../../src/core/ids.js';
import { toSealPurpose } from '../../../src/staff/second-factor.js';
import { toSecretPurpose } from '../../../src/webhooks/signature.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { expectRefusal, runInProcess } from '../../support/command-line.js';
import { aPartner, aStaffMember, atOnce, theSystem, type TestPartner } from '../../support/makers.js';
import { anEndpoint, type TestEndpoint } from '../../support/webhooks.js';
import { storedSecrets } from './stored-secrets.js';

const [old, present, unknown] = ['o', 'p', 'u'].map((letter) => letter.repeat(32)) as [string, string, string];
const url = 'https://8.8.8.8/hooks';

let service: TestApp;
let partner: TestPartner;
beforeAll(async () => {
  service = await startTestApp({ secretsKeys: [present, old] });
});
afterAll(() => service.close());
beforeEach(async () => {
  await service.dataSource.query(
    'DELETE FROM webhook_endpoint; DELETE FROM idempotency_record; DELETE FROM staff_second_factor',
  );
  partner = await aPartner(service, { tier: 'internal', scopes: ['*'] });
});

const rekey = (...keys: string[]) => storedSecrets(service, ...keys).rekey(theSystem());
const check = (...keys: string[]) => storedSecrets(service, ...keys).assertAllOpen();
const total = (columns: Awaited<ReturnType<typeof rekey>>, count: 'rekeyed' | 'current' | 'unreadable') =>
  columns.reduce((sum, column) => sum + column[count], 0);
const rotateSecret = ({ id }: TestEndpoint, headers = {}) =>
  call(service, 'POST', `/v1/webhook-endpoints/${id}/rotate-secret`, { key: partner.apiKey, headers });
/** The endpoint's secret and the one before, as that key opens them. */
async function secretsOf({ id }: TestEndpoint, key: string): Promise<string[]> {
  const [row] = await service.dataSource.query(
    'SELECT sealed_secret, sealed_previous_secret FROM webhook_endpoint WHERE id = $1',
    [id],
  );
  const box = new SecretBox({ secretsKeys: [key] });
  const sealed = [row.sealed_secret, row.sealed_previous_secret].filter((one) => one !== null);
  return sealed.map((one: Buffer) => box.open(one, toSecretPurpose(id)));
}
async function aFactor(key: string): Promise<string> {
  const { staffId } = await aStaffMember(service, 'operator');
  const sealed = new SecretBox({ secretsKeys: [key] }).seal('ABC', toSealPurpose(staffId));
  await service.dataSource.query(
    'INSERT INTO staff_second_factor (staff_id, id, sealed_secret, last_step, created_at) VALUES ($1, $2, $3, 0, now())',
    [staffId, randomUUID(), sealed],
  );
  return staffId;
}
/** Those of the service, of which one does something else in between. */
function intercepted(column: SealedColumn, change: Partial<SealedColumn>) {
  const columns = service.app.get(SealedColumns, { strict: false }).all;
  const at = columns.indexOf(column);
  columns[at] = { ...column, ...change };
  return () => void (columns[at] = column);
}
const columnOf = (many: string) =>
  service.app.get(SealedColumns, { strict: false }).all.find((column) => column.many === many)!;

describe('secrets:rekey', () => {
  it('encrypts every kind of secret under the first key: the others can be removed, and all is as it was', async () => {
    const endpoint = await anEndpoint(service, partner, { url });
    const headers = { 'idempotency-key': randomUUID() };
    const rotated = await rotateSecret(endpoint, headers);
    const rotateKey = () =>
      call(service, 'POST', `/v1/api-keys/${partner.apiKeyId}/rotate`, {
        key: partner.apiKey,
        headers: {
          'idempotency-key': headers['idempotency-key'].replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
        },
        body: { graceSeconds: 600 },
      });
    const key = await rotateKey();
    expect(key.status).toBe(200);
    await aFactor(present);
    expect(total(await rekey(old, present), 'rekeyed')).toBe(5);
    await check(old);
    const refusal = await check(present).catch((error: Error) => error.message);
    const today = new Date().toISOString().slice(0, 10);
    for (const what of [
      '1 second factor of 1 was set up',
      '1 signing secret of a webhook of 1 was last changed',
      '1 previous signing secret of a webhook of 1 was last changed',
      '2 stored answers of 2 were stored',
    ]) {
      expect(refusal).toContain(
        `first on ${today}, when ${what}, or at the last secrets:rekey: add it behind the others`,
      );
    }
    expect(refusal).toContain('reset these second factors with staff:reset-second-factor');

    const report = await rekey(present, old);
    expect(report.map(({ what, rekeyed, current, unreadable }) => [what, rekeyed, current, unreadable]).sort()).toEqual(
      [
        ['previous signing secrets of webhooks', 1, 0, 0],
        ['second factors', 1, 0, 0],
        ['signing secrets of webhooks', 1, 0, 0],
        ['stored answers', 2, 0, 0],
      ],
    );
    await check(present);
    await expect(check(old)).rejects.toThrow('SECRETS_KEYS lacks');
    expect(await secretsOf(endpoint, present)).toEqual([rotated.body.signingSecret, endpoint.signingSecret]);
    const replayed = await rotateSecret(endpoint, headers);
    expect([replayed.text, replayed.headers['idempotent-replayed']]).toEqual([rotated.text, 'true']);
    expect((await rotateKey()).text).toBe(key.text);

    expect(total(await rekey(present), 'rekeyed')).toBe(0);
    const audited = await service.dataSource.query(
      "SELECT internal FROM audit_event WHERE type = 'secrets.rekeyed' ORDER BY id",
    );
    expect(audited).toHaveLength(2);
    expect(audited[1].internal.columns).toHaveLength(4);
  });

  it('overwrites nothing that is rotated while it runs, and encrypts that too', async () => {
    const endpoint = await anEndpoint(service, partner, { url });
    await rekey(old, present);
    const column = columnOf('signing secrets of webhooks');
    let rotated: string | null = null;
    const restore = intercepted(column, {
      readAfter: async (em, after) => {
        const batch = await column.readAfter(em, after);
        rotated ??= (await rotateSecret(endpoint)).body.signingSecret as string;
        return batch;
      },
    });
    await rekey(present, old);
    restore();
    expect(await secretsOf(endpoint, present)).toEqual([rotated, endpoint.signingSecret]);
    await check(present);
  });

  it('runs beside rotations and beside itself', async () => {
    const endpoints = await atOnce(8, () => anEndpoint(service, partner, { url }));
    await rekey(old, present);
    const [rotations] = await Promise.all([
      Promise.all(endpoints.map((endpoint, n) => (n % 2 === 0 ? rotateSecret(endpoint) : null))),
      ...[1, 2, 3].map(() => rekey(present, old)),
    ]);
    expect(total(await rekey(present, old), 'rekeyed')).toBe(0);
    await check(present);
    for (const [n, endpoint] of endpoints.entries()) {
      const secrets = n % 2 === 0 ? [rotations[n]!.body.signingSecret] : [];
      expect(await secretsOf(endpoint, present)).toEqual([...secrets, endpoint.signingSecret]);
    }
  });

  it('goes on after an interruption, over any number of batches', async () => {
    const box = new SecretBox({ secretsKeys: [old] });
    const count = 2 * SEALED_BATCH_SIZE + 5;
    const ids = Array.from({ length: count }, () => newId('whe'));
    await service.dataSource.query(
      `INSERT INTO webhook_endpoint (id, organization_id, url, events, sealed_secret, created_at, updated_at)
       SELECT id, $1, $2, '{test.ping}', sealed, now(), now() FROM unnest($3::text[], $4::bytea[]) AS made (id, sealed)`,
      [partner.organizationId, url, ids, ids.map((id) => box.seal(`secret of ${id}`, toSecretPurpose(id)))],
    );
    const column = columnOf('signing secrets of webhooks');
    let left = SEALED_BATCH_SIZE + 10;
    const restore = intercepted(column, {
      replace: (...args) => {
        if ((left -= 1) < 0) throw new Error('interrupted');
        return column.replace(...args);
      },
    });
    await expect(rekey(present, old)).rejects.toThrow('interrupted');
    restore();
    const [signing] = (await rekey(present, old)).filter(({ what }) => what === column.many);
    expect(signing).toEqual({
      what: column.many,
      rekeyed: SEALED_BATCH_SIZE - 5,
      current: SEALED_BATCH_SIZE + 10,
      unreadable: 0,
    });
    await check(present);
    expect(await secretsOf({ id: ids[0]!, signingSecret: '' }, present)).toEqual([`secret of ${ids[0]}`]);
  });

  it('leaves out what is of no use any more: deleted endpoints, ended secrets, answers of yesterday', async () => {
    const endpoint = await anEndpoint(service, partner, { url });
    const gone = await anEndpoint(service, partner, { url });
    await rotateSecret(endpoint, { 'idempotency-key': randomUUID() });
    await rekey(old, present);
    await call(service, 'DELETE', `/v1/webhook-endpoints/${gone.id}`, { key: partner.apiKey });
    await service.dataSource.query(
      "UPDATE webhook_endpoint SET previous_secret_expires_at = now() - interval '1 minute' WHERE sealed_previous_secret IS NOT NULL",
    );
    await service.dataSource.query("UPDATE idempotency_record SET created_at = now() - interval '25 hours'");
    expect(total(await rekey(present, old), 'rekeyed')).toBe(1);
    await check(present);
  });

  it('is a command, which needs the keys and says what none of them opens', async () => {
    await aFactor(old);
    await aFactor(present);
    const cli = (keys: string | undefined, ...flags: string[]) =>
      runInProcess({ DATABASE_URL: service.settings.databaseUrl, SECRETS_KEYS: keys }, ['secrets:rekey', ...flags]);
    expectRefusal(await cli(undefined), 'SECRETS_KEYS is required');
    const first = await cli(`${present},${old}`, '--json');
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(first.stdout)).toMatchObject({ rekeyed: 1, current: 1, unreadable: 0 });
    expect(JSON.parse(first.stdout).columns).toHaveLength(4);
    const again = await cli(present);
    expect(again.stdout).toMatch(/^0 encrypted again under the first of SECRETS_KEYS, 2 before\.\n/);
    const lost = await cli(unknown);
    expect([lost.exitCode, lost.stderr]).toEqual([
      1,
      'error: none of SECRETS_KEYS opens 2 of them, which stay as they are\n',
    ]);
    await check(present);
  });

  it('leaves a second factor that is being set up to go on, or to begin again', async () => {
    const { SecondFactorsService } = await import('../../../src/staff/second-factors.service.js');
    const factors = service.app.get(SecondFactorsService, { strict: false });
    const { staffId } = await aStaffMember(service, 'viewer');
    const sealed = (key: string) =>
      new SecretBox({ secretsKeys: [key] }).seal('JBSWY3DPEHPK3PXP', toSealPurpose(staffId)).toString('base64');
    const begun = sealed(old);
    expect(factors.begin(staffId, begun)).toBe(begun);
    expect(factors.begin(staffId, sealed(unknown))).not.toBe(sealed(unknown));
    expect(factors.getAuthenticatorSetup(staffId, 'a@b.c', factors.begin(staffId, sealed(unknown))).secret).toMatch(
      /^\w+$/,
    );
  });
});
