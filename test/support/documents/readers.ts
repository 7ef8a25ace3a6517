import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findMissingPython, isPythonSkipped, PYTHON, UNPACK_WHEEL } from '../python.js';
import { run, succeed } from './reader.js';

/** @throws Error with what to do, where there is no Python and nobody has said so */
export function hasPython(): boolean {
  if (isPythonSkipped) return false;
  const missing = findMissingPython();
  if (missing) throw new Error(missing);
  return true;
}

/** A folder above those of readers, with both clients as the server gives them. */
export interface InstalledClients {
  folder: string;
  python: string;
  remove(): void;
}

export async function installClients(baseUrl: string): Promise<InstalledClients> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clients-'));
  const env = { PATH: process.env.PATH, HOME: folder, npm_config_audit: 'false', npm_config_fund: 'false' };
  const options = { cwd: folder, env: { ...env, PIP_DISABLE_PIP_VERSION_CHECK: '1' } };
  const install = async (command: string, ...args: string[]) =>
    succeed(`${command} ${args.join(' ')}`, await run(command, args, options));
  fs.writeFileSync(path.join(folder, 'package.json'), '{}');
  await install('npm', 'install', `${baseUrl}/docs/clients/layers-partner.tgz`);
  const python = path.join(folder, '.venv/bin/python');
  if (hasPython()) {
    // Without pip, which takes seconds to install; that it installs the wheel is tried by the quickstart.
    await install(PYTHON, '-m', 'venv', '--without-pip', '.venv');
    const wheel = path.join(folder, 'client.whl');
    const [name] = /layers_partner-[\w.-]+\.whl/.exec(await (await fetch(`${baseUrl}/docs/clients/`)).text())!;
    fs.writeFileSync(wheel, Buffer.from(await (await fetch(`${baseUrl}/docs/clients/${name}`)).arrayBuffer()));
    await install(python, '-c', UNPACK_WHEEL, wheel);
  }
  return { folder, python, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}
