import os from 'node:os';
import { withClient } from '../databases.mjs';

const DURABLE = ['fsync', 'synchronous_commit', 'full_page_writes'];

/** What a measurement belongs to. */
export async function describeMachine(server) {
  const [postgres, ...durable] = await withClient(server.url, async (client) => {
    const settings = [];
    for (const name of ['server_version', ...DURABLE])
      settings.push((await client.query(`SHOW ${name}`)).rows[0][name]);
    return settings;
  });
  return {
    cpu: os.cpus()[0].model.trim(),
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.arch()}`,
    node: process.versions.node,
    postgres,
    durable: durable.every((setting) => setting === 'on'),
  };
}
