import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

const UNPACK = fileURLToPath(new URL('./unpack-chromium.mjs', import.meta.url));

interface Chromium {
  executable: string;
  libraries: string | null;
}

/** The files of a worker share what the first has found. */
let found: Promise<Chromium> | null = null;

/** Chromium without a window: the one that `CHROMIUM_PATH` names, else the one that npm installed. Root may run it too. */
export async function startChromium(): Promise<Browser> {
  found ??= chromiumOfThisMachine();
  const { executable, libraries } = await found;
  return chromium.launch({
    executablePath: executable,
    args: ['--no-sandbox', '--disable-gpu'],
    env: { ...ownEnvironment(), ...(libraries && { LD_LIBRARY_PATH: libraries }) },
  });
}

async function chromiumOfThisMachine(): Promise<Chromium> {
  if (process.env.CHROMIUM_PATH) return { executable: process.env.CHROMIUM_PATH, libraries: null };
  // In a process of its own: it unpacks into the temporary folder that its environment names, and Jest's tests share Jest's.
  const { stdout } = await promisify(execFile)(process.execPath, [UNPACK], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return JSON.parse(stdout);
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
