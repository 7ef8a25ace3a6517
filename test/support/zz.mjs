import setUp from './global-setup.mjs';
import tearDown from './global-teardown.mjs';
import pg from 'pg';
let t = performance.now(); const lap = (n) => { const now = performance.now(); console.log(n, Math.round(now - t)); t = now; };
await setUp(); lap('setup');
const url = new URL(process.env.TEST_POSTGRES_URL); const template = url.pathname.slice(1); url.pathname = '/postgres';
const c = new pg.Client({ connectionString: url.href }); await c.connect(); lap('connect');
console.log((await c.query("select name, setting from pg_settings where name in ('fsync','full_page_writes','shared_buffers','wal_level','checkpoint_timeout','max_wal_size','synchronous_commit','jit','file_copy_method','autovacuum','wal_init_zero','wal_recycle')")).rows.map(r=>r.name+'='+r.setting).join(' '), (await c.query('select pg_database_size($1)',[template])).rows[0]);
for (let n = 0; n < 5; n++) { await c.query(`CREATE DATABASE t${n} TEMPLATE ${template}`); lap('create wal_log'); }
for (let n = 5; n < 10; n++) { await c.query(`CREATE DATABASE t${n} TEMPLATE ${template} STRATEGY file_copy`); lap('create file_copy'); }
for (let n = 0; n < 10; n++) { await c.query(`DROP DATABASE t${n} WITH (FORCE)`); lap('drop'); }
await c.end(); await tearDown(); lap('teardown');
