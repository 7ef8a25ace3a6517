import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../src/app.js';
import { testSettings } from './app.js';

/** A service in a process of its own, for `startProcess`; it tells its parent where it listens. */
const [databaseUrl, overrides = '{}'] = process.argv.slice(2);
const app = await createApp(testSettings(databaseUrl!, JSON.parse(overrides)));
await app.listen(0, '127.0.0.1');
process.send!((app.getHttpServer().address() as AddressInfo).port);
process.on('disconnect', () => process.exit());
