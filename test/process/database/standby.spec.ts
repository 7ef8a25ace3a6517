import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { joinEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres.js';
import { getClusterPath } from '../../../src/database/embedded/data-folder.js';
import { migrate } from '../../../src/database/migrate.js';
import { startLoggedApp, type LogLine, type TestApp } from '../../support/app.js';
import { call, expectEnvelope } from '../../support/calls.js';
import { clearUpServices, newDataDir } from '../../support/service-process.js';

describe('Over a hot standby', () => {
  let server: EmbeddedPostgres;
  let service: TestApp & { log: LogLine[] };
  const join = (dataDir: string) => joinEmbeddedPostgres({ dataDir, database: 'lease_console' });

  beforeAll(async () => {
    const dataDir = newDataDir();
    const primary = await join(dataDir);
    await migrate({ databaseUrl: primary.url, preparedStatements: true });
    const cluster = getClusterPath(primary.folder);
    await primary.leave();
    fs.writeFileSync(path.join(cluster, 'standby.signal'), '');
    server = await join(dataDir);
    service = await startLoggedApp({}, server.url);
  });
  afterAll(async () => {
    await service?.close();
    await server?.leave();
    await clearUpServices();
  });

  it('every call gets 503, no statement is prepared again for it, and the service is not ready', async () => {
    const key = `lp_live_0123456789ABCDEF_${'a'.repeat(43)}`;
    for (let n = 0; n < 5; n += 1) {
      const reply = await call(service, 'GET', '/v1/whoami', { key });
      expectEnvelope(reply, 503, 'UNAVAILABLE');
      expect(reply.headers['retry-after']).toMatch(/^[1-9]\d*$/);
    }
    const causes = service.log.flatMap(({ cause }) => cause ?? []);
    expect(causes).toHaveLength(5);
    expect(causes.every((cause) => /^(0A000: the database cannot do this, as a hot standby|25006: )/.test(cause))).toBe(
      true,
    );
    const ready = await call(service, 'GET', '/readyz');
    expectEnvelope(ready, 503, 'UNAVAILABLE');
    expect(ready.body.error.message).toBe('Not ready: the database is read-only.');
    expect((await call(service, 'GET', '/healthz')).status).toBe(200);
  });
});
