import { access, constants, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PackFile } from '../accounting/month-pack.js';

export interface WrittenFile {
  name: string;
  bytes: number;
  sha256: string;
}

/** Creates a folder for a pack where it is missing. @throws Error where it cannot be written to */
export async function createFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new Error(`the pack cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

/** Writes a pack into its folder; each file is complete or not there. @throws Error */
export async function writePack(folder: string, files: readonly PackFile[]): Promise<WrittenFile[]> {
  try {
    const written: WrittenFile[] = [];
    for (const { name, content, sha256 } of files) {
      const bytes = Buffer.from(content);
      const target = path.join(folder, name);
      await writeFile(`${target}.part`, bytes);
      await rename(`${target}.part`, target);
      written.push({ name, bytes: bytes.length, sha256 });
    }
    return written;
  } catch (error) {
    throw new Error(`the pack cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
