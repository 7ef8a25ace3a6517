import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { agent } from 'supertest';
import { databaseOfScale, startServer } from './databases.mjs';
import { benchSettings } from './settings.mjs';

const { createApp } = await import('../dist/src/app.js');
const { StaffService } = await import('../dist/src/staff/staff.service.js');

/**
 * Two services over filled databases of one server, so that both are measured under the same conditions.
 * @param scales of the small and of the large database, 0.001 to 1
 */
export async function openServices(scales) {
  const server = await startServer();
  const small = await openService(await databaseOfScale(server, scales.small));
  const large = await openService(await databaseOfScale(server, scales.large));
  const close = async () => {
    await small.close();
    await large.close();
    await server.leave();
  };
  return { small, large, close };
}

/** A service and an administrator who is signed in. `askFresh` times the first answer of a service that has just started. */
async function openService(databaseUrl) {
  const app = await createApp(benchSettings(databaseUrl));
  await app.listen(0, '127.0.0.1');
  const email = `bench.${Date.now()}@staff.example`;
  const password = 'a password for the bench';
  const staff = app.get(StaffService, { strict: false });
  await staff.create({ kind: 'system', name: 'bench', callId: 'req_bench' }, { email, role: 'admin', password });
  const browser = await signedIn(app, email, password);
  const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  return {
    app,
    database,
    get: (address) => browser.get(`/admin/api${address}`),
    post: (address, body) => browser.post(`/admin/api${address}`).set('Origin', originOf(app)).send(body),
    /** The one value that a statement finds. */
    one: async (text) => Object.values((await database.query(text)).rows[0] ?? {})[0],
    askFresh: async (ask) => {
      const fresh = await createApp(benchSettings(databaseUrl));
      await fresh.listen(0, '127.0.0.1');
      const newcomer = await signedIn(fresh, email, password);
      const milliseconds = await timed(() => ask((address) => newcomer.get(`/admin/api${address}`)));
      await fresh.close();
      return milliseconds;
    },
    close: async () => {
      await database.end();
      await app.close();
    },
  };
}

const originOf = (app) => `http://127.0.0.1:${app.getHttpServer().address().port}`;

async function signedIn(app, email, password) {
  const browser = agent(originOf(app));
  await browser.post('/admin/login').type('form').send({ email, password }).expect(302);
  return browser;
}

/** How many milliseconds an answer takes. */
export async function timed(ask) {
  const at = performance.now();
  const answer = await ask();
  const milliseconds = performance.now() - at;
  if (answer.status !== 200 || answer.body.notice?.type === 'error') {
    throw new Error(`${answer.req?.path}: ${answer.status} ${answer.text.slice(0, 300)}`);
  }
  return milliseconds;
}
