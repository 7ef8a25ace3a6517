import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { encodingSuffixes, type Encoding, type PanelManifest } from './panel-files.js';

/** Something that pages load. */
export interface PanelFile {
  /** Below `/admin`. */
  address: string;
  content: Buffer;
}

/**
 * Writes each file under a name with its content's hash, and compressed beside it.
 * @param former the folder of the build before: what has not changed since is not compressed again
 */
export async function writeHashed(
  files: PanelFile[],
  folder: string,
  former: string | null,
): Promise<PanelManifest['addresses']> {
  const written = files.map(async ({ address, content }) => {
    const hashed = toHashedAddress(address, content);
    const file = path.join(folder, path.basename(hashed));
    await writeFile(file, content);
    if (isCompressible(file)) {
      await writeCompressed('br', file, content, former);
      await writeCompressed('gzip', file, content, former);
    }
    return [address, hashed] as const;
  });
  return Object.fromEntries(await Promise.all(written));
}

function toHashedAddress(address: string, content: Buffer): string {
  const { dir, name, ext } = path.posix.parse(address);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return `${dir}/${name}.${hash}${ext}`;
}

/** These fonts are compressed already. */
function isCompressible(file: string): boolean {
  return !/[.]woff2?$/.test(file);
}

async function writeCompressed(encoding: Encoding, file: string, content: Buffer, former: string | null) {
  const compressed = file + encodingSuffixes[encoding];
  const stored = former && path.join(former, path.basename(compressed));
  if (stored && existsSync(stored)) await copyFile(stored, compressed);
  else await writeFile(compressed, await compress[encoding](content));
}

const compress: Record<Encoding, (content: Buffer) => Promise<Buffer>> = {
  br: (content) =>
    promisify(brotliCompress)(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
  gzip: (content) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
};
