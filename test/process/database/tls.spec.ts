import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { DataSource } from 'typeorm';
import { readSettings } from '../../../src/config/settings.js';
import { getClusterPath } from '../../../src/database/embedded/data-folder.js';
import { joinEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres.js';
import { dataSourceOptions } from '../../../src/database/options.js';
import { clearUpServices, newDataDir } from '../../support/service-process.js';
import { until } from '../../support/until.js';

describe('A connection to the database', () => {
  let server: EmbeddedPostgres;
  beforeAll(async () => {
    server = await joinEmbeddedPostgres({ dataDir: newDataDir(), database: 'lease_console' });
  });
  afterAll(async () => {
    await server.leave();
    await clearUpServices();
  });

  /** Whether PostgreSQL sees it encrypted. */
  async function isEncrypted(host: string, query: string): Promise<boolean> {
    const url = Object.assign(new URL(server.url), { hostname: host, search: query }).href;
    const settings = readSettings({ DATABASE_URL: url }, 'optional');
    const dataSource = new DataSource(dataSourceOptions({ ...settings, databaseUrl: settings.databaseUrl! }, 'tls'));
    try {
      await dataSource.initialize();
      const [{ ssl }] = await dataSource.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
      return ssl;
    } finally {
      if (dataSource.isInitialized) await dataSource.destroy();
    }
  }

  it('falls back to a plain one for no mode but those that ask for it', async () => {
    for (const mode of ['no-verify', 'require', 'verify-ca', 'verify-full']) {
      await expect(isEncrypted('localhost', `sslmode=${mode}`)).rejects.toThrow('does not support SSL');
    }
    expect(await isEncrypted('localhost', 'sslmode=disable')).toBe(false);
    expect(await isEncrypted('localhost', '')).toBe(false);
  });

  it('is encrypted, and verified but where the mode says not to', async () => {
    const cluster = getClusterPath(server.folder);
    const { uid, gid } = fs.statSync(cluster);
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      ],
    });
    for (const [name, content] of [
      ['server.crt', cert],
      ['server.key', key],
    ] as const) {
      const file = path.join(cluster, name);
      fs.writeFileSync(file, content, { mode: 0o600 });
      fs.chownSync(file, uid, gid);
    }
    // Signed by itself: it is its own authority.
    const authority = path.join(server.folder, 'authority.pem');
    fs.writeFileSync(authority, cert);
    fs.appendFileSync(path.join(cluster, 'postgresql.auto.conf'), 'ssl = on\n');
    const reloader = await new DataSource({ type: 'postgres', url: server.url }).initialize();
    await reloader.query('SELECT pg_reload_conf()');
    await reloader.destroy();
    await until('it takes TLS', () => isEncrypted('localhost', 'sslmode=no-verify').catch(() => false));

    for (const mode of ['require', 'verify-ca', 'verify-full']) {
      await expect(isEncrypted('localhost', `sslmode=${mode}`)).rejects.toThrow(/self-signed certificate/);
      expect(await isEncrypted('localhost', `sslmode=${mode}&sslrootcert=${authority}`)).toBe(true);
      // The certificate is another host's.
      await expect(isEncrypted('127.0.0.1', `sslmode=${mode}&sslrootcert=${authority}`)).rejects.toThrow(/IP: 127/);
    }
    expect(await isEncrypted('localhost', 'sslmode=disable')).toBe(false);
  });
});
