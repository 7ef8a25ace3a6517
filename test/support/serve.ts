import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../src/app.js';
import { testSettings } from './app.js';

/** A service in a process of its own, for `startProcess`; it tells its parent where it listens. */
const app = await createApp(testSettings(process.argv[2]!));
await app.listen(0, '127.0.0.1');
process.send!((app.getHttpServer().address() as AddressInfo).port);
process.on('disconnect', () => process.exit());
