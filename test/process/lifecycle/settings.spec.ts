import { createServer, type Server } from 'node:net';
import fs from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../../support/database.js';
import { clearUpServices, newDataDir, ServiceProcess } from '../../support/service-process.js';

const secrets = { SESSION_SECRET: 's'.repeat(32), SECRETS_KEYS: 'k'.repeat(32) };
const unanswered = 'postgres://nobody:secret@127.0.0.1:9/nowhere';

describe('A start that cannot work', () => {
  let squatter: Server | undefined;
  afterEach(() => new Promise((resolve) => (squatter ? squatter.close(resolve) : resolve(undefined))));
  afterAll(clearUpServices);

  // What else is malformed or missing: `test/unit/config/settings.spec.ts`.
  it.each([
    ['several settings that are wrong', { PORT: '0', WORKERS: '' }, /PORT must be .* WORKERS is set but empty/],
    [
      'a DATABASE_URL where nobody answers',
      { DATABASE_URL: unanswered, ...secrets },
      /PostgreSQL of DATABASE_URL cannot be used/,
    ],
    [
      'a DATA_DIR where no folder can be made',
      { DATA_DIR: '/proc/lease-console' },
      /data folder \/proc\/lease-console cannot be made/,
    ],
    ['a HOST of another machine', { HOST: '192.0.2.1' }, /HOST is 192\.0\.2\.1/],
  ])('stops with one clear line: %s', async (_what, environment, line) => {
    const dataDir = newDataDir();
    const service = await ServiceProcess.begin({ DATA_DIR: dataDir, ...environment });
    expect(await service.ended).toEqual({ code: 1, signal: null });
    expect(service.failure).toMatch(line);
    expect(service.failure).not.toContain('\n');
    expect(service.complaints).toBe('');
    expect(fs.readdirSync(dataDir)).toEqual([]);
  });

  it('stops with one clear line before it touches anything when its port is taken', async () => {
    squatter = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => squatter!.once('listening', resolve));
    const { port } = squatter.address() as { port: number };
    const dataDir = newDataDir();
    const service = await ServiceProcess.begin({ DATA_DIR: dataDir, PORT: String(port) });
    expect(await service.ended).toEqual({ code: 1, signal: null });
    expect(service.failure).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken.*$`));
    expect(fs.readdirSync(dataDir)).toEqual([]);
  });

  it('stops with one clear line before it listens where a later version has migrated the database, or a key is missing', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const environment = { DATABASE_URL: database.url, ...secrets };
    const refusal = async () => {
      const service = await ServiceProcess.begin(environment);
      expect(await service.ended).toEqual({ code: 1, signal: null });
      expect(service.output).not.toContain('listening');
      expect(service.complaints).toBe('');
      return service.failure;
    };
    await client.query(
      `INSERT INTO staff_user (id, email, name, role, password_hash, created_at) VALUES ('stf_x', 'a@b.c', 'A', 'viewer', 'x', now())`,
    );
    await client.query(
      `INSERT INTO staff_second_factor (staff_id, id, sealed_secret, last_step, created_at) VALUES ('stf_x', gen_random_uuid(), 'x', 0, now())`,
    );
    await client.query(`INSERT INTO organization (id, name, created_at) VALUES ('org_x', 'X', now())`);
    await client.query(
      `INSERT INTO webhook_endpoint (id, organization_id, url, events, sealed_secret, created_at, updated_at)
       VALUES ('whe_x', 'org_x', 'https://x.example', '{test.ping}', 'x', now(), '2026-03-01')`,
    );
    await client.query(
      `INSERT INTO idempotency_record (organization_id, key, fingerprint, sealed_body) VALUES ('org_x', 'x', 'x', 'x')`,
    );
    const lacking = await refusal();
    expect(lacking).toMatch(/SECRETS_KEYS lacks the key .* 1 second factor of 1 was set up/);
    expect(lacking).toMatch(/first on 2026-03-01, when 1 signing secret of a webhook of 1 was last changed/);
    expect(lacking).toMatch(/1 stored answer of 1 was stored/);
    await client.query(`INSERT INTO migration (timestamp, name) VALUES (9999999999999, 'Later9999999999999')`);
    expect(await refusal()).toMatch(/migrations that this version does not know: Later9999999999999/);
    await client.end();
    await database.drop();
  });

  it('starts no embedded PostgreSQL and makes no secrets where DATABASE_URL is set', async () => {
    const database = await createTestDatabase();
    const dataDir = newDataDir();
    const service = await ServiceProcess.started({ DATA_DIR: dataDir, DATABASE_URL: database.url, ...secrets });
    expect(await service.statusOf('/readyz')).toBe(200);
    expect(service.output).not.toContain('embedded');
    expect(fs.readdirSync(dataDir)).toEqual([]);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    await database.drop();
  });
});
