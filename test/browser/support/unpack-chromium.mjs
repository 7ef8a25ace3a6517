import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, URL } from 'node:url';

/**
 * Unpacks the Chromium that npm installed and prints where it lies and which libraries it brings along.
 * Whoever is first lays the folder in its place whole; it belongs to one version and one user.
 */
const temporary = fileURLToPath(new URL('../../../tmp/', import.meta.url));
const packed = path.dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'));
const home = path.resolve(packed, '../..');
const { version } = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8'));
const folder = path.join(temporary, `chromium-${version}-${process.getuid?.() ?? 0}`);

if (!fs.existsSync(folder)) {
  fs.mkdirSync(temporary, { recursive: true });
  const mine = fs.mkdtempSync(path.join(temporary, 'unpacking-chromium-'));
  process.env.TMPDIR = mine;
  const { default: chromium, inflate } = await import('@sparticuz/chromium');
  await chromium.executablePath();
  await inflate(path.join(home, 'bin/al2023.tar.br'));
  try {
    fs.renameSync(mine, folder);
  } catch (error) {
    fs.rmSync(mine, { recursive: true, force: true });
    if (!fs.existsSync(folder)) throw error;
  }
}

const executable = path.join(folder, 'chromium');
const missesLibraries = execFileSync('ldd', [executable], { encoding: 'utf8' }).includes('not found');
console.log(JSON.stringify({ executable, libraries: missesLibraries ? path.join(folder, 'al2023/lib') : null }));
